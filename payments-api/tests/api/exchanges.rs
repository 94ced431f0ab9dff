//! Payments in two currencies: at the stated rate, through the company's accounts `exchange`, and no cent is lost.

use std::sync::Arc;

use poem::http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Bank, COMPANY, PAYMENTS, act, on_every_kind, paid, pay, payment, send};

on_every_kind!(
    an_amount_arrives_in_another_currency,
    a_part_is_captured_and_exchanged,
    refunds_in_parts_give_back_what_arrived,
    a_part_may_be_worth_nothing,
    a_cancelled_payment_exchanged_nothing,
    fifty_refunds_at_once_give_back_what_arrived,
    what_cannot_be_exchanged_is_refused,
    a_rate_that_is_none_is_called_so,
    no_exchange_begins_or_ends_where_it_goes_through,
    what_the_payer_does_not_have_is_declined,
    a_debt_is_paid_off_as_in_one_currency,
);

const TO_YEN: &str = "29.705";

/// A payment of reais that arrives in yen.
fn to_yen(from: &str, to: &str, amount: &str, rate: &str) -> Value {
    let mut body = payment(from, to, amount);
    body["exchange"] = json!({"currency": "JPY", "rate": rate});
    body
}

async fn alice_and_bob(bank: &Bank) -> (String, String) {
    let bob = bank.account_in("bob", "JPY", "0").await;
    (bank.account("alice", "100").await, bob)
}

/// What is on the company's accounts `exchange`, by currency; none that are not there.
async fn exchanged(bank: &Bank) -> Vec<(String, String)> {
    let path = format!("/api/v1/accounts?company_id={COMPANY}&code=exchange");
    let found = bank.get(&path).await.json(200);
    let mut balances = Vec::new();
    for account in found["items"].as_array().unwrap() {
        let balance = bank.balance(account["id"].as_str().unwrap()).await;
        balances.push((account["currency"].as_str().unwrap().to_owned(), balance));
    }
    balances.sort();
    balances
}

fn pair(currency: &str, balance: &str) -> (String, String) {
    (currency.to_owned(), balance.to_owned())
}

async fn an_amount_arrives_in_another_currency(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let paid = paid(bank, "p", &to_yen(&alice, &bob, "10.01", TO_YEN)).await;
    let expected = json!({
        "currency": "JPY", "rate": TO_YEN, "rounding": "half_even",
        "amount": "297", "captured_amount": "297", "refunded_amount": "0",
    });
    assert_eq!(
        (&paid["exchange"], &paid["status"]),
        (&expected, &json!("captured"))
    );
    assert_eq!(
        (&paid["amount"], &paid["currency"]),
        (&json!("10.01"), &json!("BRL"))
    );
    assert_eq!(bank.balance(&alice).await, "89.99");
    assert_eq!(bank.balance(&bob).await, "297");
    assert_eq!(exchanged(bank).await, [pair("BRL", "10.01"), pair("JPY", "-297")]);
    bank.verify().await;
}

async fn a_part_is_captured_and_exchanged(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut body = to_yen(&alice, &bob, "10", TO_YEN);
    body["capture"] = json!("manual");
    let authorized = paid(bank, "p", &body).await;
    assert_eq!(authorized["status"], "authorized");
    assert_eq!(bank.balance(&bob).await, "0");
    let id = authorized["id"].as_str().unwrap();
    let captured = act(bank, id, "capture", &json!({"amount": "3.33"}))
        .await
        .json(200);
    assert_eq!(captured["exchange"]["captured_amount"], "99");
    assert_eq!(bank.balance(&alice).await, "96.67");
    assert_eq!(bank.balance(&bob).await, "99");
    assert_eq!(exchanged(bank).await, [pair("BRL", "3.33"), pair("JPY", "-99")]);
    bank.verify().await;
}

