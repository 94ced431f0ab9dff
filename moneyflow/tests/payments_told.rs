//! Payments over HTTP, runs beside them, and whoever listens: what happened comes in one order, without gaps.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use serde_json::{Value, json};
use support::{COMPANY, Home, System, on_every_kind, product_rule};

on_every_kind!(what_happens_to_payments_is_told_with_what_runs_send);

const PAYMENTS: u64 = 5;

async fn post(system: &System, path: &str, key: &str, body: &Value) -> Value {
    let request = system
        .client
        .post(format!("{}/api/v1/{path}", system.payments))
        .header("content-type", "application/json")
        .header("Idempotency-Key", key)
        .header("X-Correlation-Id", key)
        .body(body.to_string());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 201);
    rules::json::parse(&response.bytes().await.unwrap()).unwrap()
}

async fn account(system: &System, code: &str) -> String {
    let account = json!({
        "company_id": COMPANY, "code": code, "currency": "BRL", "initial_balance": "100",
    });
    let opened = post(system, "accounts", code, &account).await;
    opened["id"].as_str().unwrap().to_owned()
}

/// The numbers of the events that wait in the file, in the order in which they were written.
fn outbox(home: &Home) -> Vec<u64> {
    let file = rusqlite::Connection::open(home.folder.path().join("moneyflow.db")).unwrap();
    let mut statement = file
        .prepare("SELECT number FROM outbox ORDER BY sequence")
        .unwrap();
    let numbers = statement.query_map([], |row| row.get(0)).unwrap();
    numbers.collect::<Result<_, _>>().unwrap()
}

async fn what_happens_to_payments_is_told_with_what_runs_send(home: &Home) {
    let system = System::start(home, None).await;
    let (status, _) = system
        .post("/payment-rules", &product_rule(COMPANY, "default"))
        .await;
    assert_eq!(status, 201);
    let (alice, bob) = (account(&system, "alice").await, account(&system, "bob").await);
    let listener = home.listen("#").await;
    for number in 0..PAYMENTS {
        let event = json!({"company_id": COMPANY, "event_id": format!("e-{number}"), "total": "1", "payment_type": "product"});
        assert_eq!(system.pay(&event).await.0, 200);
        let payment = json!({
            "company_id": COMPANY, "payment_type": "internal", "source_account_id": alice,
            "destination_account_id": bob, "amount": "1", "currency": "BRL",
        });
        let paid = post(&system, "payments", &format!("p-{number}"), &payment).await;
        assert_eq!(paid["status"], "captured");
    }
    system.wait_until_idle().await;
    let Some(mut listener) = listener else {
        // Nobody can listen: they wait in the outbox.
        system.stop().await;
        assert_eq!(outbox(home), (1..=PAYMENTS * 3).collect::<Vec<_>>());
        return;
    };
    let mut of_payments = Vec::new();
    for number in 1..=PAYMENTS * 3 {
        let event = listener.next().await;
        assert_eq!(event["sequence"], number.to_string(), "{event}");
        assert_eq!(event["source"], format!("/moneyflow/companies/{COMPANY}"));
        if event["type"] == "invoice.generated" {
            assert_eq!(event["subject"], event["runid"]);
            assert!(event.get("paymentid").is_none(), "{event}");
        } else {
            assert_eq!(event["subject"], event["paymentid"]);
            assert_eq!(event["subject"], event["data"]["payment"]["id"]);
            assert_eq!(event["id"], event["data"]["event"]["id"]);
            assert!(event.get("runid").is_none(), "{event}");
            of_payments.push((event["type"].clone(), event["correlationid"].clone()));
        }
    }
    let expected = (0..PAYMENTS).flat_map(|number| {
        ["payment.pending", "payment.captured"].map(|of| (json!(of), json!(format!("p-{number}"))))
    });
    assert_eq!(of_payments, expected.collect::<Vec<_>>());
    system.stop().await;
}
