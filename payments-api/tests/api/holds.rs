//! Holds: placed, captured, released, expired.

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use poem::http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Bank, COMPANY, Reply, on_every_kind, send, transfer};

on_every_kind!(
    what_is_held_is_not_available,
    a_capture_posts_and_releases_the_rest,
    a_release_frees_everything,
    a_hold_is_settled_once,
    fifty_settle_a_hold_once,
    holds_at_once_stay_within_what_is_available,
    no_more_is_captured_than_is_held,
    a_capture_may_say_nothing,
    a_rule_cannot_take_the_place_of_a_capture,
    limits_are_checked_when_a_hold_is_placed,
    time_frees_a_hold,
    an_expiry_is_within_a_year,
    a_hold_on_an_asset_takes_from_it,
    a_hold_is_placed_once_under_a_key,
    an_account_with_a_hold_is_not_closed,
    nobody_captures_what_is_not_there,
    holds_are_listed_by_whose_they_are_and_where_they_stand,
);

const HOLDS: &str = "/api/v1/holds";

fn hold(from: &str, to: &str, amount: &str) -> Value {
    transfer(from, to, amount)
}

async fn place(bank: &Bank, key: &str, hold: &Value) -> Reply {
    bank.post_as(key, HOLDS, hold).await
}

/// Places a hold and gives its id.
async fn placed(bank: &Bank, key: &str, hold: &Value) -> String {
    let placed = place(bank, key, hold).await.json(201);
    placed["id"].as_str().unwrap().to_owned()
}

async fn capture(bank: &Bank, hold_id: &str, capture: Value) -> Reply {
    bank.post(&format!("{HOLDS}/{hold_id}/capture"), &capture).await
}

async fn release(bank: &Bank, hold_id: &str) -> Reply {
    bank.post(&format!("{HOLDS}/{hold_id}/release"), &Value::Null)
        .await
}

async fn read(bank: &Bank, hold_id: &str) -> Value {
    bank.get(&format!("{HOLDS}/{hold_id}")).await.json(200)
}

/// Balance, pending, available.
async fn figures(bank: &Bank, account_id: &str) -> [String; 3] {
    let path = format!("/api/v1/accounts/{account_id}/balance");
    let found = bank.get(&path).await.json(200);
    ["balance", "pending", "available"].map(|name| found[name].as_str().unwrap().to_owned())
}

async fn alice_and_bob(bank: &Bank) -> (String, String) {
    (bank.account("alice", "10").await, bank.account("bob", "0").await)
}

async fn what_is_held_is_not_available(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let reply = place(bank, "h", &hold(&alice, &bob, "7")).await;
    let placed = reply.json(201);
    let id = placed["id"].as_str().unwrap();
    assert_eq!(reply.header("location"), Some(format!("{HOLDS}/{id}").as_str()));
    let expected = json!({
        "id": id, "company_id": COMPANY, "source_account_id": alice, "destination_account_id": bob, "amount": "7.00",
        "captured_amount": null, "currency": "BRL", "status": "pending", "expires_at": null, "transaction_id": null,
    });
    assert_eq!(placed, expected);
    assert_eq!(read(bank, id).await, expected);
    assert_eq!(figures(bank, &alice).await, ["10.00", "7.00", "3.00"]);
    assert_eq!(figures(bank, &bob).await, ["0.00", "0.00", "0.00"]);
    bank.transfer("t", &alice, &bob, "3.01")
        .await
        .refused(422, "insufficient_funds", "/amount");
    bank.transfer("t2", &alice, &bob, "3").await.json(201);
    bank.verify().await;
}

async fn a_capture_posts_and_releases_the_rest(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = placed(bank, "h", &hold(&alice, &bob, "7")).await;
    let captured = capture(bank, &id, json!({"amount": "4.50"})).await.json(200);
    assert_eq!(captured["status"], "captured");
    assert_eq!(captured["captured_amount"], "4.50");
    assert!(captured["transaction_id"].is_string());
    assert_eq!(read(bank, &id).await, captured);
    assert_eq!(figures(bank, &alice).await, ["5.50", "0.00", "5.50"]);
    assert_eq!(bank.balance(&bob).await, "4.50");
    bank.verify().await;
}

