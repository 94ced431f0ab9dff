//! Statistics.

use std::sync::Arc;

use async_trait::async_trait;
use composer_api::{QueueDepth, QueueFigures};
use serde_json::{Value, json};
use store::{
    RunStatus,
    conformance::{Payment, at},
};

use crate::{
    dead_letters::letter,
    support::{COMPANY, Composer, company_id, members},
};

/// A run that was accepted so long after the beginning of the tests' time.
fn accepted(at_ms: i64, takes_ms: i64, status: RunStatus) -> Payment {
    let mut payment = Payment::new(company_id(), &format!("e{at_ms}"));
    payment.claim.accepted_at = at(at_ms);
    payment.finished_at = Some(at(at_ms + takes_ms));
    payment.status = status;
    payment
}

#[tokio::test]
async fn steps_count_what_happened_in_them() {
    let composer = Composer::new();
    let failed = accepted(1_500, 40, RunStatus::Failed);
    composer
        .pay([
            accepted(100, 7, RunStatus::Succeeded),
            accepted(200, 9, RunStatus::Succeeded),
            failed,
        ])
        .await;
    let range = "from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:03Z";
    let report = composer
        .get(&format!("/stats?company_id={COMPANY}&{range}&step=1"))
        .await
        .json();
    assert_eq!(
        members(&report),
        [
            "from",
            "to",
            "step_s",
            "steps",
            "total",
            "queue",
            "outbox",
            "dead_letters"
        ]
    );
    assert_eq!(
        (&report["queue"], &report["outbox"]),
        (&Value::Null, &Value::Null)
    );
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 3);
    assert_eq!(members(&steps[0]), ["at", "runs", "latency_ms", "amounts"]);
    assert_eq!(steps[0]["runs"].to_string(), r#"{"succeeded":2}"#);
    assert_eq!(steps[0]["latency_ms"].to_string(), r#"{"p50":7,"p90":9,"p99":9}"#);
    assert_eq!(
        steps[0]["amounts"].to_string(),
        r#"[{"currency":"BRL","posted":"2.00","transactions":2}]"#
    );
    assert_eq!(
        (&steps[1]["at"], steps[1]["runs"].to_string()),
        (&json!("2026-01-01T00:00:01Z"), r#"{"failed":1}"#.into())
    );
    assert_eq!(
        (&steps[2]["latency_ms"], &steps[2]["amounts"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(
        report["total"]["runs"].to_string(),
        r#"{"failed":1,"succeeded":2}"#
    );
}

#[tokio::test]
async fn unless_said_it_is_the_last_hour() {
    let composer = Composer::new();
    composer.pay([accepted(0, 1, RunStatus::Succeeded)]).await;
    let report = composer.get("/stats").await.json();
    assert_eq!(
        (&report["from"], &report["to"]),
        (&json!("2025-12-31T23:00:03Z"), &json!("2026-01-01T00:00:03Z"))
    );
    assert_eq!(report["step_s"].to_string(), "30");
    assert_eq!(report["steps"].as_array().unwrap().len(), 120);
    assert_eq!(report["total"]["runs"].to_string(), r#"{"succeeded":1}"#);
}

#[tokio::test]
async fn a_range_that_makes_no_sense_is_refused() {
    let composer = Composer::new();
    for (query, name) in [
        ("from=yesterday", "from"),
        ("to=2026-01-01", "to"),
        ("from=2026-01-01T00:00:03Z", "from"),
        ("step=0", "step"),
        ("step=3", "step"),
        ("step=-1", "step"),
        ("step=1.5", "step"),
        ("company_id=mine", "company_id"),
    ] {
        let refused = composer.get(&format!("/stats?{query}")).await;
        assert_eq!(
            refused.faults(400, "invalid_parameter"),
            [format!("{name} invalid")],
            "{query}"
        );
    }
}

struct Queue(Result<QueueFigures, String>);

#[async_trait]
impl QueueDepth for Queue {
    async fn depth(&self) -> Result<QueueFigures, String> {
        self.0.clone()
    }
}

#[tokio::test]
async fn the_queue_says_how_full_it_is() {
    let figures = QueueFigures {
        ready: 5,
        in_flight: 2,
        oldest_age_ms: Some(7),
    };
    for (depth, shown) in [
        (Ok(figures), r#"{"ready":5,"in_flight":2,"oldest_age_ms":7}"#),
        (Err("away".to_owned()), "null"),
    ] {
        let composer = Composer::with(|deps| deps.queue_depth = Some(Arc::new(Queue(depth))));
        assert_eq!(composer.get("/stats").await.json()["queue"].to_string(), shown);
    }
}

#[tokio::test]
async fn where_events_are_sent_it_says_how_far_that_lags() {
    let composer = Composer::with(|deps| deps.relays_events = true);
    let outbox = async |query: &str| {
        let report = composer.get(&format!("/stats{query}")).await.json();
        report["outbox"].to_string()
    };
    assert_eq!(outbox("").await, r#"{"unsent":0,"oldest_age_ms":null}"#);
    composer.pay([accepted(0, 1, RunStatus::Succeeded)]).await;
    // The event was made 5 ms after the beginning of the tests' time, and the clock stands 3 s after it.
    let waiting = r#"{"unsent":1,"oldest_age_ms":2995}"#;
    assert_eq!(outbox("").await, waiting);
    assert_eq!(outbox(&format!("?company_id={COMPANY}")).await, waiting);
    let nobody = format!("?company_id={}", store::conformance::id());
    assert_eq!(outbox(&nobody).await, r#"{"unsent":0,"oldest_age_ms":null}"#);
}

#[tokio::test]
async fn dead_letters_are_counted_until_they_go_back() {
    let composer = Composer::new();
    let dead_letters = async |query: &str| {
        let report = composer.get(&format!("/stats{query}")).await.json();
        report["dead_letters"].to_string()
    };
    assert_eq!(dead_letters("").await, "0");
    let letters = [Some(company_id()), None].map(|owner| letter(owner, b"{}"));
    for letter in &letters {
        composer.store.keep_dead_letter(letter.clone()).await.unwrap();
    }
    assert_eq!(dead_letters("").await, "2");
    assert_eq!(dead_letters(&format!("?company_id={COMPANY}")).await, "1");
    composer.store.mark_requeued(letters[0].id).await.unwrap();
    assert_eq!(dead_letters(&format!("?company_id={COMPANY}")).await, "0");
}
