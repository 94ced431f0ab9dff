//! The same request sent again, in all the ways in which that happens.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use poem::http::Method;
use poem::{Body, Endpoint as _, Request};
use serde_json::{Value, json};
use service::Clock as _;
use tokio::task::JoinSet;

use crate::support::{Bank, on_every_kind, send, transfer};

on_every_kind!(
    fifty_equals_at_once_move_the_money_once,
    equals_in_several_processes_move_the_money_once,
    an_answer_is_given_again,
    quoted_and_bare_are_one_key,
    a_key_is_one_requests,
    a_refusal_is_given_again,
    a_malformed_request_uses_no_key_up,
    a_key_is_required,
    a_forgotten_answer_moves_nothing,
    what_was_taken_is_carried_out_unheard,
    a_refused_one_changes_nothing_of_others,
);

const TRANSFERS: &str = "/api/v1/transfers";

async fn fifty_equals_at_once_move_the_money_once(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let mut requests = JoinSet::new();
    for _ in 0..50 {
        let (endpoint, body) = (Arc::clone(&bank.endpoint), transfer(&alice, &bob, "7"));
        requests.spawn(async move {
            send(
                &endpoint,
                Method::POST,
                TRANSFERS,
                &[("Idempotency-Key", "k")],
                &body,
            )
            .await
        });
    }
    let replies = requests.join_all().await;
    let first = replies[0].json(201);
    assert!(replies.iter().all(|reply| reply.json(201) == first));
    assert_eq!(replies.iter().filter(|reply| !reply.is_replayed()).count(), 1);
    assert_eq!(bank.balance(&bob).await, "7.00");
    bank.verify().await;
}

/// The race: each process looks for an answer under the key, and none has found one yet.
async fn equals_in_several_processes_move_the_money_once(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let others = [bank.another(), bank.another(), bank.another()];
    for round in 0..8 {
        let key = format!("k{round}");
        let mut requests = JoinSet::new();
        for number in 0..12 {
            let endpoint = Arc::clone(&others[number % others.len()].0);
            let (key, body) = (key.clone(), transfer(&alice, &bob, "1"));
            requests.spawn(async move {
                send(
                    &endpoint,
                    Method::POST,
                    TRANSFERS,
                    &[("Idempotency-Key", &key)],
                    &body,
                )
                .await
            });
        }
        let replies = requests.join_all().await;
        let first = replies[0].json(201);
        assert!(replies.iter().all(|reply| reply.json(201) == first));
    }
    assert_eq!(bank.balance(&bob).await, "8.00");
}

async fn an_answer_is_given_again(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let first = bank.transfer("k", &alice, &bob, "7").await;
    // A process that crashed between effect and answer is another one now.
    let (restarted, _background) = bank.another();
    let body = transfer(&alice, &bob, "7");
    let again = send(
        &restarted,
        Method::POST,
        TRANSFERS,
        &[("Idempotency-Key", "k")],
        &body,
    )
    .await;
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(bank.balance(&bob).await, "7.00");
}

async fn quoted_and_bare_are_one_key(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let first = bank.transfer("\"k-1\"", &alice, &bob, "7").await.json(201);
    let again = bank.transfer("k-1", &alice, &bob, "7").await;
    assert!(again.is_replayed());
    assert_eq!(again.json(201), first);
    for key in ["a b", "\"\"", "\"a"] {
        bank.transfer(key, &alice, &bob, "7").await.refused(
            400,
            "invalid_idempotency_key",
            "Idempotency-Key",
        );
    }
}

async fn a_key_is_one_requests(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    bank.transfer("k", &alice, &bob, "7").await.json(201);
    bank.transfer("k", &alice, &bob, "8")
        .await
        .refused(422, "idempotency_key_reused", "Idempotency-Key");
    // Members in another order say the same.
    let body = transfer(&alice, &bob, "7");
    let mut members: Vec<_> = body.as_object().unwrap().iter().collect();
    members.reverse();
    let turned: Value = members
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert!(bank.post_as("k", TRANSFERS, &turned).await.is_replayed());
    // Another route has keys of its own.
    let batch = json!({"atomic": true, "transfers": [transfer(&alice, &bob, "1")]});
    bank.post_as("k", "/api/v1/transfers/batch", &batch)
        .await
        .json(201);
    assert_eq!(bank.balance(&bob).await, "8.00");
}

