//! Many events in one request.

use queue::embedded::EmbeddedOptions;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gate::{FirstFails, Picky};
use crate::support::rules::always;
use crate::support::{ANA, FakeRules, Setup, World, event};

const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

/// What matters of an answer: the line's number, its status, and the problem's code.
fn outcome(answer: &Value) -> (u64, String) {
    let member = if answer["status"] == "rejected" {
        &answer["problem"]["code"]
    } else {
        &answer["status"]
    };
    (
        answer["line"].as_u64().unwrap(),
        member.as_str().unwrap().to_owned(),
    )
}

fn expected(outcomes: &[(u64, &str)]) -> Vec<(u64, String)> {
    outcomes
        .iter()
        .map(|(line, outcome)| (*line, (*outcome).to_owned()))
        .collect()
}

#[tokio::test]
async fn every_line_is_answered_like_a_request_and_in_order() {
    let world = World::new().await;
    let large = event(ANA, "l", &format!(r#","pad":"{}""#, "x".repeat(1 << 20)));
    let lines = [
        event(ANA, "e-1", ""),
        String::new(),
        event(ANA, "e-1", ""),
        event(ANA, "e-1", r#","total":1"#),
        "{".to_owned(),
        format!("  {}\r", event(ANA, "e-2", "")),
        event(Uuid::nil(), "e-3", ""),
        large,
        "[]".to_owned(),
        "{}".to_owned(),
        format!(r#"{{"company_id":"{ANA}"}}"#),
    ];
    let answers = world.batch(lines.join("\n")).await;
    let outcomes: Vec<_> = answers.iter().map(outcome).collect();
    let wanted = [
        (1, "enqueued"),
        (3, "duplicate"),
        (4, "event_id_reused"),
        (5, "malformed_json"),
        (6, "enqueued"),
        (7, "unknown_company"),
        (8, "body_too_large"),
        (9, "invalid_request"),
        (10, "invalid_event"),
        (11, "enqueued"),
    ];
    assert_eq!(outcomes, expected(&wanted));
    assert_eq!(answers[0]["rules"], answers[1]["rules"]);
    assert_eq!(answers[3]["problem"]["status"], json!(400));
    assert!(answers[3]["correlation_id"].is_string());
    assert!(answers[9]["warning"].is_string());
    assert_eq!(world.events().await.len(), 3);
    // What a batch brought is known to a request.
    world.pay(event(ANA, "e-2", "")).await.accepted("duplicate");
}

#[tokio::test]
async fn a_company_s_events_are_stored_in_the_order_of_their_lines() {
    let others: Vec<Uuid> = (1..8).map(Uuid::from_u128).collect();
    let rules = others.iter().fold(FakeRules::default(), |rules, company| {
        rules.and(*company, &[always("r", 1)])
    });
    let world = World::with_rules(rules).await;
    let lines: Vec<String> = (0..2_000)
        .map(|n| event(others[n % others.len()], &n.to_string(), ""))
        .collect();
    let answers = world.batch(lines.join("\n")).await;
    assert!(answers.iter().all(|answer| answer["status"] == "enqueued"));
    let events = world.events().await;
    assert_eq!(events.len(), 2_000);
    for company in others {
        let of_company = events.iter().filter(|event| event.company.company_id == company);
        let order: Vec<usize> = of_company.map(|event| event.event_id.parse().unwrap()).collect();
        assert!(order.is_sorted(), "{order:?}");
    }
}

#[tokio::test]
async fn lines_of_one_id_behave_as_if_sent_one_after_the_other() {
    let world = World::of(FirstFails::setup()).await;
    let lines = ["0", "1", "1", "2"].map(|total| event(ANA, "e-1", &format!(r#","total":{total}"#)));
    let answers = world.batch(lines.join("\n")).await;
    let outcomes: Vec<_> = answers.iter().map(outcome).collect();
    let wanted = [
        (1, "queue_unavailable"),
        (2, "enqueued"),
        (3, "duplicate"),
        (4, "event_id_reused"),
    ];
    assert_eq!(outcomes, expected(&wanted));
    assert_eq!(answers[0]["retry_after_s"], json!(1));
}

#[tokio::test]
async fn a_queue_that_fills_up_rejects_the_lines_that_it_does_not_take() {
    let queue = EmbeddedOptions {
        max_messages: 2,
        ..EmbeddedOptions::default()
    };
    let world = World::of(Setup {
        queue,
        ..Setup::default()
    })
    .await;
    let lines: Vec<String> = (0..4).map(|n| event(ANA, &n.to_string(), "")).collect();
    let answers = world.batch(lines.join("\n")).await;
    let outcomes: Vec<_> = answers.iter().map(outcome).collect();
    let wanted = [
        (1, "enqueued"),
        (2, "enqueued"),
        (3, "queue_full"),
        (4, "queue_full"),
    ];
    assert_eq!(outcomes, expected(&wanted));
}

#[tokio::test]
async fn a_line_that_the_queue_refuses_says_so_and_keeps_no_other_out() {
    let world = World::of(Picky::setup()).await;
    let ids = ["e-1", "full-1", "e-2", "lost-1", "full-2", "e-3"];
    let lines: Vec<String> = ids.iter().map(|id| event(ANA, id, "")).collect();
    let answers = world.batch(lines.join("\n")).await;
    let outcomes: Vec<_> = answers.iter().map(outcome).collect();
    let wanted = [
        (1, "enqueued"),
        (2, "queue_full"),
        (3, "enqueued"),
        (4, "queue_unavailable"),
        (5, "queue_full"),
        (6, "enqueued"),
    ];
    assert_eq!(outcomes, expected(&wanted));
    assert_eq!(answers[1]["retry_after_s"], json!(3));
    assert_eq!(answers[3]["retry_after_s"], json!(1));
    assert_eq!(answers[1]["problem"]["status"], json!(503));

    // What was refused is not remembered: sent again, as it was, it is stored, and the rest is known.
    let again = world.batch(lines.join("\n")).await;
    let outcomes: Vec<_> = again.iter().map(|answer| outcome(answer).1).collect();
    let wanted = [
        "duplicate",
        "enqueued",
        "duplicate",
        "enqueued",
        "enqueued",
        "duplicate",
    ];
    assert_eq!(outcomes, wanted);
    assert_eq!(world.events().await.len(), ids.len());
}

#[tokio::test]
async fn a_batch_is_bounded_and_of_the_right_kind() {
    let world = World::new().await;
    let post =
        async |headers: &[(&str, &str)], body: String| world.post("/payments/batch", headers, body).await;
    post(&[NDJSON], "x".repeat((8 << 20) + 1))
        .await
        .problem(413, "body_too_large");
    post(&[NDJSON], "{}\n".repeat(10_001))
        .await
        .problem(422, "too_many_lines");
    post(&[NDJSON], " \n\n".to_owned())
        .await
        .problem(400, "empty_batch");
    post(&[("content-type", "text/csv")], event(ANA, "e", ""))
        .await
        .problem(415, "unsupported_media_type");
    let reply = post(&[("content-type", "application/json")], event(ANA, "e", "")).await;
    assert_eq!(reply.json()["status"], "enqueued");
}
