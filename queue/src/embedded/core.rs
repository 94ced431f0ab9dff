//! What publishers, consumers and acknowledgers of one queue share.

use std::array;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlite::Database;
use tokio::sync::Notify;

use super::line::{Line, LineId};
use super::options::EmbeddedOptions;
use super::sql::{Recovered, Stored};
use crate::error::{PublishError, QueueError};
use crate::message::PartitionDepth;
use crate::partition::Partition;

/// The file, what memory knows of it, and a bell per line.
pub(super) struct Core {
    pub(super) database: Database,
    pub(super) options: EmbeddedOptions,
    state: Mutex<State>,
    bells: [Notify; LineId::COUNT],
}

/// What memory knows of the file.
pub(super) struct State {
    lines: [Line; LineId::COUNT],
    /// Messages stored and about to be.
    messages: u64,
    /// Bytes of their bodies.
    bytes: u64,
    next_session: u64,
    closed: bool,
}

impl Core {
    pub(super) fn new(database: Database, options: EmbeddedOptions, recovered: &[Recovered]) -> Self {
        let mut left = recovered.iter().copied();
        let state = State {
            messages: recovered.iter().map(|line| line.messages).sum(),
            bytes: recovered.iter().map(|line| line.bytes).sum(),
            lines: array::from_fn(|_| Line::new(left.next().unwrap_or_default())),
            next_session: 0,
            closed: false,
        };
        Self {
            database,
            options,
            state: Mutex::new(state),
            bells: array::from_fn(|_| Notify::new()),
        }
    }

    /// The state, for a moment. A panic elsewhere cannot leave it half changed: no step under the lock can fail.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rung whenever a line's next step may have changed. A ring that nobody hears is kept for the next to listen.
    #[expect(
        clippy::indexing_slicing,
        reason = "a line's index is below the number of lines"
    )]
    pub(super) fn bell(&self, line: LineId) -> &Notify {
        &self.bells[line.index()]
    }

    pub(super) fn begin_session(&self, line: LineId, taken: QueueError) -> Result<u64, QueueError> {
        let mut state = self.state();
        state.check_open()?;
        state.next_session += 1;
        let session = state.next_session;
        if state.line(line).begin_session(session) {
            Ok(session)
        } else {
            Err(taken)
        }
    }

    pub(super) fn end_session(&self, line: LineId, session: u64) {
        self.state().line(line).end_session(session);
        self.bell(line).notify_one();
    }

    /// Sets room aside for those messages, of so many bytes each, that there is room for, and says which.
    pub(super) fn reserve(&self, bytes: impl Iterator<Item = u64>) -> Vec<Result<(), PublishError>> {
        let mut state = self.state();
        bytes.map(|bytes| state.reserve(bytes, &self.options)).collect()
    }

    /// Puts stored messages, of ascending number within each line, into their lines.
    pub(super) fn enter(&self, stored: impl Iterator<Item = (LineId, Stored)>) {
        let mut touched = [false; LineId::COUNT];
        let mut state = self.state();
        let buffered: usize = state.lines.iter().map(Line::buffered_bytes).sum();
        let mut room = self.options.buffer_bytes.saturating_sub(buffered);
        for (line, stored) in stored {
            room -= state.line(line).stored(stored, room);
            if let Some(touched) = touched.get_mut(line.index()) {
                *touched = true;
            }
        }
        drop(state);
        for (bell, _) in self.bells.iter().zip(touched).filter(|(_, touched)| *touched) {
            bell.notify_one();
        }
    }

    pub(super) fn depths(&self, ages: &[Option<Duration>]) -> Vec<PartitionDepth> {
        let mut state = self.state();
        let partitions = Partition::all().zip(ages);
        partitions
            .map(|(partition, age)| {
                let (ready, in_flight) = state.line(partition.into()).depth();
                // The ages were read a moment before, and what was the oldest may be gone.
                let oldest_age = age.filter(|_| ready + in_flight > 0);
                PartitionDepth {
                    partition,
                    ready,
                    in_flight,
                    oldest_age,
                }
            })
            .collect()
    }

    /// Refuses what comes from now on, and wakes who waits, to hear of it.
    pub(super) fn refuse_and_wake(&self) {
        self.state().closed = true;
        self.bells.iter().for_each(Notify::notify_one);
    }
}

impl State {
    #[expect(
        clippy::indexing_slicing,
        reason = "a line's index is below the number of lines"
    )]
    pub(super) fn line(&mut self, line: LineId) -> &mut Line {
        &mut self.lines[line.index()]
    }

    pub(super) fn check_open(&self) -> Result<(), QueueError> {
        if self.closed {
            Err(QueueError::Closed)
        } else {
            Ok(())
        }
    }

    fn reserve(&mut self, bytes: u64, options: &EmbeddedOptions) -> Result<(), PublishError> {
        if self.closed {
            return Err(PublishError::Unavailable {
                reason: QueueError::Closed.to_string(),
            });
        }
        let (messages, bytes) = (self.messages + 1, self.bytes.saturating_add(bytes));
        if messages > options.max_messages || bytes > options.max_bytes {
            return Err(PublishError::Full {
                retry_after: options.retry_after,
            });
        }
        (self.messages, self.bytes) = (messages, bytes);
        Ok(())
    }

    /// Gives back the room of messages that are gone, or did not come.
    pub(super) fn free(&mut self, messages: u64, bytes: u64) {
        self.messages -= messages;
        self.bytes -= bytes;
    }
}
