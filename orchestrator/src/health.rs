//! The worker's own small HTTP service: is it alive, and is what it depends on?

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use poem::Response;
use poem::endpoint::BoxEndpoint;
use poem_openapi::OpenApi;
use queue::{PARTITIONS, Queue};
use service::{Check, Clock, Down, Setup};
use store::{OutboxLag, PartitionLease, Store, StoreError};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::recent::Recent;
use crate::{Deps, Worker};

/// For how long it is not asked again how far sending lags behind.
const LAG_GOOD_FOR: Duration = Duration::from_secs(1);
/// How long a probe waits for that: less than it would take to count as down.
const LAG_PATIENCE: Duration = Duration::from_secs(1);

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

/// Which partitions are this worker's. It may well be none: then others have them all.
struct PartitionsCheck(watch::Receiver<Vec<PartitionLease>>);

#[async_trait]
impl Check for PartitionsCheck {
    fn name(&self) -> &'static str {
        "partitions"
    }

    async fn check(&self) -> Result<(), Down> {
        Ok(())
    }

    async fn note(&self) -> Option<String> {
        let held = self.0.borrow();
        let numbers: Vec<String> = held.iter().map(|lease| lease.partition.to_string()).collect();
        Some(match &numbers[..] {
            [] => format!("none of {PARTITIONS}"),
            numbers => format!("{} of {PARTITIONS}: {}", numbers.len(), numbers.join(", ")),
        })
    }
}

/// How far sending lags behind, over all workers. That it does is no failure: whether events can be sent at all is the
/// queue's check to say.
struct OutboxCheck {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// The store goes over all companies to find it: many probes must not cost many times that.
    lag: Recent<Result<OutboxLag, StoreError>>,
}

impl OutboxCheck {
    async fn lag(&self) -> Result<OutboxLag, String> {
        let store = self.store.clone();
        let asking = self.lag.get_or(async move { store.outbox_lag(None).await });
        let answer = timeout(LAG_PATIENCE, asking).await;
        let answer = answer.map_err(|_| "the store takes long to answer".to_owned())?;
        let answer = answer.ok_or_else(|| "asking the store failed".to_owned())?;
        answer.map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Check for OutboxCheck {
    fn name(&self) -> &'static str {
        "outbox"
    }

    async fn check(&self) -> Result<(), Down> {
        Ok(())
    }

    async fn note(&self) -> Option<String> {
        Some(match self.lag().await {
            Ok(OutboxLag {
                unsent,
                oldest_at: Some(oldest_at),
            }) => {
                let age = self.clock.now().duration_since(oldest_at);
                format!(
                    "{unsent} events wait to be sent, the oldest for {} ms",
                    age.as_millis().max(0)
                )
            }
            Ok(OutboxLag { unsent, .. }) => format!("{unsent} events wait to be sent"),
            Err(error) => format!("it cannot be asked how many events wait to be sent: {error}"),
        })
    }
}

/// The worker takes no requests of its own.
struct NoOperations;

#[OpenApi]
impl NoOperations {}

/// `/healthz`, `/readyz` and what every service has, for a worker that runs on these.
pub fn endpoint(deps: &Deps, worker: &Worker) -> BoxEndpoint<'static, Response> {
    let mut setup = Setup::new("MoneyFlow orchestrator", "The worker that runs payment rules.")
        .check(StoreCheck(deps.store.clone()))
        .check(QueueCheck(deps.queue.clone()))
        .check(PartitionsCheck(worker.held()));
    if deps.queue.events().is_some() {
        setup = setup.check(OutboxCheck {
            store: deps.store.clone(),
            clock: deps.clock.clone(),
            lag: Recent::new(LAG_GOOD_FOR),
        });
    }
    service::mount(NoOperations, setup)
}
