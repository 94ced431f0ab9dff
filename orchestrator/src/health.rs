//! The worker's own small HTTP service: is it alive, and is what it depends on?

use std::sync::Arc;

use async_trait::async_trait;
use poem::Response;
use poem::endpoint::BoxEndpoint;
use poem_openapi::OpenApi;
use queue::Queue;
use service::{Check, Down, Setup};
use store::Store;

/// Whether the store answers.
struct StoreCheck(Arc<dyn Store>);

#[async_trait]
impl Check for StoreCheck {
    fn name(&self) -> &'static str {
        "store"
    }

    async fn check(&self) -> Result<(), Down> {
        self.0.ping().await.map_err(|error| Down(error.to_string()))
    }
}

/// Whether the queue could store a message.
struct QueueCheck(Arc<dyn Queue>);

#[async_trait]
impl Check for QueueCheck {
    fn name(&self) -> &'static str {
        "queue"
    }

    async fn check(&self) -> Result<(), Down> {
        self.0.health().await.map_err(|error| Down(error.to_string()))
    }
}

/// The worker takes no requests of its own.
struct NoOperations;

#[OpenApi]
impl NoOperations {}

/// `/healthz`, `/readyz` and what every service has.
pub fn endpoint(store: Arc<dyn Store>, queue: Arc<dyn Queue>) -> BoxEndpoint<'static, Response> {
    let setup = Setup::new("MoneyFlow orchestrator", "The worker that runs payment rules.")
        .check(StoreCheck(store))
        .check(QueueCheck(queue));
    service::mount(NoOperations, setup)
}
