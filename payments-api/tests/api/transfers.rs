//! Transfers: what they answer, and what is refused why.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Bank, COMPANY, on_every_kind, transfer};

on_every_kind!(
    a_transfer_is_posted_when_it_is_answered,
    each_refusal_has_its_code_and_changes_nothing,
    a_transfer_into_an_account_may_overdraw_it,
    a_rule_that_has_a_transfers_reference_is_told_of,
);

async fn a_transfer_is_posted_when_it_is_answered(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let mut body = transfer(&alice, &bob, "33.10");
    body["description"] = json!("rent");
    body["metadata"] = json!({"order": "0012", "weight": 1.10});
    let posted = bank.post_as("t1", "/api/v1/transfers", &body).await;
    let shown = posted.json(201);
    let id = &shown["id"];
    let expected = json!({
        "id": id, "transaction_id": id, "company_id": COMPANY, "status": "posted", "source_account_id": alice,
        "destination_account_id": bob, "amount": "33.10", "currency": "BRL", "description": "rent",
        "metadata": {"order": "0012", "weight": 1.10}, "reverses": null, "created_at": "2026-01-01T00:00:03Z",
    });
    assert_eq!(shown, expected);
    let path = format!("/api/v1/transfers/{}", id.as_str().unwrap());
    assert_eq!(posted.header("location"), Some(path.as_str()));
    assert_eq!(bank.get(&path).await.json(200), expected);
    assert_eq!(
        (bank.balance(&alice).await, bank.balance(&bob).await),
        ("66.90".to_owned(), "33.10".to_owned())
    );
    bank.verify().await;
}

async fn each_refusal_has_its_code_and_changes_nothing(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let dollars = bank.account_in("alice", "USD", "0").await;
    let (nobody, another) = (Uuid::nil().to_string(), Uuid::max().to_string());
    let cases: [(Value, u16, &str, &str); 12] = [
        (
            transfer(&alice, &bob, "100.01"),
            422,
            "insufficient_funds",
            "/amount",
        ),
        (
            transfer(&alice, &alice, "1"),
            422,
            "same_account",
            "/destination_account_id",
        ),
        (
            transfer(&nobody, &bob, "1"),
            404,
            "account_not_found",
            "/source_account_id",
        ),
        (
            transfer(&alice, &nobody, "1"),
            404,
            "account_not_found",
            "/destination_account_id",
        ),
        (
            transfer(&alice, &dollars, "1"),
            422,
            "currency_mismatch",
            "/currency",
        ),
        (
            with(transfer(&alice, &bob, "1"), "currency", "USD"),
            422,
            "currency_mismatch",
            "/currency",
        ),
        (
            with(transfer(&alice, &bob, "1"), "currency", "XXQ"),
            422,
            "invalid_currency",
            "/currency",
        ),
        (
            with(transfer(&alice, &bob, "1"), "company_id", &another),
            404,
            "account_not_found",
            "/source_account_id",
        ),
        (
            with(transfer(&alice, &bob, "1"), "note", "x"),
            400,
            "invalid_request",
            "/note",
        ),
        (
            transfer(&alice, &bob, Value::Null),
            400,
            "invalid_request",
            "/amount",
        ),
        (
            transfer("alice", &bob, "1"),
            400,
            "invalid_request",
            "/source_account_id",
        ),
        (
            with(transfer(&alice, &bob, "1"), "description", "a\nb"),
            422,
            "invalid_text",
            "/description",
        ),
    ];
    for (number, (body, status, code, pointer)) in cases.into_iter().enumerate() {
        let reply = bank
            .post_as(&format!("t{number}"), "/api/v1/transfers", &body)
            .await;
        reply.refused(status, code, pointer);
    }
    assert_eq!(
        (bank.balance(&alice).await, bank.balance(&bob).await),
        ("100.00".to_owned(), "0.00".to_owned())
    );
}

fn with(mut body: Value, member: &str, value: &str) -> Value {
    body[member] = json!(value);
    body
}

/// An asset falls by a credit: a transfer into it takes from it.
async fn a_transfer_into_an_account_may_overdraw_it(bank: &Bank) {
    let alice = bank.account("alice", "5").await;
    let till = json!({"company_id": COMPANY, "code": "till", "currency": "BRL", "kind": "asset", "initial_balance": "2"});
    let till = bank.post("/api/v1/accounts", &till).await.json(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    bank.transfer("t1", &alice, &till, "3")
        .await
        .refused(422, "insufficient_funds", "/amount");
    bank.transfer("t2", &alice, &till, "2").await.json(201);
    assert_eq!(
        (bank.balance(&alice).await, bank.balance(&till).await),
        ("3.00".to_owned(), "0.00".to_owned())
    );
    bank.transfer("t3", &till, &alice, "7").await.json(201);
    assert_eq!(
        bank.balance(&alice).await,
        "10.00",
        "from an asset it is a deposit"
    );
}

/// Whatever a rule posted under a reference of ours, be it the very transfer that is asked for: that is no transfer of this
/// API, and the answer says so.
async fn a_rule_that_has_a_transfers_reference_is_told_of(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    bank.post_under("transfers/same", "alice", "bob", 100).await;
    bank.post_under("transfers/other", "alice", "bob", 200).await;
    bank.post_under("reversals/back", "bob", "alice", 100).await;
    for key in ["same", "other"] {
        let refused = bank.transfer(key, &alice, &bob, "1").await;
        assert_eq!(refused.problem(409).0, "reference_in_use", "{key}");
    }
    let posted = bank.transfer("t", &alice, &bob, "1").await.json(201);
    let path = format!("/api/v1/transfers/{}/reverse", posted["id"].as_str().unwrap());
    let refused = bank.post_as("back", &path, &json!({"reason": "twice"})).await;
    assert_eq!(refused.problem(409).0, "reference_in_use");
    assert_eq!(bank.balance(&bob).await, "3.00");
    bank.verify().await;
}
