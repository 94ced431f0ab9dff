//! What the database itself refuses to those who go past the store: changing what was posted, and posting what does not
//! balance.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use ledger::Money;
use store::conformance::{Payment, Transfer, id, intent, pay, settle};
use store::{BatchWrite, Batches, LedgerViews, PageRequest, Verdict};
use support::{Database, GUARDED, connect, execute};

/// A database with one payment: two accounts, numbered 1 and 2, in BRL, and one in USD, numbered 3.
async fn paid() -> Database {
    let database = Database::migrated().await;
    let store = database.store().await;
    pay(&store, vec![Payment::new(id(), "e1")]).await.unwrap();
    let dollars = "INSERT INTO accounts (id, company_id, code, currency, kind, status, overdraft, posted_debits,
            posted_credits, pending_debits, pending_credits, entries)
        SELECT gen_random_uuid(), company_id, code, 'USD', kind, status, overdraft, 0, 0, 0, 0, 0 FROM accounts LIMIT 1";
    execute(&database.url, dollars).await.unwrap();
    database
}

/// Posts a transaction with entries, as (account, debit, amount), in one statement.
fn post(entries: &[(i64, bool, i64)]) -> String {
    let rows = entries
        .iter()
        .zip(0..)
        .map(|((account, debit, amount), position)| {
            format!("({position}, {account}, {debit}, {amount}, {})", 100 + position)
        });
    format!(
        "WITH posted AS (
            INSERT INTO transactions (id, company_id, reference, created_at, content_hash, metadata)
            SELECT gen_random_uuid(), company_id, gen_random_uuid()::text, now(), content_hash, '{{}}' FROM transactions
            LIMIT 1 RETURNING number
        )
        INSERT INTO entries (transaction_number, position, id, account_number, debit, amount, number, balance_after)
        SELECT posted.number, e.position, gen_random_uuid(), e.account, e.debit, e.amount, e.number, 0
        FROM posted, (VALUES {}) AS e (position, account, debit, amount, number)",
        rows.collect::<Vec<_>>().join(", ")
    )
}

async fn expect_refused(database: &Database, sql: &str, says: &str) {
    let refused = execute(&database.url, sql).await.unwrap_err().to_string();
    assert!(refused.contains(says), "{sql}: {refused}");
}

#[tokio::test]
async fn what_was_written_once_never_changes() {
    let database = paid().await;
    for table in GUARDED.into_iter().chain(["rule_versions", "transfer_batches"]) {
        for (sql, verb) in [
            (format!("DELETE FROM {table}"), "deleted"),
            (format!("TRUNCATE {table} CASCADE"), "truncated"),
            (format!("DELETE FROM {table} WHERE false"), "deleted"),
        ] {
            expect_refused(&database, &sql, &format!("{table} are never {verb}")).await;
        }
    }
    expect_refused(
        &database,
        "UPDATE entries SET amount = 1",
        "entries are never updated",
    )
    .await;
    expect_refused(
        &database,
        "UPDATE transactions SET description = ''",
        "post a new one that reverses the old",
    )
    .await;
}

#[tokio::test]
async fn what_balances_may_be_posted() {
    let database = paid().await;
    let before = entries(&database).await;
    execute(&database.url, &post(&[(1, true, 7), (2, false, 7)]))
        .await
        .unwrap();
    execute(
        &database.url,
        &post(&[(1, true, 7), (1, true, 3), (2, false, 10)]),
    )
    .await
    .unwrap_err();
    assert_eq!(
        entries(&database).await,
        before + 2,
        "numbers of an account's entries are unique"
    );
}

async fn entries(database: &Database) -> usize {
    let page = PageRequest {
        limit: 99,
        after: None,
    };
    let store = database.store().await;
    let listed = store
        .list_entries(store::EntryFilter::default(), page)
        .await
        .unwrap();
    listed.items.len()
}

#[tokio::test]
async fn what_does_not_balance_is_refused() {
    let database = paid().await;
    for entries in [
        &[(1, true, 7), (2, false, 6)][..],
        &[(1, true, 7), (2, true, 7)],
        // In sum it balances, but not in each currency.
        &[(1, true, 7), (3, false, 7)],
    ] {
        expect_refused(&database, &post(entries), "do not balance").await;
    }
    // To an account that is not there.
    expect_refused(
        &database,
        &post(&[(1, true, 7), (99, false, 7)]),
        "do not balance",
    )
    .await;
    // Without entries.
    let none =
        post(&[(1, true, 7)]).replace("FROM posted,", "FROM (SELECT * FROM posted WHERE false) posted,");
    expect_refused(&database, &none, "has no entries").await;
}

