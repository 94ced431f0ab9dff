//! Many transfers in one request.

use jiff::SignedDuration;
use serde_json::{Value, json};
use service::Clock as _;
use uuid::Uuid;

use crate::support::{Bank, on_every_kind, transfer};

on_every_kind!(
    an_atomic_batch_is_posted_whole,
    an_atomic_batch_with_a_fault_changes_nothing,
    else_each_transfer_has_its_result,
    a_batch_is_answered_again,
    a_forgotten_answer_posts_nothing,
    a_forgotten_answer_is_told_without_its_reasons,
    a_rule_that_has_a_reference_is_the_result_of_its_transfer,
    a_changed_batch_is_no_forgotten_one,
    a_forgotten_batch_that_posted_nothing_is_not_tried_again,
    what_is_no_batch_is_refused,
);

const BATCH: &str = "/api/v1/transfers/batch";

fn batch(atomic: bool, transfers: &[Value]) -> Value {
    json!({"atomic": atomic, "transfers": transfers})
}

async fn an_atomic_batch_is_posted_whole(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    // The second spends what the first brings.
    let both = [transfer(&alice, &bob, "10"), transfer(&bob, &alice, "4")];
    let done = bank.post_as("k", BATCH, &batch(true, &both)).await.json(201);
    assert_eq!(
        (
            &done["results"][0]["status"],
            &done["results"][1]["transfer"]["amount"]
        ),
        (&json!("posted"), &json!("4.00"))
    );
    assert_eq!(bank.balance(&bob).await, "6.00");
    let id = done["results"][1]["transfer"]["id"].as_str().unwrap();
    let read = bank.get(&format!("/api/v1/transfers/{id}")).await.json(200);
    assert_eq!(read, done["results"][1]["transfer"]);
    bank.verify().await;
}

async fn an_atomic_batch_with_a_fault_changes_nothing(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let transfers = [transfer(&alice, &bob, "10"), transfer(&alice, &bob, "1")];
    let refused = bank.post_as("k", BATCH, &batch(true, &transfers)).await;
    refused.refused(422, "insufficient_funds", "/transfers/1/amount");
    assert_eq!(bank.balance(&bob).await, "0.00");
    assert!(
        bank.post_as("k", BATCH, &batch(true, &transfers))
            .await
            .is_replayed()
    );
    bank.verify().await;
}

