//! The worker: takes batches off the queue, steps plans, commits.
//!
//! The effect is as if payments ran one after another, in the order of their queue. For each partition one
//! loop (`partition`) takes what is there, prepares it, and lets `batch` carry it through one database
//! transaction: a dry step learns what may be touched, the store claims, locks and reads it, `decide` runs
//! every plan in memory, and the store writes and commits. Only then is the batch acknowledged.
//!
//! This room knows no database and no broker: only the ports of `store` and `queue`.

mod backoff;
mod batch;
mod decide;
mod health;
mod partition;
mod plans;
mod prepare;
mod records;
mod requeue;
mod run_ids;
mod supervise;

use std::sync::Arc;

use jiff::Timestamp;
use queue::{Partition, Queue, TakeLimits};
use service::{Clock, Ids};
use store::{RunStatus, Store};
use tasks::Tasks;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use health::endpoint;
use supervise::supervise;

/// What the worker works with.
#[derive(Clone)]
pub struct Deps {
    /// Where everything is stored.
    pub store: Arc<dyn Store>,
    /// Where events come from.
    pub queue: Arc<dyn Queue>,
    /// What nodes can do.
    pub tasks: Arc<Tasks>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Who wants to know of what was committed.
    pub observer: Arc<dyn Observer>,
}

/// Hears of runs once they are committed. Called on the worker's own tasks: it must be quick. It does not hear of
/// runs whose commit the store did not confirm, though it happened: where every run counts, ask the store.
pub trait Observer: Send + Sync {
    /// These runs are stored.
    fn committed(&self, runs: &[CommittedRun]);
}

/// Nobody wants to know.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn committed(&self, _: &[CommittedRun]) {}
}

/// A run that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommittedRun {
    /// The run.
    pub run_id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Where it stands.
    pub status: RunStatus,
    /// When its event was accepted.
    pub accepted_at: Timestamp,
    /// When the database had it.
    pub committed_at: Timestamp,
}

/// How much the worker takes on at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// What one take brings.
    pub take: TakeLimits,
    /// How many nodes one batch steps at the most; a single event may have more.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            take: TakeLimits::default(),
            nodes: 20_000,
        }
    }
}

/// A worker at work.
pub struct Worker {
    stop: CancellationToken,
    loops: JoinSet<()>,
}

impl Worker {
    /// Starts a loop for every partition, and one that puts dead letters back on request.
    pub fn start(deps: &Deps, limits: Limits) -> Self {
        let stop = CancellationToken::new();
        let plans = Arc::new(plans::Plans::new(deps.store.clone(), deps.tasks.clone()));
        let mut loops = JoinSet::new();
        for partition in Partition::all() {
            let worker = partition::PartitionWorker::new(deps.clone(), plans.clone(), limits, partition);
            loops.spawn(supervise(stop.clone(), async move |stop| worker.run(stop).await));
        }
        let own = deps.clone();
        let drain_dead = async move |stop: &_| partition::drain_dead(&own, stop).await;
        loops.spawn(supervise(stop.clone(), drain_dead));
        let own = deps.clone();
        let requeue = async move |stop: &_| requeue::run(&own, stop).await;
        loops.spawn(supervise(stop.clone(), requeue));
        Self { stop, loops }
    }

    /// Takes no more, finishes and acknowledges what was begun, and ends.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.loops.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a loop of the worker did not end well");
            }
        }
    }
}
