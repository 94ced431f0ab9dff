//! Payments: taken, authorized, captured, refunded, cancelled, declined.

use std::sync::Arc;

use jiff::SignedDuration;
use poem::http::Method;
use serde_json::{Value, json};
use service::Clock as _;
use tokio::task::JoinSet;

use crate::support::{Bank, COMPANY, PAYMENTS, act, on_every_kind, paid, pay, payment, send};

on_every_kind!(
    a_payment_is_captured_at_once,
    a_manual_capture_reserves_first,
    what_is_not_captured_is_released,
    a_payment_waits_to_be_authorized,
    nobody_else_settles_the_hold_of_a_payment,
    what_the_ledger_refuses_is_declined,
    a_payment_is_refunded_in_parts,
    a_refund_that_the_ledger_refuses_changes_nothing,
    fifty_refunds_at_once_never_exceed_the_capture,
    fifty_equal_requests_are_one_payment,
    a_key_is_good_for_ever,
    each_refusal_has_its_code_and_makes_no_payment,
    payments_are_listed,
    a_payment_takes_from_its_source_whatever_its_kind,
    nobody_changes_what_is_not_there,
);

/// Balance, pending, available.
async fn figures(bank: &Bank, account_id: &str) -> [String; 3] {
    let path = format!("/api/v1/accounts/{account_id}/balance");
    let found = bank.get(&path).await.json(200);
    ["balance", "pending", "available"].map(|name| found[name].as_str().unwrap().to_owned())
}

async fn alice_and_bob(bank: &Bank) -> (String, String) {
    (bank.account("alice", "10").await, bank.account("bob", "0").await)
}

fn id_of(payment: &Value) -> String {
    payment["id"].as_str().unwrap().to_owned()
}

/// What happened to a payment, oldest first: the state, and the amount that moved.
async fn history(bank: &Bank, payment_id: &str) -> Vec<(String, Value)> {
    let listed = bank
        .get(&format!("{PAYMENTS}/{payment_id}/events"))
        .await
        .json(200);
    let mut events = listed["items"].as_array().unwrap().clone();
    events.reverse();
    for (number, event) in (1..).zip(&events) {
        assert_eq!(event["number"], json!(number));
        let status = event["status"].as_str().unwrap();
        assert_eq!(event["type"], format!("payment.{status}"));
    }
    let said = events.iter();
    said.map(|event| {
        (
            event["status"].as_str().unwrap().to_owned(),
            event["amount"].clone(),
        )
    })
    .collect()
}

fn states(history: &[(String, Value)]) -> Vec<&str> {
    history.iter().map(|(state, _)| state.as_str()).collect()
}

async fn a_payment_is_captured_at_once(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut body = payment(&alice, &bob, "7.50");
    body["description"] = json!("rent");
    body["metadata"] = json!({"order": "0012", "weight": 1.10});
    let reply = pay(bank, "p", &body).await;
    let paid = reply.json(201);
    let (id, transaction) = (id_of(&paid), &paid["transaction_id"]);
    let expected = json!({
        "id": id, "company_id": COMPANY, "payment_type": "internal", "status": "captured", "source_account_id": alice,
        "destination_account_id": bob, "amount": "7.50", "captured_amount": "7.50", "refunded_amount": "0.00",
        "currency": "BRL", "exchange": null, "authorization": "automatic", "capture": "automatic", "provider": null, "description": "rent",
        "metadata": {"order": "0012", "weight": 1.10}, "error": null, "transaction_id": transaction,
        "created_at": "2026-01-01T00:00:03Z", "updated_at": "2026-01-01T00:00:03Z",
    });
    assert_eq!(paid, expected);
    assert!(transaction.is_string());
    let path = format!("{PAYMENTS}/{id}");
    assert_eq!(reply.header("location"), Some(path.as_str()));
    assert_eq!(bank.get(&path).await.json(200), expected);
    assert_eq!(
        history(bank, &id).await,
        [
            ("pending".to_owned(), Value::Null),
            ("captured".to_owned(), json!("7.50"))
        ]
    );
    assert_eq!(bank.balance(&bob).await, "7.50");
    bank.verify().await;
}

