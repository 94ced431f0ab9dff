//! How an embedded queue is set up.

use std::time::Duration;

use super::sql::MIGRATIONS;

/// How an embedded queue is set up. Start from the default and change what differs.
#[derive(Clone, Debug)]
pub struct EmbeddedOptions {
    /// Messages that the queue may hold, in flight and dead ones included. Above it, publishers are refused.
    pub max_messages: u64,
    /// Bytes of bodies that the queue may hold.
    pub max_bytes: u64,
    /// What a publisher is told to wait when the queue is full.
    pub retry_after: Duration,
    /// Deliveries after which a message that is not acknowledged is dead (at least 1).
    pub delivery_limit: u32,
    /// Bytes of bodies that are kept in memory, beside the file, to be taken without reading.
    pub buffer_bytes: usize,
    /// How the file is opened.
    pub database: sqlite::OpenOptions,
}

impl Default for EmbeddedOptions {
    /// 1,000,000 messages, 8 GiB, 1,000 deliveries, 32 MiB in memory.
    fn default() -> Self {
        let database = sqlite::OpenOptions {
            readers: 2,
            cache_kib: 32 * 1024,
            ..sqlite::OpenOptions::new("queue", MIGRATIONS)
        };
        Self {
            max_messages: 1_000_000,
            max_bytes: 8 * 1024 * 1024 * 1024,
            retry_after: Duration::from_secs(1),
            delivery_limit: 1000,
            buffer_bytes: 32 * 1024 * 1024,
            database,
        }
    }
}
