//! What happens to payments is told to the world: each change once, in order, without gaps.

use std::sync::Arc;

use poem::http::Method;
use serde_json::{Value, json};
use store::{EventSource, OutboxEvent};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{Bank, COMPANY, PAYMENTS, act, on_every_kind, paid, payment, send};

on_every_kind!(
    each_change_is_told_as_the_payment_is_by_then,
    an_event_names_the_request_that_caused_it,
    what_is_refused_is_not_told_and_leaves_no_gap,
    transfers_and_holds_tell_nothing,
    fifty_payments_at_once_are_told_in_one_order,
);

/// The company's partition: pinned, so written out.
const PARTITION: u16 = 5;

async fn told(bank: &Bank) -> Vec<OutboxEvent> {
    let events = bank.store.unsent_events(PARTITION, 1_000).await.unwrap();
    for (number, event) in (1..).zip(&events) {
        assert_eq!(event.number, number, "there is no gap");
        assert_eq!(event.company_id.to_string(), COMPANY);
    }
    events
}

fn types(events: &[OutboxEvent]) -> Vec<&str> {
    events.iter().map(|event| event.event_type.as_str()).collect()
}

fn data(event: &OutboxEvent) -> Value {
    rules::json::parse(event.data.as_bytes()).unwrap()
}

async fn each_change_is_told_as_the_payment_is_by_then(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let mut body = payment(&alice, &bob, "7.50");
    (body["capture"], body["metadata"]) = (json!("manual"), json!({"weight": 1.10}));
    let path = format!(
        "{PAYMENTS}/{}",
        paid(bank, "p", &body).await["id"].as_str().unwrap()
    );
    let shown = async || bank.get(&path).await.json(200);
    let id = shown().await["id"].as_str().unwrap().to_owned();
    let mut states = vec![shown().await];
    act(bank, &id, "capture", &json!({"amount": "5"})).await.json(200);
    states.push(shown().await);
    let refund = json!({"amount": "2", "reason": "one was broken"});
    act(bank, &id, "refund", &refund).await.json(200);
    states.push(shown().await);

    let events = told(bank).await;
    let expected = [
        "payment.pending",
        "payment.authorized",
        "payment.captured",
        "payment.partially_refunded",
    ];
    assert_eq!(types(&events), expected);
    // The first was over before anybody could look.
    assert_eq!(data(&events[0])["payment"]["status"], "pending");
    for (event, state) in events[1..].iter().zip(&states) {
        assert_eq!(data(event)["payment"], *state);
    }
    let listed = bank.get(&format!("{path}/events")).await.json(200);
    let listed = listed["items"].as_array().unwrap().iter().rev();
    for (event, happened) in events.iter().zip(listed) {
        assert_eq!(data(event)["event"], *happened);
        assert_eq!(event.id.to_string(), happened["id"]);
        let payment_id = Uuid::parse_str(&id).unwrap();
        assert_eq!(event.source, EventSource::Payment { payment_id });
    }
    let last = data(&events[3]);
    assert_eq!(last["event"]["reason"], "one was broken");
    assert_eq!(last["event"]["amount"], "2.00");
    bank.verify().await;
}

async fn an_event_names_the_request_that_caused_it(bank: &Bank) {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let headers = [
        ("Idempotency-Key", "p"),
        ("X-Correlation-Id", "order-42"),
        ("traceparent", TRACE),
    ];
    let body = payment(&alice, &bob, "1");
    let first = bank.send(Method::POST, PAYMENTS, &headers, &body).await;
    first.json(201);
    // The same again, by another request: nothing happens.
    let again = [("Idempotency-Key", "p"), ("X-Correlation-Id", "order-43")];
    bank.send(Method::POST, PAYMENTS, &again, &body).await.json(201);
    let unnamed = bank.post_as("q", PAYMENTS, &body).await;
    let events = told(bank).await;
    assert_eq!(events.len(), 4);
    for event in &events[..2] {
        let origin = (event.correlation_id.as_str(), event.traceparent.as_deref());
        assert_eq!(origin, ("order-42", Some(TRACE)));
    }
    for event in &events[2..] {
        assert_eq!(
            unnamed.header("x-correlation-id"),
            Some(event.correlation_id.as_str())
        );
        assert_eq!(event.traceparent, None);
    }
}

async fn what_is_refused_is_not_told_and_leaves_no_gap(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let first = paid(bank, "a", &payment(&alice, &bob, "6")).await;
    let id = first["id"].as_str().unwrap();
    // Refused after its event was noted: bob has nothing to give back any more.
    bank.transfer("t", &bob, &alice, "6").await.json(201);
    act(bank, id, "refund", &Value::Null)
        .await
        .refused(422, "insufficient_funds", "/amount");
    let (code, _) = act(bank, id, "cancel", &Value::Null).await.problem(409);
    assert_eq!(code, "invalid_state_transition");
    // A decline is no refusal.
    let declined = paid(bank, "b", &payment(&alice, &bob, "99")).await;
    assert_eq!(declined["status"], "declined");
    let events = told(bank).await;
    let expected = [
        "payment.pending",
        "payment.captured",
        "payment.pending",
        "payment.declined",
    ];
    assert_eq!(types(&events), expected);
    let said = data(&events[3]);
    assert_eq!(said["payment"]["error"]["code"], "insufficient_funds");
    assert_eq!(said["payment"], declined);
    assert_eq!(data(&events[2])["payment"]["error"], Value::Null);
}

async fn transfers_and_holds_tell_nothing(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    bank.transfer("t", &alice, &bob, "1").await.json(201);
    let hold = crate::support::transfer(&alice, &bob, "1");
    bank.post_as("h", "/api/v1/holds", &hold).await.json(201);
    assert_eq!(told(bank).await, []);
    assert_eq!(bank.store.outbox_lag(None).await.unwrap().unsent, 0);
}

async fn fifty_payments_at_once_are_told_in_one_order(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "20").await, bank.account("bob", "0").await);
    let (other, background) = bank.another();
    let mut tasks = JoinSet::new();
    for number in 0..50 {
        let endpoint = Arc::clone(if number % 2 == 0 { &bank.endpoint } else { &other });
        let body = payment(&alice, &bob, "1");
        tasks.spawn(async move {
            let key = format!("p-{number}");
            let headers = [("Idempotency-Key", key.as_str())];
            let reply = send(&endpoint, Method::POST, PAYMENTS, &headers, &body).await;
            reply.json(201)["status"].as_str().unwrap().to_owned()
        });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|status| *status == "captured").count(), 20);
    let events = told(bank).await;
    assert_eq!(events.len(), 100);
    // Each payment's events stand side by side: they were written together.
    for pair in events.chunks(2) {
        assert_eq!(pair[0].source, pair[1].source);
        assert_eq!(pair[0].event_type, "payment.pending");
    }
    bank.verify().await;
    background.stop().await;
}