async fn a_manual_capture_reserves_first(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut body = payment(&alice, &bob, "7");
    body["capture"] = json!("manual");
    let authorized = paid(bank, "p", &body).await;
    let id = id_of(&authorized);
    assert_eq!(
        (&authorized["status"], &authorized["transaction_id"]),
        (&json!("authorized"), &Value::Null)
    );
    assert_eq!(figures(bank, &alice).await, ["10.00", "7.00", "3.00"]);
    let captured = act(bank, &id, "capture", &Value::Null).await.json(200);
    assert_eq!(
        (&captured["status"], &captured["captured_amount"]),
        (&json!("captured"), &json!("7.00"))
    );
    assert_eq!(figures(bank, &alice).await, ["3.00", "0.00", "3.00"]);
    let history = history(bank, &id).await;
    assert_eq!(states(&history), ["pending", "authorized", "captured"]);
    bank.verify().await;
}

async fn what_is_not_captured_is_released(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut body = payment(&alice, &bob, "7");
    body["capture"] = json!("manual");
    let id = id_of(&paid(bank, "p", &body).await);
    let too_much = act(bank, &id, "capture", &json!({"amount": "7.01"})).await;
    too_much.refused(422, "capture_exceeds_payment", "/amount");
    for amount in ["0", "-1", "0.001"] {
        let unfit = act(bank, &id, "capture", &json!({"amount": amount})).await;
        unfit.refused(422, "invalid_amount", "/amount");
    }
    assert_eq!(figures(bank, &alice).await, ["10.00", "7.00", "3.00"]);
    act(bank, &id, "capture", &json!({"amount": "4.50"}))
        .await
        .json(200);
    assert_eq!(figures(bank, &alice).await, ["5.50", "0.00", "5.50"]);
    let cancelled = id_of(&paid(bank, "q", &payment_with(&alice, &bob, "5", "capture")).await);
    let reason = json!({"reason": "out of stock"});
    let given_up = act(bank, &cancelled, "cancel", &reason).await.json(200);
    assert_eq!(given_up["status"], "cancelled");
    assert_eq!(figures(bank, &alice).await, ["5.50", "0.00", "5.50"]);
    let events = bank.get(&format!("{PAYMENTS}/{cancelled}/events?limit=1")).await;
    assert_eq!(events.json(200)["items"][0]["reason"], "out of stock");
    bank.verify().await;
}

/// A payment of which one step is taken only when it is asked for.
fn payment_with(from: &str, to: &str, amount: &str, manual: &str) -> Value {
    let mut body = payment(from, to, amount);
    body[manual] = json!("manual");
    body
}

async fn a_payment_waits_to_be_authorized(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut two_steps = payment_with(&alice, &bob, "4", "authorization");
    let at_once = id_of(&paid(bank, "p", &two_steps).await);
    two_steps["capture"] = json!("manual");
    let later = id_of(&paid(bank, "q", &two_steps).await);
    assert_eq!(figures(bank, &alice).await, ["10.00", "0.00", "10.00"]);
    for (id, status) in [(&at_once, "captured"), (&later, "authorized")] {
        let done = act(bank, id, "authorize", &Value::Null).await.json(200);
        assert_eq!(done["status"], status);
    }
    assert_eq!(figures(bank, &alice).await, ["6.00", "4.00", "2.00"]);
    let too_much = id_of(&paid(bank, "r", &payment_with(&alice, &bob, "4", "authorization")).await);
    let declined = act(bank, &too_much, "authorize", &Value::Null).await.json(200);
    assert_eq!(declined["status"], "declined");
    assert_eq!(declined["error"]["code"], "insufficient_funds");
    bank.verify().await;
}

async fn nobody_else_settles_the_hold_of_a_payment(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = id_of(&paid(bank, "p", &payment_with(&alice, &bob, "7", "capture")).await);
    let stored = bank.store.find_payment(id.parse().unwrap()).await.unwrap();
    let hold = format!("/api/v1/holds/{}", stored.unwrap().hold_id.unwrap());
    for refused in [
        bank.get(&hold).await,
        bank.post(&format!("{hold}/capture"), &Value::Null).await,
        bank.post(&format!("{hold}/release"), &Value::Null).await,
    ] {
        assert_eq!(refused.problem(404).0, "hold_not_found");
    }
    act(bank, &id, "capture", &Value::Null).await.json(200);
    bank.verify().await;
}

