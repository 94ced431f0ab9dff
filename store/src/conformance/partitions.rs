//! Partitions: who has which, and that the shares are even.
//!
//! A lease of no length runs out at once: that is how these tests let time pass without waiting for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{at, id};
use crate::{Leases, PartitionLease, RenewLeases, Store, fair_share};

const PARTITIONS: u16 = 16;

/// Longer than any test takes.
const LONG: Duration = Duration::from_mins(10);

/// A worker says that it is there.
pub(super) async fn renew(store: &dyn Store, worker: Uuid, lease: Duration) -> Leases {
    let renew = RenewLeases {
        worker,
        name: format!("host:{worker}"),
        partitions: PARTITIONS,
        lease,
    };
    let leases = store.renew_leases(renew).await.unwrap();
    assert!(leases.held.is_sorted(), "{leases:?}");
    assert!(leases.surplus.iter().all(|lease| leases.held.contains(lease)));
    leases
}

/// Takes all partitions, for long.
pub(super) async fn take_all(store: &dyn Store) -> (Uuid, Vec<PartitionLease>) {
    let worker = id();
    let leases = renew(store, worker, LONG).await;
    assert_eq!(leases.held.len(), usize::from(PARTITIONS), "{leases:?}");
    (worker, leases.held)
}

/// Takes all partitions by leases that ran out, and has another worker take them over.
pub(super) async fn taken_over(store: &dyn Store) -> (Vec<PartitionLease>, Vec<PartitionLease>) {
    let lost = renew(store, id(), Duration::ZERO).await.held;
    let (_, held) = take_all(store).await;
    (lost, held)
}

/// Has every worker renew and give up what is too much, until all have had the time to react to one another.
async fn settle(store: &dyn Store, workers: &[Uuid]) -> BTreeMap<Uuid, Vec<PartitionLease>> {
    let mut held = BTreeMap::new();
    for _ in 0..3 {
        for worker in workers {
            let leases = renew(store, *worker, LONG).await;
            store.release_leases(*worker, leases.surplus).await.unwrap();
        }
    }
    for worker in workers {
        let leases = renew(store, *worker, LONG).await;
        assert_eq!((leases.surplus, leases.workers), (Vec::new(), count(workers)));
        held.insert(*worker, leases.held);
    }
    held
}

fn count(workers: &[Uuid]) -> u32 {
    u32::try_from(workers.len()).unwrap()
}

fn numbers(leases: &[PartitionLease]) -> BTreeSet<u16> {
    leases.iter().map(|lease| lease.partition).collect()
}

fn assert_even(held: &BTreeMap<Uuid, Vec<PartitionLease>>) {
    let workers = u32::try_from(held.len()).unwrap();
    for (rank, leases) in (0..).zip(held.values()) {
        let share = fair_share(PARTITIONS, workers, rank);
        assert_eq!(leases.len(), usize::from(share), "{held:?}");
    }
    let all: BTreeSet<u16> = held.values().flat_map(|leases| numbers(leases)).collect();
    assert_eq!(all, (0..PARTITIONS).collect(), "{held:?}");
}

/// Partitions are shared out evenly, whoever comes and goes; every one has one owner.
pub async fn shares_partitions_evenly(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let mut workers: Vec<Uuid> = Vec::new();
    for _ in 0..5 {
        workers.push(id());
        assert_even(&settle(&*store, &workers).await);
    }
    // More workers than partitions: some have nothing to do.
    workers.extend(std::iter::repeat_with(id).take(13));
    assert_even(&settle(&*store, &workers).await);
    while workers.len() > 1 {
        let gone = workers.remove(workers.len() / 2);
        store.leave(gone).await.unwrap();
        if workers.len() < 5 {
            assert_even(&settle(&*store, &workers).await);
        }
    }
}

/// The first owner's epoch is 1; renewing keeps it, and keeps others out.
pub async fn a_good_lease_is_nobody_elses(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (owner, held) = take_all(&*store).await;
    let first: Vec<_> = (0..PARTITIONS)
        .map(|partition| PartitionLease { partition, epoch: 1 })
        .collect();
    assert_eq!(held, first);
    let other = renew(&*store, id(), LONG).await;
    assert_eq!((other.held, other.workers), (Vec::new(), 2));
    let again = renew(&*store, owner, LONG).await;
    assert_eq!((again.held, again.workers), (first, 2));
    assert_eq!(again.surplus.len(), 8);
}

/// A lease that ran out is free for anybody, under the next epoch; its owner no longer counts.
pub async fn an_expired_lease_is_taken_over(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let stopped = renew(&*store, id(), Duration::ZERO).await;
    let taken = renew(&*store, id(), LONG).await;
    assert_eq!(taken.workers, 1);
    let next = |lease: &PartitionLease| PartitionLease {
        epoch: lease.epoch + 1,
        ..*lease
    };
    assert_eq!(taken.held, stopped.held.iter().map(next).collect::<Vec<_>>());
}

