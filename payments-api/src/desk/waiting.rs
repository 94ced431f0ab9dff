//! What waits in the line, and how much of it goes together: bounded by number and by weight, in the order of arrival.

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
    /// What was taken from the line, and was too much for the group before.
    left_over: Option<Request>,
}

impl Waiting {
    pub(super) fn new(line: mpsc::Receiver<Request>, room: Arc<Semaphore>) -> Self {
        Self {
            line,
            room,
            left_over: None,
        }
    }

    /// The next group; none once the line is closed and nobody waits. Nothing is lost if this is dropped.
    pub(super) async fn next_group(&mut self) -> Option<Vec<Request>> {
        let first = match self.left_over.take() {
            Some(first) => first,
            None => self.line.recv().await?,
        };
        let mut total = weight(&*first.asked.order);
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = self.line.try_recv()
        {
            total = total.saturating_add(weight(&*next.asked.order));
            if total > GROUP_WEIGHT {
                self.left_over = Some(next);
                break;
            }
            group.push(next);
        }
        Some(group)
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