async fn a_release_frees_everything(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = placed(bank, "h", &hold(&alice, &bob, "7")).await;
    let released = release(bank, &id).await.json(200);
    assert_eq!(
        (&released["status"], &released["transaction_id"]),
        (&json!("released"), &Value::Null)
    );
    assert_eq!(read(bank, &id).await, released);
    assert_eq!(figures(bank, &alice).await, ["10.00", "0.00", "10.00"]);
    bank.verify().await;
}

async fn a_hold_is_settled_once(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    for (number, first) in ["capture", "release"].into_iter().enumerate() {
        let id = placed(bank, &format!("h{number}"), &hold(&alice, &bob, "1")).await;
        let path = format!("{HOLDS}/{id}/{first}");
        let body = if first == "capture" {
            json!({})
        } else {
            Value::Null
        };
        let done = bank.post_as("s", &path, &body).await;
        let again = bank.post_as("s", &path, &body).await;
        assert!(again.is_replayed());
        assert_eq!(again.json(200), done.json(200));
        for refused in [capture(bank, &id, json!({})).await, release(bank, &id).await] {
            assert_eq!(refused.problem(409).0, "hold_already_settled");
        }
    }
    assert_eq!(figures(bank, &alice).await, ["9.00", "0.00", "9.00"]);
    bank.verify().await;
}

/// The race: each finds the hold pending.
async fn fifty_settle_a_hold_once(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = placed(bank, "h", &hold(&alice, &bob, "7")).await;
    let other = bank.another();
    let mut requests = JoinSet::new();
    for number in 0..50 {
        let processes = [&bank.endpoint, &other.0];
        let endpoint = Arc::clone(processes[number % 2]);
        let (action, body) = match number % 5 {
            0 => ("release", Value::Null),
            _ => ("capture", json!({})),
        };
        let path = format!("{HOLDS}/{id}/{action}");
        requests.spawn(async move { send(&endpoint, Method::POST, &path, &[], &body).await });
    }
    let replies = requests.join_all().await;
    let done: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(done.len(), 1);
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(refused.problem(409).0, "hold_already_settled");
    }
    let expected = match done[0].json(200)["status"].as_str().unwrap() {
        "captured" => "7.00",
        _ => "0.00",
    };
    assert_eq!(bank.balance(&bob).await, expected);
    bank.verify().await;
}

async fn holds_at_once_stay_within_what_is_available(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let other = bank.another();
    let mut requests = JoinSet::new();
    for number in 0..50 {
        let processes = [&bank.endpoint, &other.0];
        let endpoint = Arc::clone(processes[number % 2]);
        let (key, body) = (format!("h{number}"), hold(&alice, &bob, "0.75"));
        requests.spawn(async move {
            let key = [("Idempotency-Key", key.as_str())];
            send(&endpoint, Method::POST, HOLDS, &key, &body).await.status
        });
    }
    let statuses = requests.join_all().await;
    // 13 times 0.75 are 9.75.
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 13);
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 37);
    assert_eq!(figures(bank, &alice).await, ["10.00", "9.75", "0.25"]);
    bank.verify().await;
}

async fn no_more_is_captured_than_is_held(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = placed(bank, "h", &hold(&alice, &bob, "7")).await;
    capture(bank, &id, json!({"amount": "7.01"}))
        .await
        .refused(422, "amount_exceeds_hold", "/amount");
    for amount in ["0", "-1", "0.001"] {
        capture(bank, &id, json!({"amount": amount}))
            .await
            .refused(422, "invalid_amount", "/amount");
    }
    assert_eq!(read(bank, &id).await["status"], "pending");
    capture(bank, &id, json!({"amount": 7})).await.json(200);
}

