//! The worker: takes batches off the queue, steps plans, commits.
//!
//! The effect is as if payments ran one after another, in the order of their queue. For each partition one
//! loop (`partition`) takes what is there, prepares it, and lets `batch` carry it through one database
//! transaction: a dry step learns what may be touched, the store claims, locks and reads it, `decide` runs
//! every plan in memory, and the store writes and commits. Only then is the batch acknowledged. What several partitions
//! have ready at the same time goes into one such transaction (`group_commit`).
//!
//! Any number of workers share the partitions (`sharing`). What a worker has of them it holds under leases (`holding`),
//! and every batch names the lease that it was begun under. The holder of a partition also sends on what its runs sent
//! out (`relay`).
//!
//! This room knows no database and no broker: only the ports of `store` and `queue`.

mod acknowledging;
mod backoff;
mod batch;
mod cloud_event;
mod dead_messages;
mod decide;
mod group_commit;
mod health;
mod holding;
mod partition;
mod plans;
mod prepare;
mod recent;
mod records;
mod relay;
mod requeue;
mod round;
mod run_ids;
mod sharing;
mod supervise;

use std::sync::Arc;

use jiff::Timestamp;
use queue::{Queue, TakeLimits};
use service::{Clock, Ids};
use store::{PartitionLease, RunStatus, Store};
use tasks::Tasks;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use health::endpoint;
pub use sharing::Sharing;

use group_commit::GroupCommit;
use holding::Crew;
use sharing::Share;

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
    /// How many events are sent on at once.
    pub events: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            take: TakeLimits::default(),
            nodes: 20_000,
            events: 1_000,
        }
    }
}

/// A worker at work. Dropping it is as if its process were killed: what it had begun stays in the queue, and others
/// wait for its leases to run out.
pub struct Worker {
    stop: CancellationToken,
    /// The tasks that are dropped with the worker.
    loops: JoinSet<()>,
    held: watch::Receiver<Vec<PartitionLease>>,
}

impl Worker {
    /// Starts to share the partitions with whoever else works on this store; alone, it has all of them at once.
    pub fn start(deps: &Deps, limits: Limits, sharing: Sharing) -> Self {
        let mut loops = JoinSet::new();
        let crew = Crew {
            deps: deps.clone(),
            group: GroupCommit::start(deps, limits, &mut loops),
            plans: Arc::new(plans::Plans::new(deps.store.clone(), deps.tasks.clone())),
            limits,
            worker: deps.ids.next(),
        };
        let stop = CancellationToken::new();
        let (told, held) = watch::channel(Vec::new());
        loops.spawn(Share::new(crew, sharing, told).run(stop.clone()));
        Self { stop, loops, held }
    }

    /// The partitions that it works on, in order, as they come and go.
    pub fn held(&self) -> watch::Receiver<Vec<PartitionLease>> {
        self.held.clone()
    }

    /// Takes no more, finishes and acknowledges what was begun, gives up its partitions, and ends.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.loops.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "the worker did not end well");
            }
        }
    }
}
