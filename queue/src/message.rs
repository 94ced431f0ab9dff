//! What travels.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use crate::partition::Partition;

/// A message, as it is published and as it is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Names the message to those who publish and consume it. The queue does not look for a second one of this id.
    pub id: Uuid,
    /// The line in which it stands.
    pub partition: Partition,
    /// What its body is, for example `payment.accepted`.
    pub kind: String,
    /// The company that it concerns.
    pub company_id: Uuid,
    /// Ties it to the request that caused it.
    pub correlation_id: String,
    /// The W3C trace context of that request, if there was one.
    pub traceparent: Option<String>,
    /// The body's media type.
    pub content_type: String,
    /// The body, which the queue does not look into.
    pub body: Bytes,
}

/// A message in the hands of a consumer, who owes an acknowledgement for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Names this delivery to the consumer's [`Acknowledger`](crate::Acknowledger).
    pub tag: DeliveryTag,
    /// The message.
    pub message: Message,
    /// How often it was delivered, with this time: 1 at first. Too high at most by what was on its way to a consumer
    /// that went away; too low at most by what one had released (see [`Acknowledger`](crate::Acknowledger)).
    pub deliveries: u32,
    /// When the queue took it, by the queue's clock, where the queue tells.
    pub enqueued_at: Option<Timestamp>,
}

/// Names a delivery to the consumer that took it, and to nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryTag(pub(crate) u64);

impl DeliveryTag {
    /// The tag of this number: for a kind of queue that lives outside this crate.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// An event for whoever listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// Names the event; those who listen drop a second copy by it.
    pub id: Uuid,
    /// What it is, for example `invoice.generated`: those who listen choose by it.
    pub event_type: String,
    /// The company that it concerns.
    pub company_id: Uuid,
    /// Ties it to the request that caused it.
    pub correlation_id: String,
    /// The W3C trace context of that request, if there was one.
    pub traceparent: Option<String>,
    /// The body's media type.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
}

/// How much to take at once. Whatever the limits, a single message is always small enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakeLimits {
    /// At most so many messages (0 counts as 1).
    pub messages: usize,
    /// At most so many bytes of bodies.
    pub bytes: usize,
}

impl Default for TakeLimits {
    /// 512 messages, 8 MiB.
    fn default() -> Self {
        Self {
            messages: 512,
            bytes: 8 * 1024 * 1024,
        }
    }
}

/// How long a partition's line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionDepth {
    /// Which one.
    pub partition: Partition,
    /// Messages that wait to be taken.
    pub ready: u64,
    /// Messages that this process took and has not yet acknowledged.
    pub in_flight: u64,
    /// How long its oldest message is there, waiting or in flight; `None` if it has none, or the queue cannot tell.
    pub oldest_age: Option<Duration>,
}