async fn refunds_in_parts_give_back_what_arrived(bank: &Bank) {
    for rounding in [
        "half_even",
        "half_up",
        "half_down",
        "up",
        "down",
        "floor",
        "ceiling",
    ] {
        let alice = bank.account(&format!("alice:{rounding}"), "1").await;
        let bob = bank.account_in(&format!("bob:{rounding}"), "JPY", "0").await;
        let mut body = to_yen(&alice, &bob, "1", TO_YEN);
        body["exchange"]["rounding"] = json!(rounding);
        let paid = paid(bank, rounding, &body).await;
        let id = paid["id"].as_str().unwrap();
        for amount in ["0.01", "0.02", "0.33", "0.01", "0.60", "0.03"] {
            act(bank, id, "refund", &json!({"amount": amount}))
                .await
                .json(200);
        }
        let left = bank.get(&format!("{PAYMENTS}/{id}")).await.json(200);
        assert_eq!(left["status"], "refunded");
        assert_eq!(
            left["exchange"]["refunded_amount"],
            left["exchange"]["captured_amount"]
        );
        assert_eq!(bank.balance(&alice).await, "1.00", "{rounding}");
        assert_eq!(bank.balance(&bob).await, "0", "{rounding}");
    }
    assert_eq!(exchanged(bank).await, [pair("BRL", "0.00"), pair("JPY", "0")]);
    bank.verify().await;
}

async fn a_part_may_be_worth_nothing(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let paid = paid(bank, "p", &to_yen(&alice, &bob, "1", TO_YEN)).await;
    let id = paid["id"].as_str().unwrap();
    act(bank, id, "refund", &json!({"amount": "0.01"}))
        .await
        .json(200);
    // 0.99 are worth 29.4, as 1.00 are worth 29.7: one yen less; 0.01 alone would be worth none.
    assert_eq!(bank.balance(&alice).await, "99.01");
    assert_eq!(bank.balance(&bob).await, "30");
    act(bank, id, "refund", &json!({"amount": "0.02"}))
        .await
        .json(200);
    assert_eq!(bank.balance(&bob).await, "29");
    bank.verify().await;
}

async fn a_cancelled_payment_exchanged_nothing(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut body = to_yen(&alice, &bob, "10", TO_YEN);
    body["capture"] = json!("manual");
    let id = paid(bank, "p", &body).await["id"].as_str().unwrap().to_owned();
    act(bank, &id, "cancel", &json!({})).await.json(200);
    assert_eq!(bank.balance(&alice).await, "100.00");
    assert_eq!(exchanged(bank).await, [pair("BRL", "0.00")]);
    bank.verify().await;
}

async fn fifty_refunds_at_once_give_back_what_arrived(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let paid = paid(bank, "p", &to_yen(&alice, &bob, "0.40", TO_YEN)).await;
    assert_eq!(bank.balance(&bob).await, "12");
    let path = format!("{PAYMENTS}/{}/refund", paid["id"].as_str().unwrap());
    let mut refunds = JoinSet::new();
    for number in 0..50 {
        let (endpoint, path) = (Arc::clone(&bank.endpoint), path.clone());
        refunds.spawn(async move {
            let key = format!("r{number}");
            let headers = [("Idempotency-Key", key.as_str())];
            send(
                &endpoint,
                Method::POST,
                &path,
                &headers,
                &json!({"amount": "0.01"}),
            )
            .await
            .status
        });
    }
    let mut statuses = refunds.join_all().await;
    statuses.sort_unstable();
    let refunded = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(refunded, 40, "{statuses:?}");
    assert_eq!(bank.balance(&alice).await, "100.00");
    assert_eq!(bank.balance(&bob).await, "0");
    bank.verify().await;
}

