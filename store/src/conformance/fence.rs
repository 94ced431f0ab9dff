//! The fence: a batch commits under the lease that it was begun under, or not at all.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::StoreFactory;
use super::fixture::id;
use super::partitions::{renew, take_all, taken_over};
use super::payments::{Payment, intent, load_for, settle};
use crate::{BatchEnd, BatchIntent, ClaimOutcome, Footprint, PartitionLease, Store, StoreError, Verdict};

/// Far longer than anything here takes.
const DEADLINE: Duration = Duration::from_mins(1);

const LONG: Duration = Duration::from_mins(10);

/// Commits a payment in a batch under a lease.
async fn pay_under(
    store: &dyn Store,
    lease: PartitionLease,
    payment: &Payment,
) -> Result<BatchEnd, StoreError> {
    let payments = vec![payment.clone()];
    let intent = BatchIntent {
        leases: vec![lease],
        ..intent(&payments)
    };
    let decide = move |loaded| Verdict::Commit(Box::new(settle(&payments, &loaded)));
    store.run_batch(intent, Box::new(decide)).await
}

/// Runs a batch that must be refused for its lease, without being asked to decide.
async fn expect_lost(store: &dyn Store, lease: PartitionLease) {
    let payment = Payment::new(id(), "e1");
    let intent = BatchIntent {
        leases: vec![lease],
        ..intent(std::slice::from_ref(&payment))
    };
    let decide = Box::new(|_| panic!("asked to decide under a lost lease"));
    assert_eq!(store.run_batch(intent, decide).await, Ok(BatchEnd::LeaseLost));
    let loaded = load_for(store, vec![payment.claim.clone()], Footprint::default()).await;
    assert_eq!(loaded.claims, [ClaimOutcome::Fresh], "nothing is stored");
    assert_eq!(store.find_run(payment.run_id()).await, Ok(None));
}

/// Who has a partition commits, however often the lease was renewed, and also when it ran out and nobody took it.
pub async fn a_batch_commits_under_its_lease(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (worker, held) = take_all(&*store).await;
    let company_id = id();
    for (number, lease) in [LONG, LONG, Duration::ZERO].into_iter().enumerate() {
        renew(&*store, worker, lease).await;
        let payment = Payment::new(company_id, &format!("e{number}"));
        assert_eq!(
            pay_under(&*store, held[7], &payment).await,
            Ok(BatchEnd::Committed)
        );
        assert!(store.find_run(payment.run_id()).await.unwrap().is_some());
    }
}

/// Who lost a partition, or never had it, commits nothing, and is not asked to decide.
pub async fn a_batch_under_a_lost_lease_stores_nothing(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let never = PartitionLease {
        partition: 7,
        epoch: 1,
    };
    expect_lost(&*store, never).await;
    let (lost, held) = taken_over(&*store).await;
    let to_come = PartitionLease {
        epoch: held[7].epoch + 1,
        ..held[7]
    };
    for lease in [lost[7], to_come] {
        expect_lost(&*store, lease).await;
    }
    let payment = Payment::new(id(), "e1");
    assert_eq!(
        pay_under(&*store, held[7], &payment).await,
        Ok(BatchEnd::Committed)
    );
}

/// The race: a partition is taken over while a batch of its old owner decides. The batch is first, whole; what the old
/// owner begins after that is lost.
pub async fn a_takeover_waits_for_the_batch_that_is_committing(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let lease = renew(&*store, id(), Duration::ZERO).await.held[7];
    let payment = Payment::new(id(), "e1");
    let (tell, told) = mpsc::channel();
    let (go, gone) = mpsc::channel();
    let deciding = {
        let (store, payments) = (Arc::clone(&store), vec![payment.clone()]);
        let intent = BatchIntent {
            leases: vec![lease],
            ..intent(&payments)
        };
        let decide = move |loaded| {
            tell.send(()).unwrap();
            gone.recv_timeout(DEADLINE).unwrap();
            Verdict::Commit(Box::new(settle(&payments, &loaded)))
        };
        tokio::spawn(async move { store.run_batch(intent, Box::new(decide)).await })
    };
    tokio::task::spawn_blocking(move || told.recv_timeout(DEADLINE))
        .await
        .unwrap()
        .unwrap();
    let successor = id();
    let taking = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { renew(&*store, successor, LONG).await })
    };
    go.send(()).unwrap();
    assert_eq!(deciding.await.unwrap(), Ok(BatchEnd::Committed));
    let taken = taking.await.unwrap().held;
    assert!(store.find_run(payment.run_id()).await.unwrap().is_some());
    // Whether the first try found it free depends on who was faster; the second finds it so.
    let taken = if taken.contains(&next(lease)) {
        taken
    } else {
        renew(&*store, successor, LONG).await.held
    };
    assert!(taken.contains(&next(lease)), "{taken:?}");
    expect_lost(&*store, lease).await;
}

fn next(lease: PartitionLease) -> PartitionLease {
    PartitionLease {
        epoch: lease.epoch + 1,
        ..lease
    }
}