/// A decline is an answer: stored, and the same under its key ever after.
async fn what_the_ledger_refuses_is_declined(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    for (key, manual) in [("p", "authorization"), ("q", "capture")] {
        // One of the two is not declined but waits: it has not been authorized.
        let body = payment_with(&alice, &bob, "10.01", manual);
        let status = if manual == "capture" {
            "declined"
        } else {
            "pending"
        };
        assert_eq!(paid(bank, key, &body).await["status"], status);
    }
    let body = payment(&alice, &bob, "10.01");
    let declined = paid(bank, "d", &body).await;
    let id = id_of(&declined);
    assert_eq!(
        (&declined["status"], &declined["captured_amount"]),
        (&json!("declined"), &json!("0.00"))
    );
    let error = &declined["error"];
    assert_eq!(error["code"], "insufficient_funds");
    assert!(error["detail"].as_str().unwrap().contains("10.01"), "{error}");
    let history = history(bank, &id).await;
    assert_eq!(states(&history), ["pending", "declined"]);
    bank.clock.advance(SignedDuration::from_hours(48));
    let forgotten = bank.store.forget_answers(bank.clock.now(), 100).await;
    assert!(forgotten.unwrap() > 0);
    let again = pay(bank, "d", &body).await;
    assert!(again.is_replayed());
    assert_eq!(again.json(201), declined);
    let frozen = format!("/api/v1/accounts/{alice}/freeze");
    bank.post(&frozen, &Value::Null).await.json(200);
    let refused = paid(bank, "f", &payment(&alice, &bob, "1")).await;
    assert_eq!(refused["error"]["code"], "account_frozen");
    assert_eq!(bank.balance(&bob).await, "0.00");
    bank.verify().await;
}

async fn a_payment_is_refunded_in_parts(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = id_of(&paid(bank, "p", &payment(&alice, &bob, "7")).await);
    let refund = |key: &'static str, body: Value| {
        let path = format!("{PAYMENTS}/{id}/refund");
        async move { bank.post_as(key, &path, &body).await }
    };
    refund("a", json!({"amount": "7.01"}))
        .await
        .refused(422, "refund_exceeds_capture", "/amount");
    let part = refund("b", json!({"amount": "2.50", "reason": "broken"}))
        .await
        .json(200);
    assert_eq!(
        (&part["status"], &part["refunded_amount"]),
        (&json!("partially_refunded"), &json!("2.50"))
    );
    refund("c", json!({"amount": "4.51"}))
        .await
        .refused(422, "refund_exceeds_capture", "/amount");
    let again = refund("b", json!({"amount": "2.50", "reason": "broken"})).await;
    assert!(again.is_replayed());
    let all = refund("d", Value::Null).await.json(200);
    assert_eq!(
        (&all["status"], &all["refunded_amount"]),
        (&json!("refunded"), &json!("7.00"))
    );
    let nothing_left = refund("e", Value::Null).await;
    assert_eq!(nothing_left.problem(409).0, "invalid_state_transition");
    assert_eq!(
        (bank.balance(&alice).await, bank.balance(&bob).await),
        ("10.00".into(), "0.00".into())
    );
    assert_eq!(
        history(bank, &id).await[2..],
        [
            ("partially_refunded".to_owned(), json!("2.50")),
            ("refunded".to_owned(), json!("4.50"))
        ]
    );
    let path = format!("{PAYMENTS}/{id}/refund");
    bank.post(&path, &Value::Null)
        .await
        .refused(400, "idempotency_key_missing", "Idempotency-Key");
    bank.verify().await;
}

async fn a_refund_that_the_ledger_refuses_changes_nothing(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let before = paid(bank, "p", &payment(&alice, &bob, "7")).await;
    let id = id_of(&before);
    bank.transfer("t", &bob, &alice, "6.50").await.json(201);
    let path = format!("{PAYMENTS}/{id}/refund");
    let refused = bank.post_as("r", &path, &json!({"amount": "0.51"})).await;
    refused.refused(422, "insufficient_funds", "/amount");
    assert_eq!(bank.get(&format!("{PAYMENTS}/{id}")).await.json(200), before);
    assert_eq!(history(bank, &id).await.len(), 2);
    let bobs = format!("/api/v1/accounts/{bob}");
    bank.post(&format!("{bobs}/freeze"), &Value::Null).await.json(200);
    let refused = bank.post_as("f", &path, &Value::Null).await;
    assert_eq!(refused.problem(422), ("account_frozen".to_owned(), vec![]));
    bank.post(&format!("{bobs}/unfreeze"), &Value::Null)
        .await
        .json(200);
    bank.post_as("s", &path, &json!({"amount": "0.50"}))
        .await
        .json(200);
    bank.verify().await;
}