async fn a_refusal_is_given_again(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "1").await, bank.account("bob", "9").await);
    let refused = bank.transfer("k", &alice, &bob, "7").await;
    refused.refused(422, "insufficient_funds", "/amount");
    bank.transfer("more", &bob, &alice, "9").await.json(201);
    let again = bank.transfer("k", &alice, &bob, "7").await;
    again.refused(422, "insufficient_funds", "/amount");
    assert!(again.is_replayed());
    assert_eq!(again.json(422)["detail"], refused.json(422)["detail"]);
    bank.transfer("k2", &alice, &bob, "7").await.json(201);
}

async fn a_malformed_request_uses_no_key_up(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    bank.transfer("k", &alice, &bob, true).await.problem(400);
    bank.transfer("k", &alice, &bob, "0.001").await.problem(422);
    assert!(!bank.transfer("k", &alice, &bob, "7").await.is_replayed());
    assert_eq!(bank.balance(&bob).await, "7.00");
}

async fn a_key_is_required(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let one = transfer(&alice, &bob, "7");
    let many = json!({"atomic": true, "transfers": [one]});
    for (path, body) in [(TRANSFERS, &one), ("/api/v1/transfers/batch", &many)] {
        bank.post(path, body)
            .await
            .refused(400, "idempotency_key_missing", "Idempotency-Key");
    }
    assert_eq!(bank.balance(&bob).await, "0.00");
}

/// A transfer's key is good for ever: its answer is made of the transfer then.
async fn a_forgotten_answer_moves_nothing(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let first = bank.transfer("k", &alice, &bob, "7").await;
    bank.clock.advance(SignedDuration::from_hours(25));
    let forgotten = bank.store.forget_answers(bank.clock.now(), 9).await;
    assert_eq!(forgotten, Ok(1));
    let again = bank.transfer("k", &alice, &bob, "7").await;
    assert!(again.is_replayed());
    assert_eq!(again.json(201), first.json(201));
    bank.transfer("k", &alice, &bob, "8")
        .await
        .refused(422, "idempotency_key_reused", "Idempotency-Key");
    assert_eq!(bank.balance(&bob).await, "7.00");
}

/// A client that hangs up right after it asked finds out later what became of it.
async fn what_was_taken_is_carried_out_unheard(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let body = transfer(&alice, &bob, "7");
    let request = Request::builder()
        .method(Method::POST)
        .uri(TRANSFERS.parse().unwrap())
        .header("content-type", "application/json")
        .header("Idempotency-Key", "k")
        .body(Body::from(body.to_string()));
    let asked = bank.endpoint.get_response(request);
    // Polled until it stands in the line, and dropped.
    let hung_up = tokio::time::timeout(Duration::ZERO, asked).await;
    let arrived = async {
        while bank.balance(&bob).await == "0.00" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), arrived)
        .await
        .unwrap();
    let again = bank.transfer("k", &alice, &bob, "7").await;
    assert_eq!(again.status, 201);
    assert!(again.is_replayed());
    drop(hung_up);
    assert_eq!(bank.balance(&bob).await, "7.00");
}

/// Requests that go together in one database transaction have nothing to do with one another.
async fn a_refused_one_changes_nothing_of_others(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let mut requests = JoinSet::new();
    for number in 0..40 {
        let endpoint = Arc::clone(&bank.endpoint);
        let amount = if number % 2 == 0 { "0.25" } else { "1000" };
        let (key, body) = (format!("k{number}"), transfer(&alice, &bob, amount));
        requests.spawn(async move {
            send(
                &endpoint,
                Method::POST,
                TRANSFERS,
                &[("Idempotency-Key", &key)],
                &body,
            )
            .await
        });
    }
    let replies = requests.join_all().await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 20);
    assert_eq!(replies.iter().filter(|reply| reply.status == 422).count(), 20);
    assert_eq!(bank.balance(&bob).await, "5.00");
    bank.verify().await;
}
