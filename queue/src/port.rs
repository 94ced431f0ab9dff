//! The port: what every kind of queue does.

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::{PublishError, QueueError};
use crate::message::{Delivery, DeliveryTag, Message, OutgoingEvent, PartitionDepth, TakeLimits};
use crate::partition::Partition;

/// A queue that is open.
#[async_trait]
pub trait Queue: Send + Sync {
    /// A way to put messages in. Any number may exist; they share the cost of a disk write.
    fn publisher(&self) -> Arc<dyn Publisher>;

    /// Becomes the one consumer of a partition, until it is dropped.
    ///
    /// Where several processes share a queue, each may have a consumer of the partition, and one of them is served: the
    /// others' [`Consumer::take`] waits until that one is gone.
    ///
    /// # Errors
    ///
    /// [`QueueError::PartitionTaken`] while the partition has another consumer.
    async fn consume(&self, partition: Partition) -> Result<Box<dyn Consumer>, QueueError>;

    /// Becomes the one consumer of the dead messages: those that were delivered as often as the queue's limit allows
    /// and never acknowledged. Their count goes on from there.
    ///
    /// # Errors
    ///
    /// [`QueueError::DeadTaken`] while they have another consumer.
    async fn dead(&self) -> Result<Box<dyn Consumer>, QueueError>;

    /// How long each partition's line is: one entry per partition, in order. Dead messages are not counted. Where
    /// several processes share a queue, what another has been given is not counted either.
    ///
    /// # Errors
    ///
    /// If the queue cannot be asked.
    async fn depths(&self) -> Result<Vec<PartitionDepth>, QueueError>;

    /// Where events go that others may listen to; none where the queue reaches nobody outside this process.
    fn events(&self) -> Option<Arc<dyn EventBus>>;

    /// Whether the queue could store a message now.
    ///
    /// # Errors
    ///
    /// Why it could not.
    async fn health(&self) -> Result<(), QueueError>;

    /// Finishes what was begun, refuses what comes later, wakes those who wait, and lets go of the queue. What was
    /// not acknowledged stays for the next to open it. May be repeated.
    async fn close(&self);
}

/// Puts messages in.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Returns once the queue has the message on disk, where it outlives a crash of every process. One caller's
    /// messages to one partition stand in the order of its calls.
    ///
    /// Dropping the future leaves open whether the message was stored.
    ///
    /// # Errors
    ///
    /// See [`PublishError`].
    async fn publish(&self, message: Message) -> Result<(), PublishError>;

    /// Publishes these messages in this order, at hardly more cost than one, and says of each what became of it.
    /// One that is refused does not keep those behind it out.
    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>>;
}

/// Sends events to whoever listens.
#[async_trait]
pub trait EventBus: Send + Sync {
    /// Sends these events, in this order. Returns once the broker has confirmed all of them: everybody who listens has
    /// them on disk, or nobody listens. After an error any of them may have been sent; send them again from the
    /// first, so that who drops second copies by their ids still sees them in order.
    ///
    /// # Errors
    ///
    /// See [`PublishError`].
    async fn send(&self, events: Vec<OutgoingEvent>) -> Result<(), PublishError>;
}

/// The one that takes messages from a partition. Dropping it puts back what it has not acknowledged.
#[async_trait]
pub trait Consumer: Send {
    /// Waits until there is a message; then returns what is there, up to the limits, in the order of the queue,
    /// without waiting for more. What was taken and not yet acknowledged is not taken again: the next batch can
    /// gather while one is worked on.
    ///
    /// May be dropped at any time: what it was about to return is returned by the next call.
    ///
    /// # Errors
    ///
    /// If the queue cannot be asked, or is closed. What was about to be returned then stays in the queue.
    async fn take(&mut self, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError>;

    /// Answers for this consumer's deliveries, also while it waits in [`Consumer::take`].
    fn acknowledger(&self) -> Arc<dyn Acknowledger>;
}

/// Answers for what one consumer has taken. Worthless once that consumer is dropped.
///
/// Dropping one of its futures leaves open whether the answer arrived.
#[async_trait]
pub trait Acknowledger: Send + Sync {
    /// Removes these messages from the queue: once this returns, no crash of this process brings them back. (A broker
    /// that crashes itself in that moment may deliver them again.)
    ///
    /// # Errors
    ///
    /// If a tag is unknown, or the queue cannot store it: none of the messages is then removed, and the same call may be
    /// repeated. If the consumer is gone: those that were not removed come again, and it may be that some were.
    async fn ack(&self, tags: &[DeliveryTag]) -> Result<(), QueueError>;

    /// Puts these messages back where they stood, to be delivered again. They count as delivered once more for as long
    /// as this consumer lives; afterwards too, unless a broker counts, which does not hear of it.
    ///
    /// # Errors
    ///
    /// As for [`Acknowledger::ack`].
    async fn release(&self, tags: &[DeliveryTag]) -> Result<(), QueueError>;
}
