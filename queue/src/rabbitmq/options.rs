//! How a RabbitMQ queue is set up.

use std::time::Duration;

/// How a RabbitMQ queue is set up. Start from the default and change what differs.
///
/// Every process that works with one broker and prefix must have the same limits: they are part of the queues'
/// declaration, and the broker refuses another one.
#[derive(Clone, Debug)]
pub struct RabbitOptions {
    /// What the names of queues and of the exchange begin with.
    pub prefix: String,
    /// Messages that may wait in a partition. Above it the broker refuses publishers, give or take what they have in
    /// flight; what is being worked on does not count.
    pub max_messages: u64,
    /// Bytes of bodies that may wait in a partition.
    pub max_bytes: u64,
    /// Deliveries after which a message that is not acknowledged is dead (at least 1).
    pub delivery_limit: u32,
    /// What a publisher is told to wait when the queue is full.
    pub retry_after: Duration,
    /// Messages that the broker may hand to a consumer ahead of its acknowledgements: those worked on and the next
    /// batch. They are in memory, so this times the largest message bounds what a partition needs.
    pub prefetch: u16,
    /// Messages that may be under way to the broker, unconfirmed. More is refused, not kept.
    pub max_unconfirmed_messages: usize,
    /// Bytes of bodies that may be under way to the broker.
    pub max_unconfirmed_bytes: usize,
    /// How long a confirm may take before the message counts as not stored.
    pub publish_timeout: Duration,
    /// How long the broker may take to answer anything else.
    pub reply_timeout: Duration,
    /// How often each side shows the other that it is there: after twice this time a silent connection is given up.
    /// In whole seconds, at least 1.
    pub heartbeat: Duration,
    /// The first wait before connecting again; it doubles, with jitter, up to `longest_backoff`.
    pub first_backoff: Duration,
    /// The longest wait before connecting again.
    pub longest_backoff: Duration,
}

impl Default for RabbitOptions {
    /// Prefix `moneyflow`; 1,000,000 messages and 1 GiB per partition, 1,000 deliveries; 1,024 messages prefetched;
    /// 8,192 messages and 64 MiB unconfirmed, for up to 10 s; heartbeats of 5 s.
    fn default() -> Self {
        Self {
            prefix: "moneyflow".to_owned(),
            max_messages: 1_000_000,
            max_bytes: 1024 * 1024 * 1024,
            delivery_limit: 1000,
            retry_after: Duration::from_secs(1),
            prefetch: 1024,
            max_unconfirmed_messages: 8192,
            max_unconfirmed_bytes: 64 * 1024 * 1024,
            publish_timeout: Duration::from_secs(10),
            reply_timeout: Duration::from_secs(5),
            heartbeat: Duration::from_secs(5),
            first_backoff: Duration::from_millis(100),
            longest_backoff: Duration::from_secs(5),
        }
    }
}
