//! Amounts, to the digit.

use serde_json::{Value, json};

use crate::support::{Bank, COMPANY, on_every_kind, transfer};

on_every_kind!(
    tenths_add_up,
    digits_are_those_of_the_currency,
    what_is_no_amount_is_refused,
    the_largest_amount_fits_and_no_more,
    one_minor_unit_too_many_is_refused_by_name,
);

fn number(text: &str) -> Value {
    rules::json::parse(text.as_bytes()).unwrap()
}

async fn tenths_add_up(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "0.3").await, bank.account("bob", "0").await);
    bank.transfer("t1", &alice, &bob, "0.1").await.json(201);
    bank.transfer("t2", &alice, &bob, number("0.2")).await.json(201);
    assert_eq!(
        (bank.balance(&alice).await, bank.balance(&bob).await),
        ("0.00".to_owned(), "0.30".to_owned())
    );
}

async fn digits_are_those_of_the_currency(bank: &Bank) {
    for (currency, fits, shown, too_precise) in [
        ("JPY", "120", "120", "120.5"),
        ("BRL", "120.50", "120.50", "120.505"),
        ("KWD", "120.505", "120.505", "120.5055"),
    ] {
        let alice = bank.account_in("alice", currency, "1000").await;
        let bob = bank.account_in("bob", currency, "0").await;
        let mut body = transfer(&alice, &bob, fits);
        body["currency"] = json!(currency);
        let posted = bank
            .post_as(&format!("{currency}1"), "/api/v1/transfers", &body)
            .await;
        assert_eq!(posted.json(201)["amount"], shown);
        for amount in [json!(too_precise), number(too_precise)] {
            body["amount"] = amount;
            bank.post_as(&format!("{currency}2"), "/api/v1/transfers", &body)
                .await
                .refused(422, "invalid_amount", "/amount");
        }
        assert_eq!(bank.balance(&bob).await, shown);
    }
}

async fn what_is_no_amount_is_refused(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    for amount in [
        "0", "0.00", "-1", "1e2", "+1", "1,5", " 1", "", "NaN", "1.", ".5", "0x1",
    ] {
        bank.transfer("t", &alice, &bob, amount)
            .await
            .refused(422, "invalid_amount", "/amount");
    }
    for amount in [json!(true), json!([1]), json!({"minor": 1})] {
        bank.transfer("t", &alice, &bob, amount)
            .await
            .refused(400, "invalid_request", "/amount");
    }
}

async fn the_largest_amount_fits_and_no_more(bank: &Bank) {
    let largest = "92233720368547758.07";
    let source = json!({"company_id": COMPANY, "code": "mint", "currency": "BRL", "overdraft": true});
    let source = bank.post("/api/v1/accounts", &source).await.json(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let bob = bank.account("bob", "0").await;
    bank.transfer("t1", &source, &bob, "92233720368547758.08")
        .await
        .refused(422, "invalid_amount", "/amount");
    bank.transfer("t2", &source, &bob, number(largest))
        .await
        .json(201);
    assert_eq!(bank.balance(&bob).await, largest);
    bank.transfer("t3", &source, &bob, "0.01")
        .await
        .refused(422, "amount_overflow", "/amount");
    assert_eq!(bank.balance(&source).await, format!("-{largest}"));
    bank.verify().await;
}

/// 9,223,372,036,854,775,807 minor units are an amount wherever one is taken, and one more is none.
async fn one_minor_unit_too_many_is_refused_by_name(bank: &Bank) {
    for (currency, largest, too_large) in [
        ("JPY", "9223372036854775807", "9223372036854775808"),
        ("BRL", "92233720368547758.07", "92233720368547758.08"),
        ("KWD", "9223372036854775.807", "9223372036854775.808"),
    ] {
        let mint = json!({"company_id": COMPANY, "code": "mint", "currency": currency, "overdraft": true});
        let mint = bank.post("/api/v1/accounts", &mint).await.json(201)["id"].clone();
        let bob = bank.account_in("bob", currency, "0").await;
        for (path, members) in [
            ("/api/v1/transfers", json!({})),
            ("/api/v1/holds", json!({})),
            (
                "/api/v1/payments",
                json!({"payment_type": "internal", "capture": "manual"}),
            ),
        ] {
            for (place, amount) in [json!(too_large), number(too_large)].into_iter().enumerate() {
                let mut body = transfer(mint.as_str().unwrap(), &bob, amount);
                body["currency"] = json!(currency);
                for (name, value) in members.as_object().unwrap() {
                    body[name] = value.clone();
                }
                bank.post_as(&format!("{currency}{place}"), path, &body)
                    .await
                    .refused(422, "invalid_amount", "/amount");
            }
        }
        let rich = |amount: Value| json!({"company_id": COMPANY, "code": "rich", "currency": currency, "initial_balance": amount});
        bank.post("/api/v1/accounts", &rich(number(too_large)))
            .await
            .refused(422, "invalid_amount", "/initial_balance");
        let opened = bank
            .post("/api/v1/accounts", &rich(number(largest)))
            .await
            .json(201);
        assert_eq!(bank.balance(opened["id"].as_str().unwrap()).await, largest);
    }
    bank.verify().await;
}
