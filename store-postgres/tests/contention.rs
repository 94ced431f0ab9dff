//! Batches that wait for one another: what they read afterwards is what the other left behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use std::sync::mpsc;
use std::time::Duration;

use store::conformance::{Payment, Transfer, id, intent, pay, settle};
use store::{BatchEnd, BatchIntent, Batches, Outbox, Partitions, RenewLeases, StoreError, Verdict};
use store_postgres::PostgresStore;
use support::{Database, connect, eventually};
use tokio::task::JoinHandle;

const DEADLINE: Duration = Duration::from_mins(1);

/// A batch that has read what it needs, and decides only when it is told to.
struct Deciding {
    batch: JoinHandle<Result<BatchEnd, StoreError>>,
    go_on: mpsc::Sender<()>,
}

impl Deciding {
    async fn begin(store: &PostgresStore, payments: Vec<Payment>) -> Self {
        let (tell, told) = mpsc::channel();
        let (go_on, gone_on) = mpsc::channel();
        let (store, intent) = (store.clone(), intent(&payments));
        let decide = move |loaded| {
            tell.send(()).unwrap();
            gone_on.recv_timeout(DEADLINE).unwrap();
            Verdict::Commit(Box::new(settle(&payments, &loaded)))
        };
        let batch = tokio::spawn(async move { store.run_batch(intent, Box::new(decide)).await });
        let told = tokio::task::spawn_blocking(move || told.recv_timeout(DEADLINE)).await;
        told.unwrap().unwrap();
        Self { batch, go_on }
    }

    async fn commit(self) {
        self.go_on.send(()).unwrap();
        assert_eq!(self.batch.await.unwrap(), Ok(BatchEnd::Committed));
    }
}

/// Whether a session of the database waits for a lock.
async fn one_waits(database: &Database) -> bool {
    let sql = "SELECT EXISTS (SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock')";
    let mut watcher = connect(&database.url).await;
    sqlx::query_scalar(sql).fetch_one(&mut watcher).await.unwrap()
}

/// Commits one batch, and then another, which was waiting for it from before it decided.
async fn pay_waiting(database: &Database, store: &PostgresStore, first: Vec<Payment>, second: Vec<Payment>) {
    let deciding = Deciding::begin(store, first).await;
    let waiting = {
        let store = store.clone();
        tokio::spawn(async move { pay(&store, second).await })
    };
    eventually("a batch that waits", || one_waits(database)).await;
    deciding.commit().await;
    assert_eq!(waiting.await.unwrap(), Ok(BatchEnd::Committed));
}

/// The numbers of the events of a company that were written, in order.
async fn numbers(store: &PostgresStore) -> Vec<u64> {
    let events = store.unsent_events(7, 99).await.unwrap();
    events.iter().map(|event| event.number).collect()
}

/// The counter is there when the second batch begins, and is moved while that waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_that_was_waited_for_is_read_as_it_is_by_then() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let company_id = id();
    let payment = |event_id| Payment::new(company_id, event_id);
    pay(&store, vec![payment("e1")]).await.unwrap();
    let second = vec![payment("e3"), payment("e4")];
    pay_waiting(&database, &store, vec![payment("e2")], second).await;
    assert_eq!(numbers(&store).await, [1, 2, 3, 4]);
}

/// The counter is not there when the second batch begins: the first makes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_that_another_batch_makes_is_waited_for() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let company_id = id();
    let payment = |event_id, account| {
        let mut payment = Payment::new(company_id, event_id);
        payment.transfers = vec![Transfer::new(company_id, "receivables", account, 1)];
        payment
    };
    let (first, second) = (payment("e1", "revenue"), payment("e2", "fees"));
    pay_waiting(&database, &store, vec![first], vec![second]).await;
    assert_eq!(numbers(&store).await, [1, 2]);
}

/// The second batch waits for a claim; the counter, which it comes to only then, was moved meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_another_batch_claims_is_not_run_again() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let company_id = id();
    let payment = |event_id| Payment::new(company_id, event_id);
    pay(&store, vec![payment("e1")]).await.unwrap();
    let shared = payment("e2");
    let second = vec![shared.clone(), payment("e3")];
    pay_waiting(&database, &store, vec![shared], second).await;
    assert_eq!(numbers(&store).await, [1, 2, 3]);
}

/// The takeover is under way when the batch begins, and done when it may go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_is_lost_while_it_is_waited_for_ends_the_batch() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let renew = RenewLeases {
        worker: id(),
        name: "a worker".to_owned(),
        partitions: 16,
        lease: DEADLINE,
    };
    let lease = store.renew_leases(renew).await.unwrap().held[7];
    let mut successor = connect(&database.url).await;
    for sql in [
        "BEGIN",
        "SELECT FROM partitions FOR UPDATE",
        "UPDATE partitions SET epoch = epoch + 1",
    ] {
        sqlx::query(sql).execute(&mut successor).await.unwrap();
    }
    let payments = vec![Payment::new(id(), "e1")];
    let intent = BatchIntent {
        leases: vec![lease],
        ..intent(&payments)
    };
    let batch = {
        let store = store.clone();
        tokio::spawn(async move { store.run_batch(intent, Box::new(|_| Verdict::Widen)).await })
    };
    eventually("a batch that waits", || one_waits(&database)).await;
    sqlx::query("COMMIT").execute(&mut successor).await.unwrap();
    assert_eq!(batch.await.unwrap(), Ok(BatchEnd::LeaseLost));
    assert_eq!(
        pay(&store, payments).await,
        Ok(BatchEnd::Committed),
        "nothing was claimed"
    );
}