/// The race: each finds enough left to refund.
async fn fifty_refunds_at_once_never_exceed_the_capture(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let id = id_of(&paid(bank, "p", &payment(&alice, &bob, "7")).await);
    let other = bank.another();
    let mut requests = JoinSet::new();
    for number in 0..50 {
        let processes = [&bank.endpoint, &other.0];
        let endpoint = Arc::clone(processes[number % 2]);
        let (key, path) = (format!("r{number}"), format!("{PAYMENTS}/{id}/refund"));
        requests.spawn(async move {
            let key = [("Idempotency-Key", key.as_str())];
            let body = json!({"amount": "0.30"});
            send(&endpoint, Method::POST, &path, &key, &body).await
        });
    }
    let replies = requests.join_all().await;
    // 23 times 0.30 are 6.90; 0.10 is left.
    let done = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(done, 23);
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        refused.refused(422, "refund_exceeds_capture", "/amount");
    }
    let refunded = bank.get(&format!("{PAYMENTS}/{id}")).await.json(200);
    assert_eq!(refunded["refunded_amount"], "6.90");
    assert_eq!(
        (bank.balance(&alice).await, bank.balance(&bob).await),
        ("9.90".into(), "0.10".into())
    );
    bank.verify().await;
}

async fn fifty_equal_requests_are_one_payment(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let other = bank.another();
    let mut requests = JoinSet::new();
    for number in 0..50 {
        let processes = [&bank.endpoint, &other.0];
        let (endpoint, body) = (Arc::clone(processes[number % 2]), payment(&alice, &bob, "7"));
        requests.spawn(async move {
            let key = [("Idempotency-Key", "p")];
            send(&endpoint, Method::POST, PAYMENTS, &key, &body).await
        });
    }
    let replies = requests.join_all().await;
    let first = replies[0].json(201);
    assert!(replies.iter().all(|reply| reply.json(201) == first));
    assert_eq!(replies.iter().filter(|reply| !reply.is_replayed()).count(), 1);
    assert_eq!(bank.balance(&bob).await, "7.00");
    bank.verify().await;
}

/// Long after its answer is forgotten, a request under its key does nothing, and is answered by the payment as it is now.
async fn a_key_is_good_for_ever(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let body = payment(&alice, &bob, "7");
    let id = id_of(&paid(bank, "p", &body).await);
    let (path, part) = (format!("{PAYMENTS}/{id}/refund"), json!({"amount": "2"}));
    let refunded = bank.post_as("r", &path, &part).await.json(200);
    bank.clock.advance(SignedDuration::from_hours(48));
    assert!(bank.store.forget_answers(bank.clock.now(), 100).await.unwrap() > 0);
    let again = pay(bank, "p", &body).await;
    assert!(again.is_replayed());
    assert_eq!(again.json(201), refunded);
    let again = bank.post_as("r", &path, &part).await;
    assert!(again.is_replayed());
    assert_eq!(again.json(200), refunded);
    for other in [
        pay(bank, "p", &payment(&alice, &bob, "8")).await,
        bank.post_as("r", &path, &json!({"amount": "1"})).await,
    ] {
        other.refused(422, "idempotency_key_reused", "Idempotency-Key");
    }
    assert_eq!(bank.balance(&bob).await, "5.00");
    bank.verify().await;
}

async fn each_refusal_has_its_code_and_makes_no_payment(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let euros = bank.account_in("euros", "EUR", "5").await;
    let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
    let with = |member: &str, value: Value| {
        let mut body = payment(&alice, &bob, "1");
        body[member] = value;
        body
    };
    let to = "/destination_account_id";
    let cases = [
        (
            with("payment_type", json!("external")),
            422,
            "provider_not_available",
            "/payment_type",
        ),
        (
            with("provider", json!("acme")),
            422,
            "invalid_payment",
            "/provider",
        ),
        (
            with("destination_account_id", Value::Null),
            422,
            "invalid_payment",
            to,
        ),
        (payment(&alice, &alice, "1"), 422, "same_account", to),
        (
            payment(nobody, &bob, "1"),
            404,
            "account_not_found",
            "/source_account_id",
        ),
        (payment(&alice, nobody, "1"), 404, "account_not_found", to),
        (
            payment(&alice, &euros, "1"),
            422,
            "currency_mismatch",
            "/currency",
        ),
        (payment(&alice, &bob, "0"), 422, "invalid_amount", "/amount"),
        (payment(&alice, &bob, "0.001"), 422, "invalid_amount", "/amount"),
        (
            with("currency", json!("XXQ")),
            422,
            "invalid_currency",
            "/currency",
        ),
        (
            with("description", json!("a\nb")),
            422,
            "invalid_text",
            "/description",
        ),
        (with("note", json!("x")), 400, "invalid_request", "/note"),
        (
            with("capture", json!("later")),
            400,
            "invalid_request",
            "/capture",
        ),
    ];
    for (number, (body, status, code, pointer)) in cases.into_iter().enumerate() {
        let reply = pay(bank, &format!("p{number}"), &body).await;
        reply.refused(status, code, pointer);
    }
    let mut named = with("payment_type", json!("external"));
    named["provider"] = json!("acme");
    pay(bank, "named", &named)
        .await
        .refused(422, "provider_not_available", "/provider");
    let listed = bank.get(PAYMENTS).await.json(200);
    assert_eq!(listed["items"], json!([]));
    assert_eq!(bank.balance(&alice).await, "10.00");
}

