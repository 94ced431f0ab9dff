//! Leases beside batches: neither waits for the other.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use std::sync::mpsc;
use std::time::Duration;

use store::conformance::{Payment, id, intent, pay, settle};
use store::{
    BatchEnd, BatchIntent, Batches, Leases, Outbox, PartitionLease, Partitions, RenewLeases, SentUpTo,
    StoreError, Verdict,
};
use store_postgres::PostgresStore;
use support::Database;
use uuid::Uuid;

const DEADLINE: Duration = Duration::from_mins(1);

async fn renew(store: &PostgresStore, worker: Uuid, lease: Duration) -> Leases {
    let renew = RenewLeases {
        worker,
        name: "a worker".to_owned(),
        partitions: 16,
        lease,
    };
    // A statement that waited for a lock would wait for longer.
    let renewed = tokio::time::timeout(Duration::from_secs(8), store.renew_leases(renew)).await;
    renewed.unwrap().unwrap()
}

/// While a batch is under way its partition is neither taken over nor waited for; all the others are taken. Its owner may
/// renew and give up what it likes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partition_whose_batch_is_under_way_is_passed_over() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let (owner, successor) = (id(), id());
    let lease = renew(&store, owner, Duration::ZERO).await.held[7];
    let payments = vec![Payment::new(id(), "e1")];
    let (tell, told) = mpsc::channel();
    let (go_on, gone_on) = mpsc::channel::<()>();
    let deciding: tokio::task::JoinHandle<Result<BatchEnd, StoreError>> = {
        let store = store.clone();
        let intent = BatchIntent {
            leases: vec![lease],
            ..intent(&payments)
        };
        let decide = move |loaded| {
            tell.send(()).unwrap();
            gone_on.recv_timeout(DEADLINE).unwrap();
            Verdict::Commit(Box::new(settle(&payments, &loaded)))
        };
        tokio::spawn(async move { store.run_batch(intent, Box::new(decide)).await })
    };
    tokio::task::spawn_blocking(move || told.recv_timeout(DEADLINE))
        .await
        .unwrap()
        .unwrap();

    assert_eq!(
        renew(&store, owner, Duration::ZERO).await.held.len(),
        16,
        "its owner renews"
    );
    let taken = renew(&store, successor, DEADLINE).await.held;
    let numbers: Vec<u16> = taken.iter().map(|lease| lease.partition).collect();
    assert_eq!(
        numbers,
        (0..16).filter(|partition| *partition != 7).collect::<Vec<_>>()
    );
    store.release_leases(owner, vec![lease]).await.unwrap();

    go_on.send(()).unwrap();
    assert_eq!(deciding.await.unwrap(), Ok(BatchEnd::Committed));
    let taken = renew(&store, successor, DEADLINE).await.held;
    assert_eq!(taken[7], PartitionLease { epoch: 2, ..lease });
}

/// What is not written yet cannot have been sent: noting it would skip it later.
#[tokio::test]
async fn nothing_is_marked_as_sent_before_it_is_written() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let lease = renew(&store, id(), DEADLINE).await.held[7];
    let company_id = id();
    pay(&store, vec![Payment::new(company_id, "e1")]).await.unwrap();
    let marked = store
        .mark_events_sent(
            lease,
            vec![SentUpTo {
                company_id,
                number: 2,
            }],
        )
        .await;
    assert!(matches!(marked, Err(StoreError::Refused { .. })), "{marked:?}");
    assert_eq!(store.unsent_events(7, 9).await.unwrap().len(), 1);
}