async fn a_capture_may_say_nothing(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = placed(bank, "h", &hold(&alice, &bob, "7")).await;
    let path = format!("{HOLDS}/{id}/capture");
    let refused = bank.post(&path, &json!({"amuont": "1"})).await;
    refused.refused(400, "invalid_request", "/amuont");
    let captured = bank.post_as("c", &path, &Value::Null).await;
    assert_eq!(captured.json(200)["captured_amount"], "7.00");
    let again = bank.post_as("c", &path, &json!({})).await;
    assert!(again.is_replayed(), "nothing and an empty object say the same");
}

/// Rules are kept from these references, but may have posted under one before they were.
async fn a_rule_cannot_take_the_place_of_a_capture(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = placed(bank, "h", &hold(&alice, &bob, "7")).await;
    bank.post_under(&format!("holds/{id}/capture"), "alice", "bob", 100)
        .await;
    let refused = capture(bank, &id, json!({})).await;
    assert_eq!(refused.problem(409).0, "reference_in_use");
    assert_eq!(read(bank, &id).await["transaction_id"], Value::Null);
    assert_eq!(figures(bank, &alice).await, ["9.00", "7.00", "2.00"]);
    release(bank, &id).await.json(200);
    bank.verify().await;
}

async fn limits_are_checked_when_a_hold_is_placed(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let euros = bank.account_in("euros", "EUR", "5").await;
    let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (body, status, code, pointer) in [
        (hold(&alice, &bob, "10.01"), 422, "insufficient_funds", "/amount"),
        (hold(&alice, &bob, "0"), 422, "invalid_amount", "/amount"),
        (
            hold(&alice, &alice, "1"),
            422,
            "same_account",
            "/destination_account_id",
        ),
        (
            hold(nobody, &bob, "1"),
            404,
            "account_not_found",
            "/source_account_id",
        ),
        (
            hold(&alice, nobody, "1"),
            404,
            "account_not_found",
            "/destination_account_id",
        ),
        (hold(&alice, &euros, "1"), 422, "currency_mismatch", "/currency"),
    ] {
        let key = format!("{code}{pointer}");
        place(bank, &key, &body).await.refused(status, code, pointer);
    }
    let frozen = format!("/api/v1/accounts/{alice}/freeze");
    bank.post(&frozen, &Value::Null).await.json(200);
    place(bank, "frozen", &hold(&alice, &bob, "1")).await.refused(
        422,
        "account_frozen",
        "/source_account_id",
    );
    assert_eq!(figures(bank, &alice).await, ["10.00", "0.00", "10.00"]);
}

async fn time_frees_a_hold(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut with_expiry = hold(&alice, &bob, "7");
    with_expiry["expires_in_s"] = json!(60);
    let id = placed(bank, "h", &with_expiry).await;
    let lasting = placed(bank, "lasting", &hold(&alice, &bob, "1")).await;
    assert_eq!(read(bank, &id).await["expires_at"], "2026-01-01T00:01:03Z");
    bank.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(read(bank, &id).await["status"], "pending");
    bank.clock.advance(SignedDuration::from_secs(1));
    // Too late, whether or not it was freed by now.
    for refused in [capture(bank, &id, json!({})).await, release(bank, &id).await] {
        let (code, _) = refused.problem(409);
        assert!(
            ["hold_expired", "hold_already_settled"].contains(&code.as_str()),
            "{code}"
        );
    }
    let freed = async {
        while read(bank, &id).await["status"] != "expired" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), freed).await.unwrap();
    assert_eq!(figures(bank, &alice).await, ["10.00", "1.00", "9.00"]);
    assert_eq!(read(bank, &lasting).await["status"], "pending");
    bank.verify().await;
}

async fn an_expiry_is_within_a_year(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    for seconds in [0, 31_622_401] {
        let mut body = hold(&alice, &bob, "1");
        body["expires_in_s"] = json!(seconds);
        place(bank, "h", &body)
            .await
            .refused(422, "invalid_expiry", "/expires_in_s");
    }
}