#[tokio::test]
async fn an_old_transaction_takes_no_entry_that_unbalances_it() {
    let database = paid().await;
    let one_more = |transaction: i64, debit: bool, position: i64| {
        format!("({transaction}, {position}, gen_random_uuid(), 1, 90 + {position}, {debit}, 5, 0)")
    };
    let insert = "INSERT INTO entries (transaction_number, position, id, account_number, number, debit, amount, balance_after)";
    let alone = format!("{insert} VALUES {}", one_more(1, true, 2));
    expect_refused(&database, &alone, "do not balance").await;
    let nowhere = format!(
        "{insert} VALUES {}, {}",
        one_more(77, true, 0),
        one_more(77, false, 1)
    );
    expect_refused(&database, &nowhere, "there is no transaction number 77").await;
}

/// Commits two payments on accounts that are there, after a change to the transaction of the second.
async fn refused_batch(change: impl FnOnce(&mut BatchWrite) + Send + 'static) -> String {
    let database = Database::migrated().await;
    let store = database.store().await;
    let company_id = id();
    pay(&store, vec![Payment::new(company_id, "e1")]).await.unwrap();
    let payments = vec![Payment::new(company_id, "e2"), Payment::new(company_id, "e3")];
    let intent = intent(&payments);
    let decide = move |loaded| {
        let mut write = settle(&payments, &loaded);
        change(&mut write);
        Verdict::Commit(Box::new(write))
    };
    let refused = store.run_batch(intent, Box::new(decide)).await.unwrap_err();
    assert_eq!(entries(&database).await, 2, "of the first payment");
    refused.to_string()
}

/// The checks see all that a batch posts, whatever else the statement writes that posts it.
#[tokio::test]
async fn a_batch_that_does_not_balance_is_refused() {
    let unbalanced = refused_batch(|write| {
        let entry = &mut write.transactions[1].transaction.entries[0];
        entry.amount = Money::new(99, entry.amount.currency());
    });
    let said = unbalanced.await;
    assert!(said.contains("do not balance"), "{said}");
    let without_entries = refused_batch(|write| {
        let mut empty = write.transactions[1].clone();
        empty.transaction.id = id();
        empty.transaction.reference = "empty".to_owned();
        empty.transaction.entries.clear();
        write.transactions.push(empty);
    });
    let said = without_entries.await;
    assert!(said.contains("has no entries"), "{said}");
}

/// Nothing is seen, even within the database transaction that writes it, that does not balance.
#[tokio::test]
async fn a_transaction_is_posted_with_its_entries_or_not_at_all() {
    let database = paid().await;
    let mut connection = connect(&database.url).await;
    sqlx::raw_sql("BEGIN").execute(&mut connection).await.unwrap();
    let alone = "INSERT INTO transactions (id, company_id, reference, created_at, content_hash, metadata)
        SELECT gen_random_uuid(), company_id, 'alone', now(), content_hash, '{}' FROM transactions";
    let refused = sqlx::raw_sql(alone).execute(&mut connection).await.unwrap_err();
    assert!(refused.to_string().contains("in one statement"), "{refused}");
}

#[tokio::test]
async fn balances_below_zero_are_refused_without_overdraft() {
    let database = paid().await;
    let overdrawn =
        "UPDATE accounts SET overdraft = false, posted_debits = posted_credits + 1 WHERE code = 'revenue'";
    expect_refused(&database, overdrawn, "accounts_are_not_overdrawn").await;
}

/// The walk over the ledger reads a part at a time: here it is several parts.
#[tokio::test]
async fn a_ledger_of_many_parts_is_verified() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let company_id = id();
    let payments = (0..700).map(|number| Payment {
        transfers: vec![
            Transfer::new(company_id, "bank", &format!("customer:{number}"), 1 + number),
            Transfer::new(company_id, "receivables", "revenue", 1),
        ],
        ..Payment::new(company_id, &format!("e{number}"))
    });
    pay(&store, payments.collect()).await.unwrap();
    let audit = store::verify_ledger(&store).await.unwrap();
    assert_eq!(
        (audit.accounts, audit.transactions, audit.entries),
        (703, 1_400, 2_800)
    );
    assert_eq!(audit.difference, None);

    execute(
        &database.url,
        "UPDATE accounts SET posted_debits = posted_debits + 1 WHERE code = 'bank'",
    )
    .await
    .unwrap();
    let audit = store::verify_ledger(&store).await.unwrap();
    assert!(audit.difference.is_some(), "{audit:?}");
}