/// A lease that ran out and that nobody took since is good again, under the same epoch.
pub async fn an_expired_lease_that_nobody_took_is_renewed(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let worker = id();
    let before = renew(&*store, worker, Duration::ZERO).await;
    assert!(
        store
            .list_partitions()
            .await
            .unwrap()
            .iter()
            .all(|partition| partition.owner.is_none())
    );
    assert_eq!(renew(&*store, worker, LONG).await, before);
    let owners = store.list_partitions().await.unwrap();
    assert!(owners.iter().all(|partition| {
        partition
            .owner
            .as_ref()
            .is_some_and(|owner| owner.worker == worker)
    }));
}

/// A worker whose time ran out, and whose partitions others have by now, begins with nothing and gets its share anew.
pub async fn a_forgotten_worker_starts_anew(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (early, late) = (id(), id());
    renew(&*store, early, Duration::ZERO).await;
    let taken = renew(&*store, late, LONG).await;
    assert_eq!((taken.held.len(), taken.workers), (16, 1));
    let back = renew(&*store, early, LONG).await;
    assert_eq!((back.held, back.workers), (Vec::new(), 2));
    let shared = settle(&*store, &[early, late]).await;
    assert_even(&shared);
    assert!(shared[&early].iter().all(|lease| lease.epoch == 3));
    assert!(shared[&late].iter().all(|lease| lease.epoch == 2));
}

/// What is given up is free at once; what somebody no longer has, they cannot give up.
pub async fn released_leases_are_free(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (lost, held) = taken_over(&*store).await;
    let (owner, free) = (store.list_partitions().await.unwrap(), &held[3..5]);
    let owner = owner[0].owner.as_ref().unwrap().worker;
    store.release_leases(owner, lost).await.unwrap();
    store.release_leases(id(), held.clone()).await.unwrap();
    assert_eq!(renew(&*store, owner, LONG).await.held, held);

    store.release_leases(owner, free.to_vec()).await.unwrap();
    let states = store.list_partitions().await.unwrap();
    let ownerless: Vec<_> = states.iter().filter(|state| state.owner.is_none()).collect();
    assert_eq!(
        ownerless.iter().map(|state| state.partition).collect::<Vec<_>>(),
        [3, 4]
    );
    let other = renew(&*store, id(), LONG).await;
    assert_eq!(
        other.held,
        [3, 4].map(|partition| PartitionLease { partition, epoch: 3 })
    );
    assert_eq!(renew(&*store, owner, LONG).await.held.len(), 14);
}

/// Who goes leaves nothing behind, also when it never was there.
pub async fn who_leaves_gives_up_everything(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (owner, held) = take_all(&*store).await;
    store.leave(id()).await.unwrap();
    assert_eq!(renew(&*store, owner, LONG).await.held, held);
    store.leave(owner).await.unwrap();
    let next = renew(&*store, id(), LONG).await;
    assert_eq!((next.held.len(), next.workers), (16, 1));
    assert!(next.held.iter().all(|lease| lease.epoch == 2));
}

/// Partitions are shown in order, with who has them and until when; those that nobody ever had are not shown.
pub async fn lists_partitions_with_their_owners(factory: &impl StoreFactory) {
    let store = factory.open().await;
    assert_eq!(store.list_partitions().await, Ok(Vec::new()));
    let (owner, held) = take_all(&*store).await;
    let states = store.list_partitions().await.unwrap();
    let shown: Vec<_> = states
        .iter()
        .map(|state| PartitionLease {
            partition: state.partition,
            epoch: state.epoch,
        })
        .collect();
    assert_eq!(shown, held);
    for state in states {
        let shown = state.owner.unwrap();
        assert_eq!((shown.worker, shown.name), (owner, format!("host:{owner}")));
        assert!(shown.expires_at > at(0), "{:?}", shown.expires_at);
    }
}

/// The race: many workers come at once, and two of them must never have a partition under one epoch.
pub async fn no_two_workers_share_an_epoch(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let mut tasks = tokio::task::JoinSet::new();
    let workers: Vec<Uuid> = std::iter::repeat_with(id).take(6).collect();
    for worker in workers.clone() {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut held = BTreeSet::new();
            for round in 0..8 {
                let lease = if round % 3 == 0 { Duration::ZERO } else { LONG };
                let leases = renew(&*store, worker, lease).await;
                held.extend(leases.held.into_iter().map(|lease| (lease, worker)));
                store.release_leases(worker, leases.surplus).await.unwrap();
            }
            held
        });
    }
    let mut owners = BTreeMap::new();
    while let Some(held) = tasks.join_next().await {
        for (lease, worker) in held.unwrap() {
            assert_eq!(*owners.entry(lease).or_insert(worker), worker, "{lease:?}");
        }
    }
    assert_even(&settle(&*store, &workers).await);
}
