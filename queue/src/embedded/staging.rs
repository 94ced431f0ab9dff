//! Preparing what a consumer takes: reading what is not in memory, and counting the delivery durably.
//!
//! It runs in a task of its own, so that a `take` that is dropped half-way leaves nothing half done.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::core::Core;
use super::line::{LineId, Ready, Step};
use super::sql::{self, Mark};
use crate::error::QueueError;
use crate::message::{Delivery, DeliveryTag, TakeLimits};

/// A consumer's place in the queue.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) core: Arc<Core>,
    pub(super) line: LineId,
    pub(super) session: u64,
}

/// Deliveries under preparation. None is a success too: the next step may be another.
pub(super) type Staging = JoinHandle<Result<Vec<Delivery>, QueueError>>;

impl Seat {
    /// Begins the line's next step, if there is one.
    pub(super) fn begin(&self, limits: TakeLimits) -> Result<Option<Staging>, QueueError> {
        let mut state = self.core.state();
        state.check_open()?;
        let step = state.line(self.line).next_step(limits);
        drop(state);
        let seat = self.clone();
        Ok(match step {
            Step::Wait => None,
            Step::Read(after, up_to) => Some(tokio::spawn(seat.read(after, up_to, limits))),
            Step::Deliver(chosen) => Some(tokio::spawn(seat.deliver(chosen))),
        })
    }

    async fn read(self, after: u64, up_to: u64, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        let line = self.line;
        let job = move |connection: &_| sql::load_range(connection, line, (after, up_to), limits);
        let loaded = self.core.database.read(job).await;
        let mut state = self.core.state();
        let line = state.line(self.line);
        let outcome = match loaded {
            Ok(messages) => {
                // Only if there was nothing at all is it known that nothing is left up to the end.
                let read_up_to = messages.last().map_or(up_to, |last| last.number);
                line.read(read_up_to, messages);
                Ok(Vec::new())
            }
            Err(error) => {
                line.not_read();
                Err(error.into())
            }
        };
        drop(state);
        self.core.bell(self.line).notify_one();
        outcome
    }

    async fn deliver(self, mut chosen: Vec<Ready>) -> Result<Vec<Delivery>, QueueError> {
        let prepared = self.prepare(&mut chosen).await;
        let outcome = match prepared {
            Ok(newest_dead) => Ok(self.hand_over(chosen, newest_dead)),
            Err(error) => {
                self.core.state().line(self.line).not_staged(chosen);
                Err(error)
            }
        };
        self.core.bell(self.line).notify_one();
        outcome
    }

    /// Reads the bodies that are missing, then stores that all of these are delivered.
    async fn prepare(&self, chosen: &mut [Ready]) -> Result<Option<u64>, QueueError> {
        let line = self.line;
        let mut bodiless: Vec<&mut Ready> = chosen
            .iter_mut()
            .filter(|ready| ready.message.is_none() && !self.is_dead(ready))
            .collect();
        if !bodiless.is_empty() {
            let numbers: Vec<u64> = bodiless.iter().map(|ready| ready.number).collect();
            let loaded = self
                .core
                .database
                .read(move |connection| sql::load(connection, line, &numbers))
                .await?;
            for (ready, message) in bodiless.iter_mut().zip(loaded) {
                ready.message = Some(message);
            }
        }
        let mark = self.mark(chosen);
        Ok(self
            .core
            .database
            .write(move |connection| sql::mark(connection, line, &mark))
            .await?)
    }

    fn mark(&self, chosen: &[Ready]) -> Mark {
        let alive = chosen.iter().filter(|ready| !self.is_dead(ready));
        let dead = chosen.iter().filter(|ready| self.is_dead(ready));
        Mark {
            up_to: alive.clone().map(|ready| ready.number).max().unwrap_or(0),
            again: sql::ranges(alive.filter(|ready| ready.again).map(|ready| ready.number)),
            dead: dead.map(|ready| (ready.number, ready.earlier)).collect(),
        }
    }

    /// Gives out what is prepared, and notes what went to the dead.
    fn hand_over(&self, chosen: Vec<Ready>, newest_dead: Option<u64>) -> Vec<Delivery> {
        let (dead, alive): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|ready| self.is_dead(ready));
        let returning = alive.iter().map(Ready::delivered).collect();
        let mut state = self.core.state();
        let handed_over = state
            .line(self.line)
            .staged(self.session, returning, dead.len() as u64);
        if let Some(newest_dead) = newest_dead {
            tracing::warn!(
                line = self.line.number(),
                messages = dead.len(),
                "messages were delivered too often"
            );
            state.line(LineId::DEAD).received(dead.len() as u64, newest_dead);
            self.core.bell(LineId::DEAD).notify_one();
        }
        drop(state);
        if handed_over {
            alive.into_iter().filter_map(delivery).collect()
        } else {
            Vec::new()
        }
    }

    /// Whether the next delivery would be one too many. The dead themselves are delivered for ever.
    fn is_dead(&self, ready: &Ready) -> bool {
        self.line != LineId::DEAD && ready.earlier >= self.core.options.delivery_limit.max(1)
    }
}

fn delivery(ready: Ready) -> Option<Delivery> {
    Some(Delivery {
        tag: DeliveryTag(ready.number),
        message: ready.message?,
        deliveries: ready.earlier.saturating_add(1),
        enqueued_at: Timestamp::from_millisecond(ready.enqueued_at_ms).ok(),
    })
}