async fn what_cannot_be_exchanged_is_refused(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let carol = bank.account("carol", "0").await;
    let with = |to: &str, amount: &str, exchange: Value| {
        let mut body = payment(&alice, to, amount);
        body["exchange"] = exchange;
        body
    };
    let yen = |rate: Value| json!({"currency": "JPY", "rate": rate});
    let cases = [
        (payment(&alice, &bob, "1"), "currency_mismatch", "/currency"),
        (
            with(&carol, "1", yen(json!("29"))),
            "currency_mismatch",
            "/exchange/currency",
        ),
        (
            with(&carol, "1", json!({"currency": "BRL", "rate": "1"})),
            "invalid_exchange",
            "/exchange",
        ),
        (with(&bob, "1", yen(json!("0"))), "invalid_rate", "/exchange/rate"),
        (
            with(&bob, "1", yen(json!("-2"))),
            "invalid_rate",
            "/exchange/rate",
        ),
        (
            with(&bob, "1", yen(json!("1e3"))),
            "invalid_rate",
            "/exchange/rate",
        ),
        (
            with(&bob, "1", json!({"currency": "YEN", "rate": "29"})),
            "invalid_currency",
            "/exchange/currency",
        ),
        (with(&bob, "0.01", yen(json!("29"))), "invalid_amount", "/amount"),
        (
            with(&bob, "92233720368547758.07", yen(json!("1000000"))),
            "amount_overflow",
            "/amount",
        ),
    ];
    for (number, (body, code, pointer)) in cases.into_iter().enumerate() {
        pay(bank, &format!("p{number}"), &body)
            .await
            .refused(422, code, pointer);
    }
    assert_eq!(exchanged(bank).await, []);
    let listed = bank
        .get(&format!("{PAYMENTS}?company_id={COMPANY}"))
        .await
        .json(200);
    assert_eq!(listed["items"], json!([]));
}

async fn a_rate_that_is_none_is_called_so(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let refused = pay(bank, "p", &to_yen(&alice, &bob, "1", "1e3")).await;
    refused.refused(422, "invalid_rate", "/exchange/rate");
    assert_eq!(
        refused.json(422)["detail"],
        "\"1e3\" is not a rate: expected a decimal above zero, such as 0.1839"
    );
}

async fn no_exchange_begins_or_ends_where_it_goes_through(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let [reais, yen] = [
        bank.account("exchange", "0").await,
        bank.account_in("exchange", "JPY", "0").await,
    ];
    pay(bank, "p", &to_yen(&alice, &yen, "1", TO_YEN)).await.refused(
        422,
        "exchange_account",
        "/destination_account_id",
    );
    pay(bank, "q", &to_yen(&reais, &bob, "1", TO_YEN)).await.refused(
        422,
        "exchange_account",
        "/source_account_id",
    );
}

async fn what_the_payer_does_not_have_is_declined(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let declined = paid(bank, "p", &to_yen(&alice, &bob, "100.01", TO_YEN)).await;
    assert_eq!(declined["status"], "declined");
    assert_eq!(declined["error"]["code"], "insufficient_funds");
    assert_eq!(bank.balance(&bob).await, "0");
    bank.verify().await;
}

/// From an asset to a liability both fall, whatever their currencies.
async fn a_debt_is_paid_off_as_in_one_currency(bank: &Bank) {
    let till = json!({
        "company_id": COMPANY, "code": "bank", "kind": "asset", "currency": "BRL", "initial_balance": "100",
    });
    let opened = bank.post("/api/v1/accounts", &till).await.json(201);
    let till = opened["id"].as_str().unwrap();
    let owed = bank.account("owed", "50").await;
    let owed_in_yen = bank.account_in("owed", "JPY", "1000").await;
    paid(bank, "p1", &payment(till, &owed, "10")).await;
    paid(bank, "p2", &to_yen(till, &owed_in_yen, "10", TO_YEN)).await;
    assert_eq!(bank.balance(till).await, "80.00");
    assert_eq!(bank.balance(&owed).await, "40.00");
    assert_eq!(bank.balance(&owed_in_yen).await, "703");
    assert_eq!(exchanged(bank).await, [pair("BRL", "-10.00"), pair("JPY", "297")]);
    bank.verify().await;
}
