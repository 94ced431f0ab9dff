//! Sharing the partitions with other workers.
//!
//! One loop says every few seconds that this worker is there, and hears what it has: loops are started for partitions
//! that it gained, and stopped for those that it should give up or has lost. What it hears is old the moment it hears
//! it; so nothing rests on it but speed. That nobody commits on a partition that is another's is seen to by the store,
//! which checks the lease of every batch.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use queue::PARTITIONS;
use store::{Leases, Outage, PartitionLease, RenewLeases, StoreError, fair_share};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::holding::{Crew, Holding};

/// How soon a worker asks again that has less than its share, or has just let something go.
const SOON: Duration = Duration::from_millis(500);

/// How a worker shares partitions with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// How long its leases are good when nothing more is heard of it: how long its partitions stand still if it dies.
    pub lease: Duration,
    /// How often it renews them.
    pub renew_every: Duration,
    /// How people find it: host and process.
    pub name: String,
}

impl Sharing {
    /// Leases of ten seconds, renewed every three.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            lease: Duration::from_secs(10),
            renew_every: Duration::from_secs(3),
            name: name.into(),
        }
    }
}

/// What the loop waits for.
enum Happening {
    Stop,
    /// The work under a lease came to its end.
    Ended(PartitionLease),
    /// What came of a renewal that was asked for at this moment.
    Renewed(Instant, Result<Leases, StoreError>),
    /// The leases ran out, as far as this worker can tell.
    Expired,
    TimeToRenew,
}

/// A renewal under way. One that was given up may take effect all the same.
struct Renewal {
    asked_at: Instant,
    answer: BoxFuture<'static, Result<Leases, StoreError>>,
}

/// The loop's state.
pub(crate) struct Share {
    crew: Crew,
    sharing: Sharing,
    /// By partition.
    holdings: BTreeMap<u16, Holding>,
    /// The work on them. Each task names its lease when it ends.
    work: JoinSet<PartitionLease>,
    renewal: Option<Renewal>,
    renew_at: Instant,
    /// Until when the leases are good at least, by this process's own clock.
    good_until: Option<Instant>,
    told: watch::Sender<Vec<PartitionLease>>,
}

impl Share {
    pub(crate) fn new(crew: Crew, sharing: Sharing, told: watch::Sender<Vec<PartitionLease>>) -> Self {
        Self {
            crew,
            sharing,
            holdings: BTreeMap::new(),
            work: JoinSet::new(),
            renewal: None,
            renew_at: Instant::now(),
            good_until: None,
            told,
        }
    }

