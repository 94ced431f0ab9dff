//! Listing and reading runs.

use bytes::Bytes;
use serde_json::{Value, json};
use store::{
    RunStatus,
    conformance::{Payment, Transfer, at, id},
};

use crate::support::{COMPANY, Composer, company_id, members};

const LISTED: [&str; 12] = [
    "id",
    "company_id",
    "rule_id",
    "rule_name",
    "rule_version",
    "event_id",
    "status",
    "error",
    "correlation_id",
    "accepted_at",
    "started_at",
    "finished_at",
];

/// Eight runs of two companies; every other one failed.
fn payments() -> Vec<Payment> {
    let companies = [company_id(), id()];
    let payment = |number: usize| {
        let mut payment = Payment::new(companies[number % 2], &format!("e{number}"));
        payment.status = if number % 4 < 2 {
            RunStatus::Succeeded
        } else {
            RunStatus::Failed
        };
        payment
    };
    (0..8).map(payment).collect()
}

#[tokio::test]
async fn runs_are_listed_by_what_is_asked_for() {
    let composer = Composer::new();
    let payments = payments();
    composer.pay(payments.clone()).await;
    let events = async |query: &str| -> String {
        let items = composer.get(&format!("/runs{query}")).await.items();
        let names: Vec<&str> = items
            .iter()
            .map(|run| run["event_id"].as_str().unwrap())
            .collect();
        names.join(" ")
    };
    assert_eq!(events("").await, "e7 e6 e5 e4 e3 e2 e1 e0");
    assert_eq!(events(&format!("?company_id={COMPANY}")).await, "e6 e4 e2 e0");
    assert_eq!(
        events(&format!("?company_id={COMPANY}&status=failed")).await,
        "e6 e2"
    );
    assert_eq!(events("?event_id=e5").await, "e5");
    assert_eq!(events("?status=waiting").await, "");
    assert_eq!(
        events(&format!("?rule_id={}", payments[0].claim.runs[0].rule_id))
            .await
            .len(),
        23
    );
    assert_eq!(events(&format!("?rule_id={COMPANY}")).await, "");

    let (mut seen, mut path) = (Vec::new(), "/runs?limit=3".to_owned());
    loop {
        let page = composer.get(&path).await;
        seen.extend(page.items());
        let Some(cursor) = page.json()["next_cursor"].as_str().map(str::to_owned) else {
            break;
        };
        path = format!("/runs?limit=3&cursor={cursor}");
    }
    assert_eq!(seen.len(), 8);
    assert_eq!(members(&seen[0]), LISTED);
}

#[tokio::test]
async fn a_run_is_read_with_all_that_belongs_to_it() {
    let composer = Composer::new();
    let mut payment = Payment::new(company_id(), "e1");
    let event = r#"{ "total" : 1.50e2, "name":"é", "$serde_json::private::Number": "7" }"#;
    payment.claim.body = Bytes::from_static(event.as_bytes());
    payment
        .transfers
        .push(Transfer::new(company_id(), "bank", "receivables", 6_001));
    payment.status = RunStatus::Failed;
    composer.pay([payment.clone()]).await;

    let read = composer.get(&format!("/runs/{}", payment.run_id())).await;
    assert!(
        read.text().contains(&format!("\"event\":{event}")),
        "the event is as it came: {}",
        read.text()
    );
    assert!(
        read.text()
            .contains(&format!("\"nodes\":{}", payment.run().nodes)),
        "{}",
        read.text()
    );
    let run = read.json();
    assert_eq!(members(&run)[..12], LISTED);
    assert_eq!(members(&run)[12..], ["event", "nodes", "transactions", "events"]);
    assert_eq!(
        (&run["status"], &run["rule_name"]),
        (&json!("failed"), &json!("default"))
    );
    assert_eq!(
        run["error"],
        json!({"code": "insufficient_funds", "message": "there is too little", "node_id": "post"})
    );

    let transactions = run["transactions"].as_array().unwrap();
    assert_eq!(transactions.len(), 2);
    let expected = [
        "id",
        "company_id",
        "reference",
        "run_id",
        "node_id",
        "description",
        "metadata",
        "reverses",
        "entries",
        "created_at",
    ];
    assert_eq!(members(&transactions[1]), expected);
    assert_eq!(transactions[1]["metadata"], json!({"order": "42"}));
    let entry = &transactions[1]["entries"][0];
    assert_eq!(
        (&entry["account"], &entry["direction"]),
        (&json!("bank"), &json!("debit"))
    );
    assert_eq!(
        (&entry["amount"], &entry["currency"]),
        (&json!("60.01"), &json!("BRL"))
    );
    assert_eq!(
        members(&run["events"][0]),
        ["id", "number", "type", "data", "node_id", "created_at"]
    );
    assert_eq!(run["events"][0]["type"], "invoice.generated");
}

#[tokio::test]
async fn what_did_not_run_is_not_found() {
    let composer = Composer::new();
    composer
        .get(&format!("/runs/{COMPANY}"))
        .await
        .problem(404, "unknown_run");
    composer.get("/runs/7").await.problem(400, "invalid_parameter");
    assert_eq!(
        composer.get("/runs").await.json(),
        json!({"items": [], "next_cursor": Value::Null})
    );
}

#[tokio::test]
async fn runs_of_a_stretch_of_time_are_listed_by_acceptance() {
    let composer = Composer::new();
    let accepted = |event_id: &str, second: i64| {
        let mut payment = Payment::new(company_id(), event_id);
        payment.claim.accepted_at = at(second * 1_000);
        payment
    };
    composer
        .pay([
            accepted("e3", 3),
            accepted("e1", 1),
            accepted("e4", 4),
            accepted("e2", 2),
        ])
        .await;
    let events = async |query: &str| -> Vec<String> {
        let items = composer.get(&format!("/runs?{query}")).await.items();
        let names = items
            .iter()
            .map(|run| run["event_id"].as_str().unwrap().to_owned());
        names.collect()
    };
    let (second, fourth) = ("2026-01-01T00:00:02Z", "2026-01-01T00:00:04Z");
    assert_eq!(events("").await, ["e2", "e4", "e1", "e3"], "as they were stored");
    assert_eq!(events(&format!("from={second}")).await, ["e4", "e3", "e2"]);
    assert_eq!(events(&format!("from={second}&to={fourth}")).await, ["e3", "e2"]);
    let of_company = format!("company_id={COMPANY}&to={fourth}");
    assert_eq!(events(&of_company).await, ["e3", "e2", "e1"]);
    let page = composer.get(&format!("/runs?{of_company}&limit=2")).await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(
        events(&format!("{of_company}&limit=2&cursor={cursor}")).await,
        ["e1"]
    );
    let refused = composer.get("/runs?from=yesterday").await;
    assert_eq!(refused.faults(400, "invalid_parameter"), ["from invalid"]);
}
