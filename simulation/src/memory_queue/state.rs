//! What the handles of one queue share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use queue::{Message, OutgoingEvent, PARTITIONS, QueueError};
use tokio::sync::Notify;

use super::line::Line;

/// The place of the line of those that were delivered too often, behind those of the partitions.
pub(super) const DEAD: usize = PARTITIONS as usize;

/// What is kept.
#[derive(Default)]
pub(super) struct State {
    pub(super) lines: Vec<Line>,
    /// Every message that was ever published, in order.
    pub(super) published: Vec<Message>,
    /// Every event that the bus was sent, in order.
    pub(super) sent: Vec<OutgoingEvent>,
    pub(super) last_number: u64,
    pub(super) last_session: u64,
    pub(super) is_closed: bool,
}

pub(super) struct Shared {
    state: Mutex<State>,
    /// One per line: something may be there to take, or its consumer has to go.
    news: Vec<Notify>,
}

impl Shared {
    pub(super) fn empty() -> Arc<Self> {
        Self::of(State {
            lines: std::iter::repeat_with(Line::default).take(DEAD + 1).collect(),
            ..State::default()
        })
    }

    fn of(state: State) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(state),
            news: std::iter::repeat_with(Notify::new).take(DEAD + 1).collect(),
        })
    }

    /// The same for new handles; the old ones are closed.
    pub(super) fn taken_over(&self) -> Arc<Self> {
        let mut old = self.lock();
        let mut state = std::mem::take(&mut *old);
        old.is_closed = true;
        drop(old);
        self.wake_all();
        state.is_closed = false;
        state.lines.iter_mut().for_each(Line::disconnect);
        Self::of(state)
    }

    /// Nothing that may panic runs under the lock, so a poisoned one is as good as any.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn open(&self) -> Result<MutexGuard<'_, State>, QueueError> {
        let state = self.lock();
        if state.is_closed {
            return Err(QueueError::Closed);
        }
        Ok(state)
    }

    /// What is new on a line.
    pub(super) fn news(&self, line: usize) -> Option<&Notify> {
        self.news.get(line)
    }

    pub(super) fn wake(&self, line: usize) {
        if let Some(news) = self.news(line) {
            news.notify_waiters();
        }
    }

    pub(super) fn wake_all(&self) {
        self.news.iter().for_each(Notify::notify_waiters);
    }
}
