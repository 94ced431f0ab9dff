//! How full the queue is: asked of whoever knows the queue.

use api_types::QueueFigures;
use async_trait::async_trait;

/// Somebody who can ask the queue.
#[async_trait]
pub trait QueueDepth: Send + Sync {
    /// How full it is now.
    ///
    /// # Errors
    /// Why it could not be asked, for the log.
    async fn depth(&self) -> Result<QueueFigures, String>;
}
