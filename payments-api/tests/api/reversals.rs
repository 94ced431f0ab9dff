//! Transfers taken back.

use std::sync::Arc;

use jiff::SignedDuration;
use poem::http::Method;
use serde_json::{Value, json};
use service::Clock as _;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{Bank, on_every_kind, send};

on_every_kind!(
    a_transfer_is_reversed_in_parts,
    a_reversal_is_not_reversed,
    faults_are_told,
    a_frozen_account_is_no_fault_of_the_amount,
    fifty_reversals_at_once_never_exceed_the_transfer,
    a_forgotten_answer_reverses_nothing,
);

/// Two accounts, and the path that reverses a transfer of 10.00 between them.
async fn transferred(bank: &Bank) -> (String, String, String) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let posted = bank.transfer("t", &alice, &bob, "10").await.json(201);
    let reverse = format!("/api/v1/transfers/{}/reverse", posted["id"].as_str().unwrap());
    (alice, bob, reverse)
}

async fn a_transfer_is_reversed_in_parts(bank: &Bank) {
    let (alice, bob, reverse) = transferred(bank).await;
    let part = json!({"amount": "3.00", "reason": "a dent"});
    let reversal = bank.post_as("r1", &reverse, &part).await.json(201);
    assert_eq!(
        (
            &reversal["source_account_id"],
            &reversal["amount"],
            &reversal["description"]
        ),
        (&json!(bob), &json!("3.00"), &json!("a dent"))
    );
    assert!(reverse.contains(reversal["reverses"].as_str().unwrap()));
    assert!(bank.post_as("r1", &reverse, &part).await.is_replayed());
    let too_much = json!({"amount": "7.01", "reason": "more"});
    bank.post_as("r2", &reverse, &too_much)
        .await
        .refused(422, "reversal_exceeds_transfer", "/amount");
    let rest = bank.post_as("r3", &reverse, &json!({"reason": "the rest"})).await;
    assert_eq!(rest.json(201)["amount"], "7.00");
    bank.post_as("r4", &reverse, &json!({"reason": "again"}))
        .await
        .refused(409, "already_reversed", "/amount");
    assert_eq!(
        (bank.balance(&alice).await, bank.balance(&bob).await),
        ("10.00".to_owned(), "0.00".to_owned())
    );
    bank.verify().await;
}

async fn a_reversal_is_not_reversed(bank: &Bank) {
    let (_, _, reverse) = transferred(bank).await;
    let reversal = bank
        .post_as("r1", &reverse, &json!({"reason": "x"}))
        .await
        .json(201);
    let path = format!("/api/v1/transfers/{}/reverse", reversal["id"].as_str().unwrap());
    let (code, _) = bank
        .post_as("r2", &path, &json!({"reason": "y"}))
        .await
        .problem(422);
    assert_eq!(code, "not_reversible");
}

async fn faults_are_told(bank: &Bank) {
    let (alice, bob, reverse) = transferred(bank).await;
    let nowhere = format!("/api/v1/transfers/{}/reverse", Uuid::nil());
    let (code, _) = bank
        .post_as("r1", &nowhere, &json!({"reason": "x"}))
        .await
        .problem(404);
    assert_eq!(code, "transfer_not_found");
    bank.post_as("r2", &reverse, &json!({}))
        .await
        .refused(400, "invalid_request", "/reason");
    bank.post_as("r3", &reverse, &json!({"amount": "0", "reason": "x"}))
        .await
        .refused(422, "invalid_amount", "/amount");
    bank.post(&reverse, &json!({"reason": "x"})).await.refused(
        400,
        "idempotency_key_missing",
        "Idempotency-Key",
    );
    bank.transfer("t2", &bob, &alice, "9.99").await.json(201);
    bank.post_as("r4", &reverse, &json!({"reason": "it is spent"}))
        .await
        .refused(422, "insufficient_funds", "/amount");
}

async fn a_frozen_account_is_no_fault_of_the_amount(bank: &Bank) {
    let (_, bob, reverse) = transferred(bank).await;
    let freeze = format!("/api/v1/accounts/{bob}/freeze");
    bank.post(&freeze, &Value::Null).await.json(200);
    let refused = bank.post_as("r", &reverse, &json!({"reason": "x"})).await;
    assert_eq!(refused.problem(422), ("account_frozen".to_owned(), vec![]));
}

async fn fifty_reversals_at_once_never_exceed_the_transfer(bank: &Bank) {
    let (alice, _, reverse) = transferred(bank).await;
    let others = [bank.another(), bank.another()];
    let mut requests = JoinSet::new();
    for number in 0..50 {
        let endpoint = Arc::clone(&others[number % others.len()].0);
        let (path, key) = (reverse.clone(), format!("r{number}"));
        let body: Value = json!({"amount": "0.70", "reason": "x"});
        requests.spawn(async move {
            send(
                &endpoint,
                Method::POST,
                &path,
                &[("Idempotency-Key", &key)],
                &body,
            )
            .await
        });
    }
    let replies = requests.join_all().await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 14);
    assert!(replies.iter().all(|reply| [201, 422].contains(&reply.status)));
    assert_eq!(bank.balance(&alice).await, "9.80");
    bank.verify().await;
}

/// The key of a reversal is good for ever, though nothing is left of the transfer by then.
async fn a_forgotten_answer_reverses_nothing(bank: &Bank) {
    let (alice, _, reverse) = transferred(bank).await;
    let part = json!({"amount": "3.00", "reason": "a dent"});
    let rest = json!({"reason": "the rest"});
    let first = bank.post_as("r1", &reverse, &part).await.json(201);
    let second = bank.post_as("r2", &reverse, &rest).await.json(201);
    bank.clock.advance(SignedDuration::from_hours(25));
    bank.store.forget_answers(bank.clock.now(), 9).await.unwrap();
    for (key, body, made) in [("r1", &part, &first), ("r2", &rest, &second)] {
        let again = bank.post_as(key, &reverse, body).await;
        assert_eq!(&again.json(201), made);
        assert!(again.is_replayed());
    }
    for other in [
        json!({"amount": "4.00", "reason": "a dent"}),
        json!({"amount": "3.00", "reason": "rust"}),
    ] {
        bank.post_as("r1", &reverse, &other)
            .await
            .refused(422, "idempotency_key_reused", "Idempotency-Key");
    }
    assert_eq!(bank.balance(&alice).await, "10.00");
    bank.verify().await;
}
