//! The queue in memory: lines behind one lock, no thread, no task.
//!
//! Every call but a `take` that waits does all of its work when it is first polled. It passes the suite that every kind
//! of queue passes, and its event bus keeps all that it was sent.

mod consumer;
mod line;
mod state;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use queue::{
    Consumer, EventBus, Message, OutgoingEvent, Partition, PartitionDepth, PublishError, Publisher, Queue,
    QueueError,
};
use service::Clock;

use consumer::MemoryConsumer;
use line::Line;
use state::{DEAD, Shared};

/// What a queue in memory allows.
#[derive(Debug, Clone, Copy)]
pub struct MemoryQueueOptions {
    /// Messages that a partition holds at most.
    pub max_messages: usize,
    /// Deliveries after which a message is dead.
    pub delivery_limit: u32,
}

impl Default for MemoryQueueOptions {
    fn default() -> Self {
        Self {
            max_messages: 1_000_000,
            delivery_limit: 1_000,
        }
    }
}

/// A queue in memory.
#[derive(Clone)]
pub struct MemoryQueue {
    shared: Arc<Shared>,
    options: MemoryQueueOptions,
    clock: Arc<dyn Clock>,
}

impl MemoryQueue {
    /// An empty queue. By the clock it says since when a message waits.
    pub fn new(options: MemoryQueueOptions, clock: Arc<dyn Clock>) -> Self {
        Self {
            shared: Shared::empty(),
            options,
            clock,
        }
    }

    /// The same queue, as it is found after everybody who had it open was killed. Nothing is heard of the old handles
    /// from now on.
    #[must_use]
    pub fn reopened(&self) -> Self {
        Self {
            shared: self.shared.taken_over(),
            options: self.options,
            clock: self.clock.clone(),
        }
    }

    /// Takes a partition away from its consumer, as a broker does when it loses the connection: what was not
    /// acknowledged is ready again, and the consumer learns of it when it next asks for something.
    pub fn disconnect(&self, partition: Partition) {
        let index = usize::from(partition.number());
        if let Some(line) = self.shared.lock().lines.get_mut(index) {
            line.disconnect();
        }
        self.shared.wake(index);
    }

    /// Looks at every message that was ever published, in order.
    pub fn inspect_published<T>(&self, look: impl FnOnce(&[Message]) -> T) -> T {
        look(&self.shared.lock().published)
    }

    /// Looks at every event that the bus was ever sent, in order.
    pub fn inspect_sent<T>(&self, look: impl FnOnce(&[OutgoingEvent]) -> T) -> T {
        look(&self.shared.lock().sent)
    }

    /// How many messages it holds, dead ones too.
    pub fn len(&self) -> usize {
        self.shared.lock().lines.iter().map(Line::len).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn store(&self, message: Message) -> Result<(), PublishError> {
        let mut state = self.shared.open().map_err(unavailable)?;
        let number = state.last_number + 1;
        let index = usize::from(message.partition.number());
        let Some(line) = state.lines.get_mut(index) else {
            return Err(unavailable(QueueError::Closed));
        };
        if line.len() >= self.options.max_messages {
            return Err(PublishError::Full {
                retry_after: Duration::from_secs(1),
            });
        }
        line.push(number, message.clone(), self.clock.now());
        state.last_number = number;
        state.published.push(message);
        drop(state);
        self.shared.wake(index);
        Ok(())
    }

    fn begin(&self, line: usize, taken: QueueError) -> Result<Box<dyn Consumer>, QueueError> {
        let mut state = self.shared.open()?;
        let session = state.last_session + 1;
        let found = state.lines.get_mut(line);
        if !found.is_some_and(|line| line.begin_session(session)) {
            return Err(taken);
        }
        state.last_session = session;
        drop(state);
        let limit = self.options.delivery_limit;
        Ok(Box::new(MemoryConsumer::new(
            self.shared.clone(),
            line,
            session,
            limit,
        )))
    }

    fn depth(&self, line: &Line, partition: Partition) -> PartitionDepth {
        let now = self.clock.now();
        let age = |since: Timestamp| Duration::try_from(now.duration_since(since)).unwrap_or_default();
        let (ready, in_flight) = line.depth();
        PartitionDepth {
            partition,
            ready,
            in_flight,
            oldest_age: line.oldest_since().map(age),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn unavailable(error: QueueError) -> PublishError {
    PublishError::Unavailable {
        reason: error.to_string(),
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    fn publisher(&self) -> Arc<dyn Publisher> {
        Arc::new(self.clone())
    }

    async fn consume(&self, partition: Partition) -> Result<Box<dyn Consumer>, QueueError> {
        let line = usize::from(partition.number());
        self.begin(line, QueueError::PartitionTaken(partition))
    }

    async fn dead(&self) -> Result<Box<dyn Consumer>, QueueError> {
        self.begin(DEAD, QueueError::DeadTaken)
    }

    async fn depths(&self) -> Result<Vec<PartitionDepth>, QueueError> {
        let state = self.shared.open()?;
        let lines = Partition::all().zip(&state.lines);
        Ok(lines
            .map(|(partition, line)| self.depth(line, partition))
            .collect())
    }

    fn events(&self) -> Option<Arc<dyn EventBus>> {
        Some(Arc::new(self.clone()))
    }

    async fn health(&self) -> Result<(), QueueError> {
        self.shared.open().map(drop)
    }

    async fn close(&self) {
        self.shared.lock().is_closed = true;
        self.shared.wake_all();
    }
}

#[async_trait]
impl Publisher for MemoryQueue {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.store(message)
    }

    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        messages.into_iter().map(|message| self.store(message)).collect()
    }
}

#[async_trait]
impl EventBus for MemoryQueue {
    async fn send(&self, events: Vec<OutgoingEvent>) -> Result<(), PublishError> {
        self.shared.open().map_err(unavailable)?.sent.extend(events);
        Ok(())
    }
}
