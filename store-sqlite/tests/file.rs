//! What is peculiar to a store in a file: who may open it, and what it says of a file that was tampered with.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use store::conformance::{MoneyStoreFactory as _, Payment, StoreFactory, company, id, pay};
use store::{
    BatchEnd, Companies, EntryFilter, LedgerViews, LedgerVisitor, PageRequest, RunFilter, Runs, Store,
    StoreError, StoredEntry, Visit,
};
use store_sqlite::{MIGRATIONS, MigrationPolicy, OpenError, Options, SqliteStore, pending};
use support::SqliteFactory;
use uuid::Uuid;

const PAGE: PageRequest = PageRequest {
    limit: 9,
    after: None,
};

/// Looks at everything and notes nothing.
struct Glance;

impl LedgerVisitor for Glance {
    fn account(&mut self, _account: &ledger::Account) -> Visit {
        Visit::Next
    }

    fn hold(&mut self, _hold: &ledger::Hold) -> Visit {
        Visit::Next
    }

    fn entry_of_account(&mut self, _entry: &StoredEntry) -> Visit {
        Visit::Next
    }

    fn entry_of_transaction(&mut self, _entry: &StoredEntry) -> Visit {
        Visit::Next
    }

    fn empty_transaction(&mut self, _transaction_id: Uuid) -> Visit {
        Visit::Next
    }
}

async fn glance(store: &SqliteStore) -> Result<(), StoreError> {
    store.visit_ledger(Box::new(Glance)).await.map(drop)
}

/// Changes the file past its triggers, as one does who means harm.
async fn tamper(factory: &SqliteFactory, sql: &str) {
    factory.unguard().await;
    factory
        .execute(&format!("PRAGMA ignore_check_constraints = ON; {sql}"))
        .await
        .unwrap();
}

#[tokio::test]
async fn migrations_are_listed_required_and_applied() {
    let factory = SqliteFactory::default();
    assert_eq!(pending(factory.path()).unwrap(), MIGRATIONS);
    let require = Options {
        migrations: MigrationPolicy::Require,
        ..Options::default()
    };
    let refused = SqliteStore::open(factory.path(), require.clone());
    assert!(
        matches!(refused, Err(OpenError::Unmigrated { .. })),
        "{refused:?}"
    );
    drop(factory.open_store());
    assert_eq!(pending(factory.path()).unwrap(), []);
    SqliteStore::open(factory.path(), require).unwrap();
}

#[tokio::test]
async fn a_file_in_use_can_be_looked_at_but_not_written() {
    let factory = SqliteFactory::default();
    assert!(
        SqliteStore::open_read_only(factory.path()).is_err(),
        "there is no file yet"
    );
    let store = factory.open_store();
    let payment = Payment::new(id(), "e1");
    assert_eq!(pay(&store, vec![payment.clone()]).await, Ok(BatchEnd::Committed));

    let onlooker = SqliteStore::open_read_only(factory.path()).unwrap();
    assert_eq!(onlooker.ping().await, Ok(()));
    assert_eq!(
        onlooker.find_run(payment.run_id()).await,
        store.find_run(payment.run_id()).await
    );
    assert_eq!(glance(&onlooker).await, Ok(()));
    let refused = onlooker.create_company(company()).await;
    assert!(refused.unwrap_err().to_string().contains("read only"));

    assert_eq!(
        pay(&store, vec![Payment::new(id(), "e2")]).await,
        Ok(BatchEnd::Committed)
    );
    assert_eq!(
        onlooker
            .list_runs(RunFilter::default(), PAGE)
            .await
            .unwrap()
            .items
            .len(),
        2
    );
    drop(store);
    assert_eq!(
        onlooker
            .list_runs(RunFilter::default(), PAGE)
            .await
            .unwrap()
            .items
            .len(),
        2
    );
    onlooker.close().await;
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let factory = SqliteFactory::default();
    let _store = factory.open_store();
    let refused = SqliteStore::open(factory.path(), Options::default());
    assert!(matches!(refused, Err(OpenError::InUse { .. })), "{refused:?}");
}

#[tokio::test]
async fn broken_rows_are_called_by_table_and_row() {
    for (sql, table, message) in [
        (
            "UPDATE accounts SET pending_debits = -1 WHERE code = 'revenue'",
            "accounts",
            "pending_debits is -1",
        ),
        (
            "UPDATE accounts SET currency = 'XXX' WHERE code = 'revenue'",
            "accounts",
            "XXX",
        ),
        ("UPDATE entries SET direction = 'left'", "entries", "\"left\""),
        (
            "UPDATE entries SET account_number = 99 WHERE position = 1",
            "entries",
            "its account is not there",
        ),
        (
            "DELETE FROM transactions",
            "entries",
            "its transaction is not there",
        ),
        (
            "INSERT INTO entries VALUES (98, 0, zeroblob(16), 99, 1, 'debit', 1, 1)",
            "entries",
            "3 are stored",
        ),
    ] {
        let factory = SqliteFactory::default();
        let store = factory.open_store();
        pay(&store, vec![Payment::new(id(), "e1")]).await.unwrap();
        tamper(&factory, sql).await;
        let Err(StoreError::Corrupt {
            table: at,
            row,
            message: said,
        }) = glance(&store).await
        else {
            panic!("{sql}: not found");
        };
        assert_eq!(at, table, "{sql}");
        assert!(said.contains(message) && !row.is_empty(), "{sql}: {row}: {said}");
    }
}

#[tokio::test]
async fn entries_of_a_lost_account_are_not_passed_over() {
    let factory = SqliteFactory::default();
    let store = factory.open_store();
    pay(&store, vec![Payment::new(id(), "e1")]).await.unwrap();
    tamper(
        &factory,
        "UPDATE entries SET account_number = 99 WHERE position = 1",
    )
    .await;
    let listed = store.list_entries(EntryFilter::default(), PAGE).await;
    assert!(
        matches!(listed, Err(StoreError::Corrupt { table: "entries", .. })),
        "{listed:?}"
    );
}