    /// Shares until the worker is to stop; then finishes what was begun, and leaves.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            match self.next(&stop).await {
                Happening::Stop => break,
                Happening::Ended(lease) => self.ended(lease),
                Happening::Renewed(asked_at, Ok(leases)) => {
                    self.good_until = Some(asked_at + self.sharing.lease);
                    self.adopt(&leases);
                }
                Happening::Renewed(_, Err(error)) => {
                    tracing::warn!(%error, "leases could not be renewed: trying again");
                    self.renew_at = Instant::now() + SOON;
                }
                Happening::Expired => self.lose_all(),
                Happening::TimeToRenew => self.renew(),
            }
            self.tell();
        }
        self.finish().await;
    }

    async fn next(&mut self, stop: &CancellationToken) -> Happening {
        let is_idle = self.renewal.is_none();
        let good_until = self.good_until.unwrap_or(self.renew_at);
        tokio::select! {
            biased;
            () = stop.cancelled() => Happening::Stop,
            Some(Ok(ended)) = self.work.join_next() => Happening::Ended(ended),
            (asked_at, answer) = answer(&mut self.renewal) => Happening::Renewed(asked_at, answer),
            () = tokio::time::sleep_until(good_until), if self.good_until.is_some() => Happening::Expired,
            () = tokio::time::sleep_until(self.renew_at), if is_idle => Happening::TimeToRenew,
        }
    }

    fn renew(&mut self) {
        let (store, lease) = (self.crew.deps.store.clone(), self.sharing.lease);
        let request = RenewLeases {
            worker: self.crew.worker,
            name: self.sharing.name.clone(),
            partitions: PARTITIONS,
            lease,
        };
        let answer = async move {
            let in_time = tokio::time::timeout(lease, store.renew_leases(request)).await;
            in_time.unwrap_or_else(|_| Err(no_answer()))
        };
        self.renewal = Some(Renewal {
            asked_at: Instant::now(),
            answer: Box::pin(answer),
        });
    }

    /// Starts, stops and drops work, until it is what these leases say.
    fn adopt(&mut self, leases: &Leases) {
        let lost = |holding: &&Holding| !leases.held.contains(&holding.lease);
        for holding in self.holdings.values().filter(lost) {
            // One that is being given up may have been released already.
            if !holding.stop.is_cancelled() {
                tracing::warn!(partition = holding.lease.partition, "a lease is lost");
            }
            holding.lose();
        }
        for lease in &leases.held {
            let is_surplus = leases.surplus.contains(lease);
            let holding = self.holdings.get(&lease.partition);
            match holding {
                Some(holding) if is_surplus => holding.stop.cancel(),
                Some(_) => {}
                None => self.start(*lease, is_surplus),
            }
        }
        let least = fair_share(PARTITIONS, leases.workers, leases.workers.saturating_sub(1));
        let has_its_share = leases.held.len() >= usize::from(least);
        let pause = if has_its_share {
            self.sharing.renew_every
        } else {
            SOON.min(self.sharing.renew_every)
        };
        self.renew_at = Instant::now() + pause;
    }

    /// Begins the work on a partition; or, with one that is to be given up at once, only ends it.
    fn start(&mut self, lease: PartitionLease, is_surplus: bool) {
        let holding = Holding::new(lease);
        if is_surplus {
            holding.stop.cancel();
        }
        let work = holding.clone().work(self.crew.clone());
        self.work.spawn(async move {
            // Whatever happens to the work, its end must be heard of.
            let _ = AssertUnwindSafe(work).catch_unwind().await;
            lease
        });
        self.holdings.insert(lease.partition, holding);
    }

    fn ended(&mut self, lease: PartitionLease) {
        self.holdings.remove(&lease.partition);
        self.renew_at = self.renew_at.min(Instant::now() + SOON);
    }

    /// The database was not heard of for so long that others may have the partitions. Dropping the loops hands what
    /// they had taken back, so that those others get it.
    fn lose_all(&mut self) {
        tracing::warn!("the leases ran out before they could be renewed");
        self.good_until = None;
        self.holdings.values().for_each(Holding::lose);
    }

    fn tell(&self) {
        let working = self
            .holdings
            .values()
            .filter(|holding| !holding.stop.is_cancelled());
        let leases: Vec<PartitionLease> = working.map(|holding| holding.lease).collect();
        self.told.send_if_modified(|told| {
            let is_new = *told != leases;
            if is_new {
                *told = leases;
            }
            is_new
        });
    }

    /// Finishes what was begun, and leaves, so that others take over at once.
    async fn finish(mut self) {
        self.holdings.values().for_each(|holding| holding.stop.cancel());
        while self.work.join_next().await.is_some() {}
        self.holdings.clear();
        self.tell();
        let (renewal, crew) = (self.renewal.take(), self.crew.clone());
        let leaving = async move {
            // After a renewal that is still under way the worker would be there again.
            if let Some(renewal) = renewal {
                let _ = renewal.answer.await;
            }
            crew.deps.store.leave(crew.worker).await
        };
        // Longer is of no use: by then the leases have run out.
        match tokio::time::timeout(self.sharing.lease, leaving).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "could not say that this worker leaves"),
            Err(_) => tracing::warn!("could not say in time that this worker leaves"),
        }
    }
}

/// What comes of the renewal under way; nothing, while there is none.
async fn answer(renewal: &mut Option<Renewal>) -> (Instant, Result<Leases, StoreError>) {
    match renewal {
        Some(under_way) => {
            let (asked_at, answer) = (under_way.asked_at, (&mut under_way.answer).await);
            *renewal = None;
            (asked_at, answer)
        }
        None => std::future::pending().await,
    }
}

/// An answer that comes later than this says nothing any more: the leases that it tells of have run out.
fn no_answer() -> StoreError {
    StoreError::Unavailable {
        outage: Outage::Connection,
        message: "it did not answer while the leases were good".to_owned(),
    }
}
