//! What a database itself keeps of money, also against those who go past the store: rows that are there stay, and go on in one
//! direction.

use std::sync::Arc;

use ledger::PaymentChange;

use super::MoneyStoreFactory;
use super::fixture::{id, money};
use super::movements::Movement;
use super::payment_records::{go_on, taken, write_with_hold};
use crate::{AccountDetails, MoneyStore, MovementIntent, MovementWrite, StoreError, verify_ledger};

/// A payment that was authorized on two accounts, of one of which something was said; and a transfer between two others.
async fn paid(factory: &impl MoneyStoreFactory) -> Arc<dyn MoneyStore> {
    let store = factory.open_for_money().await;
    let (mut payment, taken) = taken(id(), None);
    payment.hold_id = Some(id());
    let authorized = go_on(&mut payment, PaymentChange::Authorize);
    let write = MovementWrite {
        details: vec![AccountDetails::unsaid(payment.source_account_id)],
        made_payments: vec![payment.clone()],
        payment_events: vec![taken, authorized],
        ..MovementWrite::default()
    };
    write_with_hold(&*store, &payment, write).await;
    let transfer = Movement::new(payment.company_id, "t1");
    let transfer = Movement {
        from: "carla",
        to: "bank",
        ..transfer
    };
    transfer.carry_out(&*store).await.unwrap();
    store
}

async fn expect_refused(factory: &impl MoneyStoreFactory, sql: &str, says: &str) {
    let done = factory.execute(sql).await;
    let refused = done.as_ref().is_err_and(|refused| refused.contains(says));
    assert!(refused, "{sql}: {done:?}");
}

/// A row that money rests on stays.
pub async fn rows_of_money_are_never_deleted(factory: &impl MoneyStoreFactory) {
    let store = paid(factory).await;
    for table in [
        "accounts",
        "account_details",
        "holds",
        "payments",
        "ledger_chain_head",
    ] {
        expect_refused(factory, &format!("DELETE FROM {table}"), "never deleted").await;
    }
    let audit = verify_ledger(&*store).await.unwrap();
    assert_eq!((audit.accounts, audit.holds, audit.difference), (4, 1, None));
}

/// What a row was made with stays.
pub async fn what_never_changes_is_never_written(factory: &impl MoneyStoreFactory) {
    const COLUMNS: [(&str, &[&str], &str); 4] = [
        (
            "accounts",
            &["id", "company_id", "code", "currency", "kind"],
            "never becomes another one",
        ),
        ("account_details", &["account_id"], "never said of another one"),
        (
            "holds",
            &[
                "id",
                "company_id",
                "amount",
                "expires_at",
                "account",
                "to_account",
                "currency",
                "payment_id",
            ],
            "never becomes another one",
        ),
        (
            "payments",
            &[
                "id",
                "company_id",
                "source_account_id",
                "destination_account_id",
                "amount",
                "created_at",
                "payment_type",
                "currency",
                "exchange_currency",
                "exchange_rate",
                "exchange_rounding",
            ],
            "never becomes another one",
        ),
    ];
    let _store = paid(factory).await;
    for (table, columns, says) in COLUMNS {
        for column in columns {
            expect_refused(factory, &format!("UPDATE {table} SET {column} = {column}"), says).await;
        }
    }
}

/// What was posted, captured, refunded or settled, or happened otherwise, stays so.
pub async fn nothing_of_money_is_taken_back(factory: &impl MoneyStoreFactory) {
    let _store = paid(factory).await;
    for column in ["entries", "posted_debits", "posted_credits"] {
        let sql = format!("UPDATE accounts SET {column} = {column} - 1 WHERE {column} > 0");
        expect_refused(factory, &sql, "never loses an entry").await;
    }
    let go_on = "UPDATE payments SET captured = 2, refunded = 1, state = 'partially_refunded', events = 4";
    factory.execute(go_on).await.unwrap();
    for sql in [
        "UPDATE payments SET captured = 1",
        "UPDATE payments SET refunded = 0",
        "UPDATE payments SET events = 3",
    ] {
        expect_refused(factory, sql, "a payment goes on").await;
    }
    let settle = "UPDATE holds SET captured = 50, status = 'captured'";
    factory.execute(settle).await.unwrap();
    for sql in [
        "UPDATE holds SET captured = 40",
        "UPDATE holds SET captured = 60",
        "UPDATE holds SET captured = NULL, status = 'pending'",
    ] {
        expect_refused(factory, sql, "a hold is settled once").await;
    }
}

/// Each event of a payment comes behind the one before it.
pub async fn events_of_a_payment_have_no_gaps(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let (mut payment, first) = taken(id(), None);
    let captured = go_on(&mut payment, PaymentChange::CaptureAtOnce);
    let part = go_on(&mut payment, PaymentChange::Refund(Some(money(30))));
    let rest = go_on(&mut payment, PaymentChange::Refund(Some(money(70))));
    let keep = async |events| {
        let write = MovementWrite {
            payment_events: events,
            ..MovementWrite::default()
        };
        let intent = MovementIntent::default();
        store.move_money(intent, Box::new(move |_| write)).await
    };
    let refused = |done: Result<(), StoreError>| matches!(done, Err(StoreError::Refused { .. }));
    assert!(refused(keep(vec![captured.clone()]).await));
    assert!(refused(keep(vec![first.clone(), part.clone()]).await));
    keep(vec![first]).await.unwrap();
    assert!(refused(keep(vec![part.clone()]).await));
    keep(vec![captured, part]).await.unwrap();
    keep(vec![rest]).await.unwrap();
}
