//! Answering for what was taken.

use async_trait::async_trait;

use super::sql;
use super::staging::Seat;
use crate::error::QueueError;
use crate::message::DeliveryTag;
use crate::port::Acknowledger;

/// Answers for one consumer's deliveries.
pub(super) struct EmbeddedAcknowledger {
    seat: Seat,
}

impl EmbeddedAcknowledger {
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat }
    }
}

#[async_trait]
impl Acknowledger for EmbeddedAcknowledger {
    async fn ack(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        let numbers = self
            .seat
            .core
            .state()
            .line(self.seat.line)
            .begin_ack(self.seat.session, tags)?;
        if numbers.is_empty() {
            return Ok(());
        }
        // In a task of its own: memory must hear what became of the file, though the caller may not wait for it.
        let settled = tokio::spawn(self.seat.clone().settle(numbers)).await;
        settled.map_err(|error| QueueError::Unavailable {
            reason: error.to_string(),
        })?
    }

    async fn release(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        // Nothing to store: that they were delivered is on disk, and where they stand has not changed.
        self.seat
            .core
            .state()
            .line(self.seat.line)
            .release(self.seat.session, tags)?;
        self.seat.core.bell(self.seat.line).notify_one();
        Ok(())
    }
}

impl Seat {
    async fn settle(self, numbers: Vec<u64>) -> Result<(), QueueError> {
        let line = self.line;
        let ranges = sql::ranges(numbers.iter().copied());
        let deleted = self
            .core
            .database
            .write(move |connection| sql::delete(connection, line, &ranges))
            .await;
        let mut state = self.core.state();
        match deleted {
            Ok(()) => {
                let bytes = state.line(line).acked(&numbers);
                state.free(numbers.len() as u64, bytes);
                Ok(())
            }
            Err(error) => {
                state.line(line).not_acked(self.session, &numbers);
                drop(state);
                self.core.bell(line).notify_one();
                Err(error.into())
            }
        }
    }
}
