//! Bodies of operations whose address says all: nothing, or an empty object.

use poem::http::Method;
use poem::{Body, Endpoint as _, Request};
use serde_json::{Value, json};
use service::{Ids as _, SystemIds};

use crate::support::{Bank, PAYMENTS, Reply, act, on_every_kind, paid, payment, transfer};

on_every_kind!(
    what_would_not_be_heard_is_refused,
    what_cannot_be_read_is_refused,
    an_empty_object_says_as_much_as_no_body,
);

/// The path of every such operation, each on something of its own that it could be carried out on.
async fn paths(bank: &Bank) -> Vec<String> {
    let alice = bank.account(&SystemIds.next().to_string(), "10").await;
    let bob = bank.account(&SystemIds.next().to_string(), "0").await;
    let nobody = bank.account(&SystemIds.next().to_string(), "0").await;
    let key = SystemIds.next().to_string();
    let mut pending = payment(&alice, &bob, "1");
    pending["authorization"] = json!("manual");
    let pending = paid(bank, &key, &pending).await;
    let hold = transfer(&alice, &bob, "1");
    let hold = bank.post_as(&key, "/api/v1/holds", &hold).await.json(201);
    let id = |of: &Value| of["id"].as_str().unwrap().to_owned();
    vec![
        format!("{PAYMENTS}/{}/authorize", id(&pending)),
        format!("/api/v1/holds/{}/release", id(&hold)),
        format!("/api/v1/accounts/{alice}/freeze"),
        format!("/api/v1/accounts/{alice}/unfreeze"),
        format!("/api/v1/accounts/{nobody}/close"),
    ]
}

async fn post_text(bank: &Bank, path: &str, body: &'static str) -> Reply {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path.parse().unwrap())
        .header("content-type", "application/json")
        .body(Body::from(body));
    Reply::of(bank.endpoint.get_response(request).await).await
}

async fn what_would_not_be_heard_is_refused(bank: &Bank) {
    for path in paths(bank).await {
        let body = json!({"amount": "0.5"});
        bank.post(&path, &body)
            .await
            .refused(400, "invalid_request", "/amount");
        bank.post(&path, &json!({})).await.json(200);
    }
}

async fn what_cannot_be_read_is_refused(bank: &Bank) {
    for path in paths(bank).await {
        for (body, code) in [
            ("{garbage", "malformed_json"),
            ("[]", "invalid_request"),
            ("null", "invalid_request"),
            ("{\"a\":1,\"a\":2}", "duplicate_member"),
        ] {
            let (found, _) = post_text(bank, &path, body).await.problem(400);
            assert_eq!(found, code, "{path} {body}");
        }
    }
}

async fn an_empty_object_says_as_much_as_no_body(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let mut body = payment(&alice, &bob, "1");
    body["authorization"] = json!("manual");
    let pending = paid(bank, "p", &body).await;
    let id = pending["id"].as_str().unwrap();
    let path = format!("{PAYMENTS}/{id}/authorize");
    let first = bank.post_as("a", &path, &Value::Null).await;
    let again = bank.post_as("a", &path, &json!({})).await;
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(again.json(200), first.json(200));
    let (code, _) = act(bank, id, "authorize", &json!({})).await.problem(409);
    assert_eq!(code, "invalid_state_transition");
}