async fn else_each_transfer_has_its_result(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let nobody = Uuid::nil().to_string();
    let transfers = [
        transfer(&alice, &bob, "8"),
        transfer(&alice, &bob, "8"),
        transfer(&alice, &nobody, "1"),
        transfer(&alice, &bob, "2"),
    ];
    let done = bank
        .post_as("k", BATCH, &batch(false, &transfers))
        .await
        .json(201);
    let results = done["results"].as_array().unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|result| {
            (
                result["status"].as_str().unwrap(),
                result["error"]["code"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("posted", None),
            ("refused", Some("insufficient_funds")),
            ("refused", Some("account_not_found")),
            ("posted", None),
        ]
    );
    assert_eq!(
        results[2]["error"]["pointer"],
        "/transfers/2/destination_account_id"
    );
    assert_eq!(bank.balance(&bob).await, "10.00");
    bank.verify().await;
}

async fn a_batch_is_answered_again(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let body = batch(false, &[transfer(&alice, &bob, "1"), transfer(&alice, &bob, "1")]);
    let first = bank.post_as("k", BATCH, &body).await;
    let again = bank.post_as("k", BATCH, &body).await;
    assert!(again.is_replayed());
    assert_eq!(again.json(201), first.json(201));
    assert_eq!(bank.balance(&bob).await, "2.00");
}

async fn forget(bank: &Bank) {
    bank.clock.advance(SignedDuration::from_hours(25));
    bank.store.forget_answers(bank.clock.now(), 9).await.unwrap();
}

/// The keys of batches are good for ever, as those of transfers are.
async fn a_forgotten_answer_posts_nothing(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let [one, two, three] = ["1", "2", "3"].map(|amount| transfer(&alice, &bob, amount));
    for (key, atomic) in [("k", true), ("l", false)] {
        let body = batch(atomic, &[one.clone(), two.clone()]);
        let first = bank.post_as(key, BATCH, &body).await.json(201);
        forget(bank).await;
        let again = bank.post_as(key, BATCH, &body).await;
        assert_eq!(again.json(201), first);
        assert!(again.is_replayed());
        let other = batch(atomic, &[one.clone(), three.clone()]);
        bank.post_as(key, BATCH, &other)
            .await
            .refused(422, "idempotency_key_reused", "Idempotency-Key");
    }
    let longer = batch(true, &[one, two, three]);
    bank.post_as("k", BATCH, &longer)
        .await
        .refused(422, "idempotency_key_reused", "Idempotency-Key");
    assert_eq!(bank.balance(&bob).await, "6.00");
    bank.verify().await;
}

async fn a_forgotten_answer_is_told_without_its_reasons(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let transfers = [transfer(&alice, &bob, "11"), transfer(&alice, &bob, "4")];
    let body = batch(false, &transfers);
    let first = bank.post_as("k", BATCH, &body).await.json(201);
    forget(bank).await;
    // It would be posted now.
    bank.transfer("t", &bob, &alice, "4").await.json(201);
    let again = bank.post_as("k", BATCH, &body).await.json(201);
    assert_eq!(again["results"][1], first["results"][1]);
    let refused = &again["results"][0];
    assert_eq!(
        (
            &refused["status"],
            &refused["error"]["code"],
            &refused["error"]["pointer"]
        ),
        (
            &json!("refused"),
            &json!("result_forgotten"),
            &json!("/transfers/0")
        )
    );
    assert_eq!(bank.balance(&bob).await, "0.00");
    bank.verify().await;
}

/// Also where what changed posted nothing, and so left no other trace.
async fn a_changed_batch_is_no_forgotten_one(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let [one, refused, other] = ["1", "99", "98"].map(|amount| transfer(&alice, &bob, amount));
    let body = batch(false, &[one.clone(), refused.clone()]);
    bank.post_as("k", BATCH, &body).await.json(201);
    forget(bank).await;
    for changed in [
        batch(false, &[one.clone(), refused.clone(), one.clone()]),
        batch(false, &[one.clone(), other]),
        batch(false, std::slice::from_ref(&one)),
        batch(true, &[one, refused]),
    ] {
        bank.post_as("k", BATCH, &changed)
            .await
            .refused(422, "idempotency_key_reused", "Idempotency-Key");
    }
    assert!(bank.post_as("k", BATCH, &body).await.is_replayed());
    assert_eq!(bank.balance(&bob).await, "1.00");
    bank.verify().await;
}

async fn a_forgotten_batch_that_posted_nothing_is_not_tried_again(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let body = batch(false, &[transfer(&alice, &bob, "11")]);
    bank.post_as("k", BATCH, &body).await.json(201);
    forget(bank).await;
    let again = bank.post_as("k", BATCH, &body).await;
    assert!(again.is_replayed());
    let result = &again.json(201)["results"][0];
    assert_eq!(result["error"]["code"], "result_forgotten");
    let other = batch(false, &[transfer(&alice, &bob, "1")]);
    bank.post_as("k", BATCH, &other)
        .await
        .refused(422, "idempotency_key_reused", "Idempotency-Key");
    assert_eq!(bank.balance(&bob).await, "0.00");
}

async fn what_is_no_batch_is_refused(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let one = transfer(&alice, &bob, "0.01");
    let many: Vec<Value> = std::iter::repeat_n(one.clone(), 501).collect();
    for transfers in [&[][..], &many] {
        bank.post_as("k", BATCH, &batch(true, transfers))
            .await
            .refused(422, "invalid_batch", "/transfers");
    }
    let mut elsewhere = one.clone();
    elsewhere["company_id"] = json!(Uuid::nil());
    bank.post_as("k", BATCH, &batch(true, &[one.clone(), elsewhere]))
        .await
        .refused(422, "invalid_batch", "/transfers/1/company_id");
    let mut broken = one.clone();
    broken["amount"] = json!("0.001");
    bank.post_as("k", BATCH, &batch(true, &[one, broken]))
        .await
        .refused(422, "invalid_amount", "/transfers/1/amount");
    assert_eq!(bank.balance(&bob).await, "0.00");
}

async fn a_rule_that_has_a_reference_is_the_result_of_its_transfer(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    for key in ["k", "l"] {
        let reference = format!("transfer_batches/0/{key}");
        bank.post_under(&reference, "alice", "bob", 100).await;
    }
    let both = [transfer(&alice, &bob, "1"), transfer(&alice, &bob, "2")];
    bank.post_as("k", BATCH, &batch(true, &both))
        .await
        .refused(409, "reference_in_use", "/transfers/0");
    let body = batch(false, &both);
    let first = bank.post_as("l", BATCH, &body).await.json(201);
    let told = |done: &Value| {
        let [one, other] = [0, 1].map(|index| done["results"][index].clone());
        (one["error"]["code"].clone(), other["status"].clone())
    };
    assert_eq!(told(&first), (json!("reference_in_use"), json!("posted")));
    forget(bank).await;
    let again = bank.post_as("l", BATCH, &body).await.json(201);
    assert_eq!(told(&again), (json!("result_forgotten"), json!("posted")));
    assert_eq!(bank.balance(&bob).await, "4.00");
    bank.verify().await;
}
