//! The one that takes from a line, and answers for what it took.

use std::pin::pin;
use std::sync::Arc;

use async_trait::async_trait;
use queue::{Acknowledger, Consumer, Delivery, DeliveryTag, QueueError, TakeLimits};

use super::line::Line;
use super::state::{DEAD, Shared, State};

/// The consumer of a line. Dropping it puts back what it has not acknowledged.
pub(super) struct MemoryConsumer {
    session: Session,
    delivery_limit: u32,
}

/// What ties deliveries to the consumer that took them.
#[derive(Clone)]
struct Session {
    shared: Arc<Shared>,
    line: usize,
    number: u64,
}

impl Session {
    fn on_line<T>(&self, act: impl FnOnce(&mut Line) -> Result<T, QueueError>) -> Result<T, QueueError> {
        let mut state = self.shared.open()?;
        let line = state.lines.get_mut(self.line);
        line.map_or(Err(QueueError::ConsumerGone), act)
    }
}

impl MemoryConsumer {
    pub(super) fn new(shared: Arc<Shared>, line: usize, number: u64, delivery_limit: u32) -> Self {
        let session = Session { shared, line, number };
        Self {
            session,
            delivery_limit,
        }
    }

    fn take_now(&self, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        let Session { shared, line, number } = &self.session;
        let mut state = shared.open()?;
        if *line != DEAD && bury(&mut state, *line, self.delivery_limit) {
            shared.wake(DEAD);
        }
        let line = state.lines.get_mut(*line);
        line.map_or(Err(QueueError::ConsumerGone), |line| line.take(*number, limits))
    }
}

/// Moves what was delivered too often to the dead. Whether there was any.
fn bury(state: &mut State, line: usize, delivery_limit: u32) -> bool {
    let line = state.lines.get_mut(line);
    let given_up = line.map(|line| line.give_up(delivery_limit)).unwrap_or_default();
    let any = !given_up.is_empty();
    if let Some(dead) = state.lines.get_mut(DEAD) {
        dead.bury(given_up);
    }
    any
}

impl Drop for MemoryConsumer {
    fn drop(&mut self) {
        let mut state = self.session.shared.lock();
        if let Some(line) = state.lines.get_mut(self.session.line) {
            line.end_session(self.session.number);
        }
    }
}

#[async_trait]
impl Consumer for MemoryConsumer {
    async fn take(&mut self, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        let shared = self.session.shared.clone();
        loop {
            let Some(news) = shared.news(self.session.line) else {
                return Err(QueueError::ConsumerGone);
            };
            let mut news = pin!(news.notified());
            // From here on nothing goes unheard.
            news.as_mut().enable();
            let taken = self.take_now(limits)?;
            if !taken.is_empty() {
                return Ok(taken);
            }
            news.await;
        }
    }

    fn acknowledger(&self) -> Arc<dyn Acknowledger> {
        Arc::new(self.session.clone())
    }
}

#[async_trait]
impl Acknowledger for Session {
    async fn ack(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        self.on_line(|line| line.ack(self.number, tags))
    }

    async fn release(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        self.on_line(|line| line.release(self.number, tags))?;
        self.shared.wake(self.line);
        Ok(())
    }
}
