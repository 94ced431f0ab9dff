//! How much of the ledger is read for what was posted then, or stood there then: as much as is shown, and not all of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use jiff::Timestamp;
use ledger::Account;
use store::conformance::{Payment, at, id, pay};
use store::{
    AccountFilter, ChainRound, EntryFilter, LedgerChain as _, LedgerReports, LedgerViews, PageRequest, Span,
    Store as _, TransactionFilter,
};
use store_postgres::PostgresStore;
use support::{Database, execute};
use uuid::Uuid;

/// How many transactions there are, a second apart, each with an entry on the same two accounts.
const POSTED: i64 = 4_000;
/// What may be read for fifty entries: some rows for each, and those that halving looks at.
const FEW_ROWS: i64 = 400;
const PAGE: PageRequest = PageRequest {
    limit: 50,
    after: None,
};

/// A ledger in the middle of which something is to be found.
struct Ledger {
    database: Database,
    company_id: Uuid,
    account: Account,
}

/// When the planner was told last what is in the tables.
#[derive(PartialEq)]
enum Analyzed {
    /// While there was a twentieth of it.
    Early,
    Late,
}

async fn ledger(analyzed: Analyzed) -> Ledger {
    let (database, company_id) = (Database::migrated().await, id());
    let store = database.store().await;
    for batch in 0..POSTED / 200 {
        if batch == 1 && analyzed == Analyzed::Early {
            execute(&database.url, "ANALYZE").await.unwrap();
        }
        let payments = (0..200).map(|number| {
            let index = batch * 200 + number;
            let mut payment = Payment::new(company_id, &index.to_string());
            payment.claim.accepted_at = at(index * 1_000);
            payment
        });
        pay(&store, payments.collect()).await.unwrap();
    }
    let of_company = AccountFilter {
        company_id: Some(company_id),
        ..AccountFilter::default()
    };
    let account = store
        .list_accounts(of_company, PAGE)
        .await
        .unwrap()
        .items
        .pop()
        .unwrap();
    assert_eq!(account.entries(), POSTED.unsigned_abs());
    store.close().await;
    if analyzed == Analyzed::Late {
        execute(&database.url, "VACUUM ANALYZE").await.unwrap();
    }
    Ledger {
        database,
        company_id,
        account,
    }
}

/// Where what is read for a report is counted.
const TABLES: &[&str] = &["entries", "transactions", "accounts"];

#[tokio::test]
async fn what_is_shown_is_read_and_no_more() {
    let ledger = ledger(Analyzed::Late).await;
    let (company_id, account_id) = (ledger.company_id, ledger.account.id());
    let middle: Timestamp = at(POSTED / 2 * 1_000);
    let dated = Span {
        from: Some(middle),
        to: Some(at((POSTED / 2 + 100) * 1_000)),
    };

    let standings = async |store: PostgresStore| {
        let filter = AccountFilter::default();
        store.list_standings(company_id, filter, Some(middle), PAGE).await
    };
    let (found, rows) = ledger.database.rows_read(TABLES, standings).await;
    assert!(
        found
            .items
            .iter()
            .all(|found| found.standing.entries == POSTED.unsigned_abs() / 2)
    );
    assert!(rows < FEW_ROWS, "balances as of: {rows}");

    let statement = async |store: PostgresStore| {
        let found = store.find_statement(account_id, dated, None).await?.unwrap();
        let (behind, last) = (found.opening.entries, found.closing.entries);
        let lines = store.statement_lines(account_id, behind, last, 50).await?;
        let sums = store.statement_sums(account_id, behind, last).await?;
        Ok((last - behind, lines.len(), sums.is_some()))
    };
    let (found, rows) = ledger.database.rows_read(TABLES, statement).await;
    assert_eq!(found, (100, 50, true));
    assert!(rows < 2 * FEW_ROWS, "a statement: {rows}");

    let entries = async |store: PostgresStore| {
        let filter = EntryFilter {
            company_id: Some(company_id),
            account_id: Some(account_id),
            dated,
            ..EntryFilter::default()
        };
        store.list_entries(filter, PAGE).await
    };
    let (found, rows) = ledger.database.rows_read(TABLES, entries).await;
    assert_eq!(found.items.len(), 50);
    assert!(rows < FEW_ROWS, "entries by account and time: {rows}");

    let transactions = async |store: PostgresStore| {
        let filter = TransactionFilter {
            company_id,
            dated,
            ..TransactionFilter::default()
        };
        store.list_transactions(filter, PAGE).await
    };
    let (found, rows) = ledger.database.rows_read(TABLES, transactions).await;
    assert_eq!(found.items.len(), 50);
    assert!(rows < FEW_ROWS, "transactions by time: {rows}");
}

/// While a ledger grows fast, the planner knows it as it was: what is chained beside the posting is still looked up.
#[tokio::test]
async fn a_stretch_of_the_chain_is_read_and_no_more() {
    const STRETCH: u32 = 1_000;
    let ledger = ledger(Analyzed::Early).await;
    let chained = async |store: PostgresStore| {
        // Others on the server may hold a round up.
        while store.extend_chain(STRETCH).await? != ChainRound::Full {}
        Ok(())
    };
    let ((), rows) = ledger.database.rows_read(TABLES, chained).await;
    assert!(
        rows < 5 * i64::from(STRETCH),
        "{STRETCH} transactions: {rows} rows"
    );
}