/// A hold takes from its source, whatever the kind of that: a payout from the bank to a customer who is owed it.
async fn a_hold_on_an_asset_takes_from_it(bank: &Bank) {
    let bank_account = json!({
        "company_id": COMPANY, "code": "bank", "currency": "BRL", "kind": "asset", "initial_balance": "10",
    });
    let cash = bank.post("/api/v1/accounts", &bank_account).await.json(201);
    let cash = cash["id"].as_str().unwrap();
    let owed = bank.account("alice", "4").await;
    place(bank, "too-much", &hold(cash, &owed, "5"))
        .await
        .refused(422, "insufficient_funds", "/amount");
    let id = placed(bank, "h", &hold(cash, &owed, "3")).await;
    capture(bank, &id, json!({})).await.json(200);
    assert_eq!(
        (bank.balance(cash).await, bank.balance(&owed).await),
        ("7.00".into(), "1.00".into())
    );
    bank.verify().await;
}

async fn a_hold_is_placed_once_under_a_key(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let first = place(bank, "h", &hold(&alice, &bob, "7")).await;
    let again = place(bank, "h", &hold(&alice, &bob, "7")).await;
    assert!(again.is_replayed());
    assert_eq!(again.json(201), first.json(201));
    place(bank, "h", &hold(&alice, &bob, "1")).await.refused(
        422,
        "idempotency_key_reused",
        "Idempotency-Key",
    );
    bank.post(HOLDS, &hold(&alice, &bob, "1")).await.refused(
        400,
        "idempotency_key_missing",
        "Idempotency-Key",
    );
    assert_eq!(figures(bank, &alice).await, ["10.00", "7.00", "3.00"]);
}

async fn an_account_with_a_hold_is_not_closed(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = placed(bank, "h", &hold(&alice, &bob, "7")).await;
    let close = format!("/api/v1/accounts/{bob}/close");
    let refused = bank.post(&close, &Value::Null).await;
    assert_eq!(refused.problem(422).0, "account_not_empty");
    release(bank, &id).await.json(200);
    bank.post(&close, &Value::Null).await.json(200);
}

async fn nobody_captures_what_is_not_there(bank: &Bank) {
    let nothing = "01890a5d-ac96-774b-bcce-b302099a8057";
    for refused in [
        bank.get(&format!("{HOLDS}/{nothing}")).await,
        capture(bank, nothing, json!({})).await,
        release(bank, nothing).await,
    ] {
        assert_eq!(refused.problem(404).0, "hold_not_found");
    }
}

async fn holds_are_listed_by_whose_they_are_and_where_they_stand(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let carol = bank.account("carol", "0").await;
    let first = placed(bank, "k1", &hold(&alice, &bob, "10")).await;
    let second = placed(bank, "k2", &hold(&alice, &carol, "20")).await;
    release(bank, &first).await.json(200);
    let listed = async |filter: String| {
        let listed = bank.get(&format!("{HOLDS}?{filter}")).await.json(200);
        let items = listed["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|hold| hold["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let company = format!("company_id={COMPANY}");
    assert_eq!(listed(company.clone()).await, [second.clone(), first.clone()]);
    assert_eq!(
        listed(format!("{company}&status=pending")).await,
        slice::from_ref(&second)
    );
    assert_eq!(listed(format!("account_id={bob}")).await, slice::from_ref(&first));
    assert_eq!(
        listed(format!("account_id={alice}&status=released")).await,
        [first]
    );
    let nobody = uuid::Uuid::nil();
    for nothing in [format!("account_id={nobody}"), format!("company_id={nobody}")] {
        assert_eq!(listed(nothing).await, [""; 0]);
    }
    let page = bank.get(&format!("{HOLDS}?{company}&limit=1")).await.json(200);
    assert_eq!(page["items"][0], read(bank, &second).await);
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(
        listed(format!("{company}&limit=1&cursor={cursor}")).await.len(),
        1
    );
    let (code, _) = bank.get(&format!("{HOLDS}?status=lost")).await.problem(400);
    assert_eq!(code, "invalid_parameter");
}
