//! What is peculiar to leases and to sending in a file: what a restart finds, and what an older file holds.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use std::time::Duration;

use rusqlite::Connection;
use store::conformance::{Payment, id, intent, pay, settle};
use store::{
    BatchEnd, Batches, Leased, Leases, Loaded, Outbox, OutboxLag, PartitionLease, Partitions, RenewLeases,
    SentUpTo, Verdict,
};
use store_sqlite::{MIGRATIONS, SqliteStore};
use support::SqliteFactory;
use uuid::Uuid;

async fn renew(store: &SqliteStore, worker: Uuid) -> Leases {
    let renew = RenewLeases {
        worker,
        name: "host:1".to_owned(),
        partitions: 2,
        lease: Duration::from_hours(1),
    };
    store.renew_leases(renew).await.unwrap()
}

fn leases(epoch: u64) -> Vec<PartitionLease> {
    (0..2)
        .map(|partition| PartitionLease { partition, epoch })
        .collect()
}

#[tokio::test]
async fn who_opens_a_file_need_not_wait_for_leases_of_the_past() {
    let factory = SqliteFactory::default();
    let store = factory.open_store();
    assert_eq!(renew(&store, id()).await.held, leases(1));
    drop(store);

    let store = factory.open_store();
    let free = store.list_partitions().await.unwrap();
    assert!(free.iter().all(|partition| partition.owner.is_none()), "{free:?}");
    let taken = renew(&store, id()).await;
    assert_eq!((taken.held, taken.workers), (leases(2), 1));
}

#[tokio::test]
async fn a_batch_under_a_lease_that_is_gone_asks_for_no_decision() {
    let factory = SqliteFactory::default();
    let store = factory.open_store();
    let worker = id();
    renew(&store, worker).await;
    store.leave(worker).await.unwrap();
    assert_eq!(renew(&store, id()).await.held, leases(2));

    let payment = Payment::new(id(), "e1");
    for (epoch, partition) in [(1, 0), (3, 0), (1, 9)] {
        let mut lost = intent(std::slice::from_ref(&payment));
        lost.leases = vec![PartitionLease { partition, epoch }];
        let never = Box::new(|_| -> Verdict { panic!("nobody decides") });
        assert_eq!(store.run_batch(lost, never).await, Ok(BatchEnd::LeaseLost));
    }
    let mut held = intent(std::slice::from_ref(&payment));
    held.leases = vec![leases(2)[0]];
    let payments = vec![payment];
    let decide = Box::new(move |loaded: Loaded| Verdict::Commit(Box::new(settle(&payments, &loaded))));
    assert_eq!(store.run_batch(held, decide).await, Ok(BatchEnd::Committed));
}

/// Whoever was served goes to the end of the line, however much it still has.
#[tokio::test]
async fn companies_that_wait_are_served_in_turn() {
    let factory = SqliteFactory::default();
    let store = factory.open_store();
    let worker = id();
    let renew = RenewLeases {
        worker,
        name: String::new(),
        partitions: 16,
        lease: Duration::from_hours(1),
    };
    let lease = store.renew_leases(renew).await.unwrap().held[7];
    let companies = [id(), id(), id()];
    for company_id in companies {
        let payments = (0..3).map(|number| Payment::new(company_id, &format!("e{number}")));
        pay(&store, payments.collect()).await.unwrap();
    }
    let mut served = Vec::new();
    for _ in 0..6 {
        let events = store.unsent_events(7, 1).await.unwrap();
        let event = &events[0];
        served.push(event.company_id);
        let sent = SentUpTo {
            company_id: event.company_id,
            number: event.number,
        };
        assert_eq!(store.mark_events_sent(lease, vec![sent]).await, Ok(Leased::Done));
    }
    let mut first = served[..3].to_vec();
    first.sort_unstable();
    assert_eq!(first, companies, "each once before any twice");
    assert_eq!(served[..3], served[3..]);
}

/// Nobody sent events when this file was written: all of them are still to be sent.
#[tokio::test]
async fn events_of_an_older_file_are_sent() {
    let factory = SqliteFactory::default();
    let older = &MIGRATIONS[..3];
    sqlite::Database::open(factory.path(), sqlite::OpenOptions::new("store", older))
        .unwrap()
        .close()
        .await;
    let (company_id, run_id) = (id(), id());
    let connection = Connection::open(factory.path()).unwrap();
    for number in 1..=3 {
        connection
            .execute(
                "INSERT INTO outbox (id, company_id, number, event_type, run_id, node_id, correlation_id, created_at, data)
                 VALUES (?1, ?2, ?3, 'invoice.generated', ?4, 'n', 'c', 1000000, '{}')",
                rusqlite::params![id().as_bytes(), company_id.as_bytes(), number, run_id.as_bytes()],
            )
            .unwrap();
    }
    drop(connection);

    let store = factory.open_store();
    let numbers = async |partition| -> Vec<u64> {
        let events = store.unsent_events(partition, 10).await.unwrap();
        events.iter().map(|event| event.number).collect()
    };
    assert_eq!(numbers(0).await, [1, 2, 3]);
    let oldest_at = Some("1970-01-01T00:00:01Z".parse().unwrap());
    let lag = store.outbox_lag(Some(company_id)).await.unwrap();
    assert_eq!(lag, OutboxLag { unsent: 3, oldest_at });
    assert_eq!(store.outbox_lag(Some(id())).await.unwrap(), OutboxLag::default());
}
