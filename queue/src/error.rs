//! What can go wrong, sorted by what the caller can do about it.

use std::time::Duration;

use crate::partition::Partition;

/// Why a message was not published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The queue holds as much as it may. Nothing was stored.
    #[error("the queue is full, try again in {} s", retry_after.as_secs_f32())]
    Full {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The queue did not confirm that it has the message on disk. Try again: at worst there are two of it, with one id.
    #[error("the queue is unavailable: {reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
}

/// Why something other than publishing was not done.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The queue cannot do it now. Try again.
    #[error("the queue is unavailable: {reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
    /// What is stored is damaged, or is not what this program stores. A person must look at it.
    #[error("the queue is damaged: {reason}")]
    Corrupt {
        /// What was found, and where.
        reason: String,
    },
    /// The partition has a consumer, and two would break its order.
    #[error("partition {0} is being consumed already")]
    PartitionTaken(Partition),
    /// The dead messages have a consumer.
    #[error("the dead messages are being consumed already")]
    DeadTaken,
    /// A tag that names no delivery under way: it was acknowledged or released before. Nothing was done.
    #[error("delivery tag {tag} is not under way: acknowledge or release a delivery once")]
    UnknownTag {
        /// The first such tag.
        tag: u64,
    },
    /// The consumer is gone, and its deliveries with it: they will come again. Nothing was done.
    #[error("the consumer is gone, its unacknowledged messages will be delivered again")]
    ConsumerGone,
    /// The queue was closed.
    #[error("the queue is closed")]
    Closed,
}
