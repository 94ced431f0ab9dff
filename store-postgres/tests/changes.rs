//! Changes of runs, while batches are under way.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use std::sync::mpsc;
use std::time::Duration;

use store::conformance::{Payment, id, intent, pay, settle};
use store::{BatchEnd, Batches, ChangeCursor, Runs, StoreError, Verdict};
use store_postgres::PostgresStore;
use support::{Database, connect};
use uuid::Uuid;

const DEADLINE: Duration = Duration::from_mins(1);

async fn read_on(store: &PostgresStore, cursor: &mut ChangeCursor) -> Vec<Uuid> {
    let changes = store.run_changes(None, Some(*cursor), 99).await.unwrap();
    *cursor = changes.cursor;
    changes.runs.into_iter().map(|run| run.id).collect()
}

/// The race: an early batch is slow, a late one commits before it. Whoever read the late one must still be shown the
/// early one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_commits_late_is_shown() {
    let database = Database::migrated().await;
    let store = database.store().await;
    pay(&store, vec![Payment::new(id(), "before")]).await.unwrap();
    let mut cursor = store.run_changes(None, None, 9).await.unwrap().cursor;

    let early = Payment::new(id(), "early");
    let (tell, told) = mpsc::channel();
    let (go_on, gone_on) = mpsc::channel::<()>();
    let slow: tokio::task::JoinHandle<Result<BatchEnd, StoreError>> = {
        let (store, payments) = (store.clone(), vec![early.clone()]);
        let intent = intent(&payments);
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

    let late = Payment::new(id(), "late");
    assert_eq!(pay(&store, vec![late.clone()]).await, Ok(BatchEnd::Committed));
    assert_eq!(
        read_on(&store, &mut cursor).await,
        Vec::<Uuid>::new(),
        "not before the early one"
    );
    go_on.send(()).unwrap();
    assert_eq!(slow.await.unwrap(), Ok(BatchEnd::Committed));
    assert_eq!(
        read_on(&store, &mut cursor).await,
        [early.run_id(), late.run_id()]
    );
    assert_eq!(read_on(&store, &mut cursor).await, Vec::<Uuid>::new());
}

/// Whatever else is written on the server, in this database or in another, does not hold changes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_writers_hold_nothing_back() {
    let (database, elsewhere) = (Database::migrated().await, Database::empty().await);
    let store = database.store().await;
    let mut cursor = store.run_changes(None, None, 9).await.unwrap().cursor;
    let mut others = Vec::new();
    for url in [&database.url, &elsewhere.url] {
        let mut other = connect(url).await;
        let write = "BEGIN; CREATE TABLE something_else (); SELECT pg_current_xact_id()";
        sqlx::raw_sql(write).execute(&mut other).await.unwrap();
        others.push(other);
    }
    let payment = Payment::new(id(), "e1");
    pay(&store, vec![payment.clone()]).await.unwrap();
    assert_eq!(read_on(&store, &mut cursor).await, [payment.run_id()]);
}
