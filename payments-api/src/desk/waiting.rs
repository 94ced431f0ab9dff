//! What waits in the line, and how much of it goes together: bounded by number and by weight, in the order of arrival.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::{Order, Request};

/// How many requests go together at most.
const GROUP: usize = 512;
/// How much they weigh together at most. A group is one database transaction, and everybody else waits for its locks.
pub(super) const GROUP_WEIGHT: u32 = 1_000;

/// What an order weighs. One that is heavier than a group may be goes alone.
pub(super) fn weight(order: &dyn Order) -> u32 {
    order.weight().clamp(1, GROUP_WEIGHT)
}

/// The end of the line that groups are taken from.
pub(super) struct Waiting {
    line: mpsc::Receiver<Request>,
    room: Arc<Semaphore>,
    /// Those whose turn is before all in the line: what was too much for the group before, and who waited aside.
    first: VecDeque<Request>,
}

impl Waiting {
    pub(super) fn new(line: mpsc::Receiver<Request>, room: Arc<Semaphore>) -> Self {
        Self {
            line,
            room,
            first: VecDeque::new(),
        }
    }

    /// The next group; none once the line is closed and nobody waits. Nothing is lost if this is dropped.
    pub(super) async fn next_group(&mut self) -> Option<Vec<Request>> {
        let first = match self.first.pop_front() {
            Some(first) => first,
            None => self.line.recv().await?,
        };
        let mut total = first.weight();
        let mut group = vec![first];
        while group.len() < GROUP
            && let Some(next) = self.next()
        {
            total = total.saturating_add(next.weight());
            if total > GROUP_WEIGHT {
                self.first.push_front(next);
                break;
            }
            group.push(next);
        }
        Some(group)
    }

    fn next(&mut self) -> Option<Request> {
        self.first.pop_front().or_else(|| self.line.try_recv().ok())
    }

    /// Lets requests go before all others.
    pub(super) fn put_first(&mut self, requests: Vec<Request>) {
        for request in requests.into_iter().rev() {
            self.first.push_front(request);
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.line.is_closed()
    }

    /// Takes no more: who is held back is told so.
    pub(super) fn close(&mut self) {
        self.room.close();
        self.line.close();
    }
}
