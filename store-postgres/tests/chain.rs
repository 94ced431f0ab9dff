//! The chain under database transactions that overlap: rows get their numbers in one order and are committed in another.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use std::time::Duration;

use sqlx::PgConnection;
use store::conformance::{Payment, id, pay};
use store::{ChainAudit, ChainRound, LedgerChain as _, verify_chain};
use store_postgres::PostgresStore;
use support::{Database, connect};
use uuid::Uuid;

/// A ledger with accounts to post to, and one transaction.
async fn ledger() -> (Database, PostgresStore) {
    let database = Database::migrated().await;
    let store = database.store().await;
    pay(&store, vec![Payment::new(id(), "first")]).await.unwrap();
    (database, store)
}

async fn run(connection: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(connection).await.unwrap();
}

/// Begins as whoever posts does: it has locked something before it posts, and with that an id.
async fn begin(database: &Database) -> PgConnection {
    let mut connection = connect(&database.url).await;
    run(&mut connection, "BEGIN; SELECT pg_current_xact_id()").await;
    connection
}

/// Posts a transaction of two entries, past the store, and leaves the database transaction open.
async fn post(connection: &mut PgConnection) -> Uuid {
    let id = Uuid::new_v4();
    let sql = "WITH posted AS (
            INSERT INTO transactions (id, company_id, created_at, reference, content_hash, metadata)
            SELECT $1, company_id, created_at, $1::text, content_hash, metadata FROM transactions LIMIT 1
            RETURNING number
        )
        INSERT INTO entries (transaction_number, account_number, number, amount, balance_after, id, position, debit)
        SELECT p.number, a.number, 100 + p.number, 1, 1, gen_random_uuid(), a.place, a.place = 0
        FROM posted p, (SELECT number, row_number() OVER (ORDER BY number) - 1 AS place FROM accounts) a";
    sqlx::query(sql).bind(id).execute(connection).await.unwrap();
    id
}

async fn rounds(store: &PostgresStore, count: u32) -> ChainAudit {
    for _ in 0..count {
        assert_eq!(store.extend_chain(100).await, Ok(ChainRound::Done));
    }
    let audit = verify_chain(store, None).await.unwrap();
    assert_eq!(audit.difference, None);
    audit
}

/// Until so many are chained: what runs in other databases of the server may hold a round up for a while.
async fn until_chained(store: &PostgresStore, count: u64) {
    let chaining = async { while rounds(store, 1).await.chained < count {} };
    tokio::time::timeout(Duration::from_mins(1), chaining)
        .await
        .unwrap();
}

async fn chained(database: &Database) -> Vec<Uuid> {
    sqlx::query_scalar("SELECT transaction_id FROM ledger_chain ORDER BY position")
        .fetch_all(&mut connect(&database.url).await)
        .await
        .unwrap()
}

/// One draws its number, and another, who came later, commits a higher one: the lower one is waited for.
#[tokio::test]
async fn who_commits_late_is_not_left_out() {
    let (database, store) = ledger().await;
    until_chained(&store, 1).await;
    let mut early = begin(&database).await;
    let late_one = post(&mut early).await;
    let mut late = begin(&database).await;
    let first_one = post(&mut late).await;
    run(&mut late, "COMMIT").await;

    let waiting = rounds(&store, 5).await;
    assert_eq!((waiting.chained, waiting.waiting), (1, 1));
    run(&mut early, "COMMIT").await;
    until_chained(&store, 3).await;
    assert_eq!(chained(&database).await[1..], [late_one, first_one]);
}

/// The same, but who commits late began last: its id is beyond every one that has ended, and so beyond the horizon of the
/// round's snapshot. Unless somebody else on the server ends meanwhile: so it is tried several times.
#[tokio::test]
async fn who_began_last_is_not_left_out_either() {
    let (database, store) = ledger().await;
    let mut first = connect(&database.url).await;
    let mut last = connect(&database.url).await;
    for before in (1..20).step_by(2) {
        until_chained(&store, before).await;
        for connection in [&mut first, &mut last] {
            run(connection, "BEGIN; SELECT pg_current_xact_id()").await;
        }
        let late_one = post(&mut last).await;
        let first_one = post(&mut first).await;
        run(&mut first, "COMMIT").await;

        let waiting = rounds(&store, 3).await;
        assert_eq!((waiting.chained, waiting.waiting), (before, 1));
        run(&mut last, "COMMIT").await;
        until_chained(&store, before + 2).await;
        let chained = chained(&database).await;
        assert_eq!(chained[chained.len() - 2..], [late_one, first_one]);
    }
}

/// A number that was drawn for nothing is no gap in the chain.
#[tokio::test]
async fn who_gives_up_leaves_no_gap() {
    let (database, store) = ledger().await;
    let mut undecided = begin(&database).await;
    post(&mut undecided).await;
    pay(&store, vec![Payment::new(id(), "second")]).await.unwrap();
    run(&mut undecided, "ROLLBACK").await;
    until_chained(&store, 2).await;
    let audit = rounds(&store, 1).await;
    assert_eq!((audit.chained, audit.waiting, audit.head.position), (2, 0, 2));
}

/// A database that was restored into another server, whose ids begin anew: the chain goes on.
#[tokio::test]
async fn the_chain_goes_on_in_a_restored_database() {
    let (database, store) = ledger().await;
    let restored = "UPDATE ledger_chain_head SET next = 1, next_xid = 1000000000000";
    run(&mut connect(&database.url).await, restored).await;
    until_chained(&store, 1).await;
}

/// One that is at it does not hold the others up.
#[tokio::test]
async fn a_builder_that_is_held_up_holds_nobody_up() {
    let (database, store) = ledger().await;
    let mut other = connect(&database.url).await;
    run(&mut other, "BEGIN; SELECT FROM ledger_chain_head FOR UPDATE").await;
    assert_eq!(rounds(&store, 3).await.chained, 0);
    run(&mut other, "ROLLBACK").await;
    until_chained(&store, 1).await;
}
