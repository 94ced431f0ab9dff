//! Which rules an event is for, and what becomes of it where there is none.

use queue::{ACCEPTED_CONTENT_TYPE, ACCEPTED_KIND, partition_of};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::support::rules::{always, company, rule, rule_id, when};
use crate::support::{ANA, FakeRules, World, event, now};

const BIA: Uuid = Uuid::from_u128(0xb);

#[tokio::test]
async fn an_accepted_event_is_in_the_queue_with_everything_pinned() {
    let world = World::with_rules(FakeRules::with(ANA, &[always("one", 3), always("two", 7)])).await;
    let text = event(ANA, "e-1", r#", "total": 120.00, "n":1e400 "#);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let headers = [
        ("content-type", "application/json"),
        ("x-correlation-id", "c-1"),
        ("traceparent", trace),
    ];
    let answer = world
        .pay_with(&headers, format!("\r\n {text}\n"))
        .await
        .accepted("enqueued");
    let expected = json!({
        "event_id": "e-1",
        "status": "enqueued",
        "rules": [{"rule_id": rule_id("one"), "version": 3}, {"rule_id": rule_id("two"), "version": 7}],
        "correlation_id": "c-1",
    });
    assert_eq!(answer.to_string(), expected.to_string());

    let deliveries = world.deliveries().await;
    let [accepted] = &world.events().await[..] else {
        panic!("one message is there")
    };
    assert_eq!(accepted.event, text.as_bytes());
    assert_eq!(accepted.body_sha256, <[u8; 32]>::from(Sha256::digest(&text)));
    assert_eq!(accepted.company, company(ANA));
    assert_eq!((&*accepted.event_id, accepted.accepted_at), ("e-1", now()));
    assert_eq!(
        (&*accepted.correlation_id, accepted.traceparent.as_deref()),
        ("c-1", Some(trace))
    );
    let runs: Vec<_> = accepted
        .runs
        .iter()
        .map(|run| (run.rule_id, &*run.rule_name, run.version))
        .collect();
    assert_eq!(runs, [(rule_id("one"), "one", 3), (rule_id("two"), "two", 7)]);
    assert_ne!(accepted.runs[0].run_id, accepted.runs[1].run_id);

    let message = &deliveries[0].message;
    assert_eq!((message.id, message.company_id), (accepted.id, ANA));
    assert_eq!(
        (&*message.kind, &*message.content_type),
        (ACCEPTED_KIND, ACCEPTED_CONTENT_TYPE)
    );
    assert_eq!(message.partition, partition_of(ANA.as_bytes()));
    assert_eq!(
        (&*message.correlation_id, message.traceparent.as_deref()),
        ("c-1", Some(trace))
    );
}

#[tokio::test]
async fn only_the_rules_that_an_event_is_for_run() {
    let rules = [
        when("large", "$context.event.total", "gt", &json!(100)),
        when("ours", "$context.company.plan", "eq", &json!("pro")),
        when("theirs", "$context.company.plan", "eq", &json!("free")),
    ];
    let world = World::with_rules(FakeRules::with(ANA, &rules)).await;
    let names = async |event_id: &str, total: &str| {
        let text = event(ANA, event_id, &format!(r#","total":{total}"#));
        let answer = world.pay(text).await.accepted("enqueued");
        let rules = answer["rules"].as_array().unwrap().clone();
        rules
            .iter()
            .map(|rule| rule["rule_id"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(
        names("e-1", "120.00").await,
        [json!(rule_id("large")), json!(rule_id("ours"))]
    );
    assert_eq!(names("e-2", "99").await, [json!(rule_id("ours"))]);
    // What cannot be compared starts its run, so that the error is seen.
    assert_eq!(
        names("e-3", r#""abc""#).await,
        [json!(rule_id("large")), json!(rule_id("ours"))]
    );
    assert_eq!(world.events().await.len(), 3);
}

#[tokio::test]
async fn an_event_that_no_rule_is_for_is_ignored() {
    let never = when("never", "$context.event.kind", "eq", &json!("refund"));
    let world = World::with_rules(FakeRules::with(ANA, &[never])).await;
    for _ in 0..2 {
        let answer = world.pay(event(ANA, "e-1", "")).await.accepted("ignored");
        assert_eq!(answer["rules"], json!([]));
    }
    assert_eq!(world.events().await.len(), 0);
    // It was not accepted, so its id is not taken.
    world
        .pay(event(ANA, "e-1", r#","kind":"refund""#))
        .await
        .accepted("enqueued");
}

#[tokio::test]
async fn without_rules_nothing_is_accepted() {
    let broken = rule(
        "broken",
        4,
        json!({"company_id": BIA, "rules": [{"node_id": "x", "node_type": "task", "task_name": "y"}]}),
    );
    let (cut_off, unusable) = (Uuid::from_u128(0xc), Uuid::from_u128(0xd));
    let rules = FakeRules::with(BIA, &[])
        .and(unusable, &[always("good", 1), broken])
        .and_out_of_reach(cut_off);
    let world = World::with_rules(rules).await;
    world
        .pay(event(ANA, "e", ""))
        .await
        .problem(404, "unknown_company");
    world
        .pay(event(BIA, "e", ""))
        .await
        .problem(404, "no_published_rule");
    let problem = world
        .pay(event(unusable, "e", ""))
        .await
        .problem(503, "rules_unusable");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("rule `broken`, version 4"),
        "{problem}"
    );
    world
        .pay(event(cut_off, "e", ""))
        .await
        .problem(503, "rules_unavailable");
    assert_eq!(world.events().await.len(), 0);
}
