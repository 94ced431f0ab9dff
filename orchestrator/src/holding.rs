//! A partition in this worker's hands: its lease, its loops, and how it is let go.
//!
//! It is let go in one of two ways. Told to *stop*, its loops finish what they began, and then the lease is released:
//! whoever takes it finds everything done and acknowledged. Once the lease is *gone*, nothing more may be stored under
//! it: the loops are dropped where they stand, and what they had taken goes back to the queue.

use std::sync::Arc;

use queue::Partition;
use store::PartitionLease;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::group_commit::GroupCommit;
use crate::partition::PartitionWorker;
use crate::plans::Plans;
use crate::supervise::supervise;
use crate::{Deps, Limits, dead_messages, relay, requeue};

/// The partition whose owner does what only one worker should: no matter which, so that there is always one.
const SINGLE: u16 = 0;

/// A partition in this worker's hands.
#[derive(Clone)]
pub(crate) struct Holding {
    pub(crate) lease: PartitionLease,
    /// What was begun is to be finished, and nothing more begun.
    pub(crate) stop: CancellationToken,
    /// Rung when a batch of the partition was committed that sends events.
    pub(crate) committed: Arc<Notify>,
    gone: CancellationToken,
}

/// What the loops of all partitions share.
#[derive(Clone)]
pub(crate) struct Crew {
    pub(crate) deps: Deps,
    pub(crate) plans: Arc<Plans>,
    pub(crate) limits: Limits,
    pub(crate) group: GroupCommit,
    pub(crate) worker: Uuid,
}

impl Holding {
    pub(crate) fn new(lease: PartitionLease) -> Self {
        let gone = CancellationToken::new();
        Self {
            lease,
            stop: gone.child_token(),
            committed: Arc::new(Notify::new()),
            gone,
        }
    }

    /// Somebody else has the partition now, or may have.
    pub(crate) fn lose(&self) {
        self.gone.cancel();
    }

    /// Works on the partition until it is told to stop or the lease is gone; releases the lease, if it is not.
    pub(crate) async fn work(self, crew: Crew) {
        let mut loops = JoinSet::new();
        if let Some(partition) = Partition::new(self.lease.partition) {
            self.start(partition, &crew, &mut loops);
        }
        tokio::select! {
            biased;
            () = self.gone.cancelled() => {}
            () = end(&mut loops) => {}
        }
        loops.shutdown().await;
        if !self.gone.is_cancelled() {
            self.release(&crew).await;
        }
    }

    fn start(&self, partition: Partition, crew: &Crew, loops: &mut JoinSet<()>) {
        let consume = PartitionWorker::new(crew.clone(), partition, self.clone());
        loops.spawn(supervise(self.stop.clone(), async move |_: &_| {
            consume.run().await;
        }));
        if let Some(bus) = crew.deps.queue.events() {
            let relay = relay::Relay::new(crew.deps.clone(), bus, crew.limits.events, self.clone());
            loops.spawn(supervise(self.stop.clone(), async move |_: &_| relay.run().await));
        }
        if self.lease.partition == SINGLE {
            let (deps, holding) = (crew.deps.clone(), self.clone());
            let drain = async move |_: &_| dead_messages::drain(&deps, &holding).await;
            loops.spawn(supervise(self.stop.clone(), drain));
            let deps = crew.deps.clone();
            let requeue = async move |stop: &_| requeue::run(&deps, stop).await;
            loops.spawn(supervise(self.stop.clone(), requeue));
        }
    }

    /// Failing at it costs time only: the lease is offered again, or runs out.
    async fn release(&self, crew: &Crew) {
        let released = crew.deps.store.release_leases(crew.worker, vec![self.lease]);
        if let Err(error) = released.await {
            tracing::warn!(%error, partition = self.lease.partition, "a lease could not be released");
        }
    }
}

async fn end(loops: &mut JoinSet<()>) {
    while let Some(ended) = loops.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a loop of the worker did not end well");
        }
    }
}
