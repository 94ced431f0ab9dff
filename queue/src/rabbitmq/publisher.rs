//! Putting messages in: admission, and the way to the partition's lane.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::failure::Trouble;
use super::lane::{Caller, Lane, LaneSettings, Submission};
use super::link::{Link, Readiness};
use super::options::RabbitOptions;
use super::topology::Topology;
use crate::error::PublishError;
use crate::message::Message;
use crate::partition::Partition;
use crate::port::Publisher;

type Room = (OwnedSemaphorePermit, OwnedSemaphorePermit);
type Answer = oneshot::Receiver<Result<(), PublishError>>;

/// Publishes to every partition. What is under way is bounded: beyond that a message is refused, never kept.
pub(super) struct RabbitPublisher {
    link: Link,
    lanes: Vec<mpsc::Sender<Submission>>,
    messages: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    max_bytes: usize,
    retry_after: Duration,
    publish_timeout: Duration,
    closing: CancellationToken,
}

impl RabbitPublisher {
    /// Starts a lane per partition, which runs until it is told to close.
    pub(super) fn start(
        link: &Link,
        topology: &Arc<Topology>,
        options: &RabbitOptions,
        closing: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Self {
        let max_messages = options.max_unconfirmed_messages.clamp(1, Semaphore::MAX_PERMITS);
        let max_bytes = options
            .max_unconfirmed_bytes
            .clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        let lane = |partition| {
            // Room for all that may be under way: what was admitted never waits here.
            let (sender, receiver) = mpsc::channel(max_messages);
            let settings = LaneSettings {
                partition,
                link: link.clone(),
                topology: Arc::clone(topology),
                retry_after: options.retry_after,
                publish_timeout: options.publish_timeout,
                closing: closing.clone(),
            };
            tasks.spawn(Lane::new(settings, receiver).run());
            sender
        };
        Self {
            link: link.clone(),
            lanes: Partition::all().map(lane).collect(),
            messages: Arc::new(Semaphore::new(max_messages)),
            bytes: Arc::new(Semaphore::new(max_bytes)),
            max_bytes,
            retry_after: options.retry_after,
            publish_timeout: options.publish_timeout,
            closing: closing.clone(),
        }
    }

    /// Whether it makes sense to send anything now: nobody is kept waiting for a broker that is known to be away.
    fn check(&self) -> Result<(), PublishError> {
        if self.closing.is_cancelled() {
            return Err(Trouble::Closed.into());
        }
        match self.link.readiness() {
            Readiness::Ready => Ok(()),
            Readiness::Blocked(_) => Err(self.full()),
            Readiness::Down(trouble) => Err(trouble.into()),
        }
    }

    fn full(&self) -> PublishError {
        PublishError::Full {
            retry_after: self.retry_after,
        }
    }

    /// Room for a message; a message that is larger than all the room there is takes all of it.
    fn room(&self, message: &Message) -> Option<Room> {
        let bytes = u32::try_from(message.body.len().min(self.max_bytes)).ok()?;
        let messages = Arc::clone(&self.messages).try_acquire_owned().ok()?;
        let bytes = Arc::clone(&self.bytes).try_acquire_many_owned(bytes).ok()?;
        Some((messages, bytes))
    }

    fn submit(&self, message: Message, room: Room) -> Result<Answer, PublishError> {
        self.check()?;
        let Some(lane) = self.lanes.get(usize::from(message.partition.number())) else {
            return Err(Trouble::Closed.into());
        };
        let (answer, receiver) = oneshot::channel();
        let caller = Caller { answer, _room: room };
        match lane.try_send(Submission { message, caller }) {
            Ok(()) => Ok(receiver),
            Err(mpsc::error::TrySendError::Full(_)) => Err(self.full()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Trouble::Closed.into()),
        }
    }

    async fn answered(&self, answer: Answer) -> Result<(), PublishError> {
        match timeout(self.publish_timeout, answer).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(Trouble::Closed.into())),
            Err(_) => Err(Trouble::timeout("publishing").into()),
        }
    }
}

#[async_trait]
impl Publisher for RabbitPublisher {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.check()?;
        let room = self.room(&message).ok_or_else(|| self.full())?;
        let answer = self.submit(message, room)?;
        self.answered(answer).await
    }

    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        let mut outcomes = vec![Ok(()); messages.len()];
        let mut waiting: VecDeque<(&mut Result<(), PublishError>, Answer)> = VecDeque::new();
        for (message, outcome) in messages.into_iter().zip(&mut outcomes) {
            // A batch may be larger than what may be under way: it waits for its own, and for nobody else's.
            let room = loop {
                let room = self.room(&message);
                if room.is_some() {
                    break room;
                }
                match waiting.pop_front() {
                    Some((outcome, answer)) => *outcome = self.answered(answer).await,
                    None => break None,
                }
            };
            let submitted = room
                .ok_or_else(|| self.full())
                .and_then(|room| self.submit(message, room));
            match submitted {
                Ok(answer) => waiting.push_back((outcome, answer)),
                Err(error) => *outcome = Err(error),
            }
        }
        for (outcome, answer) in waiting {
            *outcome = self.answered(answer).await;
        }
        outcomes
    }
}
