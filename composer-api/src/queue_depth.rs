//! How full the queue is: asked of whoever knows the queue.

use async_trait::async_trait;
use poem_openapi::Object;

/// Somebody who can ask the queue.
#[async_trait]
pub trait QueueDepth: Send + Sync {
    /// How full it is now.
    ///
    /// # Errors
    /// Why it could not be asked, for the log.
    async fn depth(&self) -> Result<QueueFigures, String>;
}

/// How full the queue is, all partitions together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Object)]
pub struct QueueFigures {
    /// Messages that wait.
    pub ready: u64,
    /// Messages that a worker has and has not acknowledged.
    pub in_flight: u64,
    /// How long the oldest of those that wait has been waiting, in milliseconds; none where none waits.
    #[oai(nullable)]
    pub oldest_age_ms: Option<u64>,
}
