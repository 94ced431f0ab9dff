//! Taking messages.

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;

use super::acknowledger::EmbeddedAcknowledger;
use super::staging::{Seat, Staging};
use crate::error::QueueError;
use crate::message::{Delivery, TakeLimits};
use crate::port::{Acknowledger, Consumer};

/// A line's one consumer.
pub(super) struct EmbeddedConsumer {
    seat: Seat,
    /// Under way; kept here so that a dropped `take` is taken up by the next.
    staging: Option<Staging>,
    /// Prepared, and not yet returned.
    staged: VecDeque<Delivery>,
}

impl EmbeddedConsumer {
    pub(super) fn new(seat: Seat) -> Self {
        Self {
            seat,
            staging: None,
            staged: VecDeque::new(),
        }
    }

    /// What is prepared, within the limits, which may not be those that it was prepared for.
    fn next_staged(&mut self, limits: TakeLimits) -> Vec<Delivery> {
        let mut bytes = 0_usize;
        let mut taken = Vec::with_capacity(self.staged.len().min(limits.messages));
        while let Some(next) = self.staged.front() {
            bytes = bytes.saturating_add(next.message.body.len());
            let fits = taken.len() < limits.messages && bytes <= limits.bytes;
            if !fits && !taken.is_empty() {
                break;
            }
            taken.extend(self.staged.pop_front());
        }
        taken
    }
}

#[async_trait]
impl Consumer for EmbeddedConsumer {
    async fn take(&mut self, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        loop {
            let taken = self.next_staged(limits);
            if !taken.is_empty() {
                return Ok(taken);
            }
            if let Some(staging) = &mut self.staging {
                let done = staging.await;
                self.staging = None;
                let deliveries = done.map_err(|error| QueueError::Unavailable {
                    reason: error.to_string(),
                })??;
                self.staged.extend(deliveries);
                continue;
            }
            self.staging = self.seat.begin(limits)?;
            if self.staging.is_none() {
                self.seat.core.bell(self.seat.line).notified().await;
            }
        }
    }

    fn acknowledger(&self) -> Arc<dyn Acknowledger> {
        Arc::new(EmbeddedAcknowledger::new(self.seat.clone()))
    }
}

impl Drop for EmbeddedConsumer {
    fn drop(&mut self) {
        self.seat.core.end_session(self.seat.line, self.seat.session);
    }
}
