//! Amounts, to the digit.

use serde_json::{Value, json};

use crate::support::{Bank, COMPANY, on_every_kind, transfer};

on_every_kind!(
    tenths_add_up,
    digits_are_those_of_the_currency,
    what_is_no_amount_is_refused,
    the_largest_amount_fits_and_no_more,
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