async fn payments_are_listed(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let carol = bank.account("carol", "5").await;
    let mut ids = Vec::new();
    for (number, (from, to, amount)) in [
        (&alice, &bob, "1"),
        (&alice, &carol, "99"),
        (&carol, &alice, "2"),
        (&carol, &bob, "1"),
    ]
    .into_iter()
    .enumerate()
    {
        bank.clock.advance(SignedDuration::from_secs(1));
        let paid = paid(bank, &format!("p{number}"), &payment(from, to, amount)).await;
        ids.push(id_of(&paid));
    }
    let cases: [(String, &[usize]); 6] = [
        (format!("company_id={COMPANY}"), &[3, 2, 1, 0]),
        (format!("account_id={alice}"), &[2, 1, 0]),
        (format!("company_id={COMPANY}&status=declined"), &[1]),
        (
            "from=2026-01-01T00:00:05Z&to=2026-01-01T00:00:07Z".to_owned(),
            &[2, 1],
        ),
        ("provider=acme".to_owned(), &[]),
        (format!("account_id={carol}&status=captured"), &[3, 2]),
    ];
    for (query, places) in cases {
        let expected: Vec<&String> = places.iter().map(|place| &ids[*place]).collect();
        let mut found = Vec::new();
        let mut path = format!("{PAYMENTS}?{query}&limit=2");
        loop {
            let page = bank.get(&path).await.json(200);
            found.extend(page["items"].as_array().unwrap().iter().map(id_of));
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("{PAYMENTS}?{query}&limit=2&cursor={cursor}");
        }
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    assert_eq!(bank.get(&format!("{PAYMENTS}?status=gone")).await.status, 400);
}

/// From the bank to a customer who is owed it: captured at once or later, it moves the same.
async fn a_payment_takes_from_its_source_whatever_its_kind(bank: &Bank) {
    let bank_account = json!({
        "company_id": COMPANY, "code": "bank", "currency": "BRL", "kind": "asset", "initial_balance": "10",
    });
    let opened = bank.post("/api/v1/accounts", &bank_account).await.json(201);
    let (cash, owed) = (id_of(&opened), bank.account("alice", "9").await);
    let at_once = id_of(&paid(bank, "p", &payment(&cash, &owed, "3")).await);
    assert_eq!(
        (bank.balance(&cash).await, bank.balance(&owed).await),
        ("7.00".into(), "6.00".into())
    );
    let later = id_of(&paid(bank, "q", &payment_with(&cash, &owed, "3", "capture")).await);
    act(bank, &later, "capture", &Value::Null).await.json(200);
    assert_eq!(
        (bank.balance(&cash).await, bank.balance(&owed).await),
        ("4.00".into(), "3.00".into())
    );
    for id in [at_once, later] {
        let path = format!("{PAYMENTS}/{id}/refund");
        bank.post_as(&id, &path, &Value::Null).await.json(200);
    }
    assert_eq!(
        (bank.balance(&cash).await, bank.balance(&owed).await),
        ("10.00".into(), "9.00".into())
    );
    bank.verify().await;
}

async fn nobody_changes_what_is_not_there(bank: &Bank) {
    let nothing = "01890a5d-ac96-774b-bcce-b302099a8057";
    let mut refused = vec![
        bank.get(&format!("{PAYMENTS}/{nothing}")).await,
        bank.get(&format!("{PAYMENTS}/{nothing}/events")).await,
    ];
    for action in ["authorize", "capture", "refund", "cancel"] {
        refused.push(act(bank, nothing, action, &Value::Null).await);
    }
    for refused in refused {
        assert_eq!(refused.problem(404).0, "payment_not_found");
    }
}
