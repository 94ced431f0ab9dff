//! The system as its users see it: over HTTP, in a process of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use serde_json::{Value, json};
use support::{COMPANY, Home, System, on_every_kind, product_rule};

on_every_kind!(
    a_rule_is_uploaded_an_event_arrives_and_the_ledger_holds_the_result,
    a_publish_is_seen_within_a_second_and_changes_nothing_in_flight,
    odd_events_are_carried_and_odd_amounts_fail_their_nodes,
    the_data_is_there_after_a_restart,
    outputs_wrapped_in_outputs_and_copies_of_copies_end_their_run_and_nothing_else,
    a_node_that_posted_nothing_undoes_nothing,
    an_expired_hold_is_not_captured_and_nodes_names_are_their_own,
);

/// The user's own document: two edges name a node that does not exist.
fn broken_rule() -> String {
    product_rule(COMPANY, "default")
        .to_string()
        .replacen(
            "\"node_id\":\"condition-1\",\"state\":\"failure\"",
            "\"node_id\":\"conditional-1\",\"state\":\"failure\"",
            1,
        )
        .replacen(
            "\"task_name\":\"payment.tasks.generate_invoice\",\"depends_on\":[{\"node_id\":\"condition-1\"",
            "\"task_name\":\"payment.tasks.generate_invoice\",\"depends_on\":[{\"node_id\":\"conditional-1\"",
            1,
        )
}

/// Runs of an event, once they are there.
async fn runs_of(system: &System, event_id: &str, count: usize) -> Vec<Value> {
    let there = |page: &Value| page["items"].as_array().is_some_and(|items| items.len() == count);
    let page = system
        .wait_until(&format!("/runs?event_id={event_id}"), there)
        .await;
    page["items"].as_array().unwrap().clone()
}

async fn entries(system: &System, run_id: &str) -> Vec<String> {
    let mut lines: Vec<String> = system
        .all(&format!(
            "/api/v1/ledger/entries?company_id={COMPANY}&run_id={run_id}"
        ))
        .await
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap();
            format!(
                "{} {} {} {}",
                text("direction"),
                text("account"),
                text("amount"),
                text("currency")
            )
        })
        .collect();
    lines.sort();
    lines
}

async fn a_rule_is_uploaded_an_event_arrives_and_the_ledger_holds_the_result(home: &Home) {
    let system = System::start(home, None).await;
    let url = format!("{}/payment-rules", system.composer);
    let (status, refused) = system.post_text(&url, broken_rule()).await;
    assert_eq!(status, 422);
    let errors = refused["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 2, "{refused}");
    for (error, pointer) in errors
        .iter()
        .zip(["/rules/1/depends_on/0/node_id", "/rules/2/depends_on/0/node_id"])
    {
        assert_eq!(error["pointer"], pointer);
        assert_eq!(
            error["detail"],
            "There is no node `conditional-1`. Did you mean `condition-1`?"
        );
    }
    assert_eq!(system.all("/payment-rules").await, Vec::<Value>::new());

    let (status, saved) = system
        .post("/payment-rules", &product_rule(COMPANY, "default"))
        .await;
    assert_eq!(status, 201, "{saved}");
    let warned: Vec<&str> = saved["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["code"].as_str().unwrap())
        .collect();
    assert_eq!(warned, ["unused_condition", "always_runs", "company_created"]);

    let (status, answer) = system
        .pay(&json!({"company_id": COMPANY, "type": "product", "total": "120.0"}))
        .await;
    assert_eq!((status, &answer["status"]), (200, &json!("enqueued")));
    assert!(
        answer["warning"].is_string(),
        "an event without an id is warned of"
    );
    let run = &runs_of(&system, answer["event_id"].as_str().unwrap(), 1).await[0];
    assert_eq!(run["status"], "aborted");
    let royalty = [
        "credit royalties_payable 12.00 BRL",
        "debit royalty_expense 12.00 BRL",
    ];
    assert_eq!(entries(&system, run["id"].as_str().unwrap()).await, royalty);

    let paid = json!({"company_id": COMPANY, "type": "product", "total": "120.0", "payment_type": "product",
                      "product": {"id": "p-1", "type": "book"}});
    let (_, first) = system.pay(&paid).await;
    let (status, second) = system.pay(&paid).await;
    assert_eq!((status, &second["status"]), (200, &json!("duplicate")));
    assert_eq!(second["rules"], first["rules"]);
    system.wait_until_idle().await;
    let run = &runs_of(&system, first["event_id"].as_str().unwrap(), 1).await[0];
    assert_eq!(run["status"], "succeeded");
    let both = [
        "credit revenue 120.00 BRL",
        "credit royalties_payable 12.00 BRL",
        "debit receivables 120.00 BRL",
        "debit royalty_expense 12.00 BRL",
    ];
    assert_eq!(entries(&system, run["id"].as_str().unwrap()).await, both);
    let (_, details) = system
        .get(&format!("/runs/{}", run["id"].as_str().unwrap()))
        .await;
    assert_eq!(details["event"], paid);
    assert_eq!(
        details["nodes"]["condition-1"]["comparisons"][0]["actual"],
        "product"
    );
    assert_eq!(details["events"][0]["type"], "invoice.generated");
    system.stop().await;
}

async fn a_publish_is_seen_within_a_second_and_changes_nothing_in_flight(home: &Home) {
    let system = System::start(home, None).await;
    let (_, saved) = system
        .post("/payment-rules", &product_rule(COMPANY, "default"))
        .await;
    let rule_id = saved["id"].as_str().unwrap().to_owned();
    for version in 2..=6 {
        let (_, before) = system
            .pay(&json!({"company_id": COMPANY, "event_id": format!("before-{version}"), "total": 1}))
            .await;
        assert_eq!(before["rules"][0]["version"], version - 1);
        let (status, _) = system
            .post("/payment-rules", &product_rule(COMPANY, "default"))
            .await;
        assert_eq!(status, 201);
        let published = std::time::Instant::now();
        for attempt in 0.. {
            let event =
                json!({"company_id": COMPANY, "event_id": format!("{version}-{attempt}"), "total": 1});
            let (_, answer) = system.pay(&event).await;
            if answer["rules"][0]["version"] == version {
                break;
            }
            assert!(
                published.elapsed() < std::time::Duration::from_secs(1),
                "version {version} is not seen"
            );
        }
    }
    system.wait_until_idle().await;
    let run = &runs_of(&system, "before-2", 1).await[0];
    assert_eq!(
        (&run["rule_id"], &run["rule_version"]),
        (&json!(rule_id), &json!(1))
    );
    system.stop().await;
}

async fn odd_events_are_carried_and_odd_amounts_fail_their_nodes(home: &Home) {
    let system = System::start(home, None).await;
    system
        .post("/payment-rules", &product_rule(COMPANY, "default"))
        .await;
    let url = format!("{}/payment", system.router);
    let totals = [
        r#""1e400""#,
        r#""0.001""#,
        "-5",
        "1e400",
        "null",
        "[]",
        r#"{"$serde_json::private::Number":"120.00"}"#,
        r#""NaN""#,
        r#"" 1""#,
        "0.001",
        r#""99999999999999999999""#,
        "true",
        "1E2",
    ];
    for (number, total) in totals.iter().enumerate() {
        let event = format!(
            r#"{{"company_id":"{COMPANY}","event_id":"odd-{number}","payment_type":"product","total":{total}}}"#
        );
        let (status, answer) = system.post_text(&url, event).await;
        assert_eq!(status, 200, "{total}: {answer}");
        let run = &runs_of(&system, &format!("odd-{number}"), 1).await[0];
        assert_eq!(
            (&run["status"], &run["error"]["code"]),
            (&json!("failed"), &json!("invalid_amount")),
            "{total}"
        );
        assert!(
            entries(&system, run["id"].as_str().unwrap()).await.is_empty(),
            "{total}"
        );
    }
    let refused = [
        ("{", "malformed_json"),
        (r#"{"a":1,"a":2}"#, "duplicate_member"),
        (r#"{"a":"\u0000"}"#, "nul_character"),
        (r#"{"a":"\ud800"}"#, "malformed_json"),
    ];
    for (body, code) in refused {
        let (status, problem) = system.post_text(&url, body).await;
        assert_eq!((status, &problem["code"]), (400, &json!(code)), "{body}");
    }
    system.stop().await;
}

async fn the_data_is_there_after_a_restart(home: &Home) {
    let system = System::start(home, None).await;
    system
        .post("/payment-rules", &product_rule(COMPANY, "default"))
        .await;
    system
        .pay(&json!({"company_id": COMPANY, "event_id": "kept", "payment_type": "product", "total": "1"}))
        .await;
    system.stop().await;
    let system = System::start(home, None).await;
    assert_eq!(runs_of(&system, "kept", 1).await[0]["status"], "succeeded");
    let (_, again) = system
        .pay(&json!({"company_id": COMPANY, "event_id": "kept", "payment_type": "product", "total": "1"}))
        .await;
    assert_eq!(
        again["status"], "enqueued",
        "the router forgot, and the claim behind the queue has not"
    );
    system.wait_until_idle().await;
    runs_of(&system, "kept", 1).await;
    system.stop().await;
}

fn task(node_id: &str, task_name: &str, after: &[&str], parameters: &Value) -> Value {
    let edges: Vec<Value> = after
        .iter()
        .map(|source| json!({"node_id": source, "state": "success"}))
        .collect();
    json!({"node_id": node_id, "node_type": "task", "task_name": format!("payment.tasks.{task_name}"),
           "depends_on": edges, "parameters": parameters})
}

async fn outputs_wrapped_in_outputs_and_copies_of_copies_end_their_run_and_nothing_else(home: &Home) {
    let system = System::start(home, None).await;
    let wrapped = |source: &str| (0..100).fold(json!(source), |inside, _| json!([inside]));
    let mut nested = vec![task(
        "n0",
        "generate_shipment",
        &[],
        &json!({"address": wrapped("$context.event.event_id")}),
    )];
    for number in 1..200 {
        let before = format!("n{}", number - 1);
        let path = format!("$context.nodes.{before}.output.address");
        nested.push(task(
            &format!("n{number}"),
            "generate_shipment",
            &[&before],
            &json!({"address": wrapped(&path)}),
        ));
    }
    let copying: Vec<Value> = (0..60)
        .map(|number| {
            task(
                &format!("c{number}"),
                "generate_shipment",
                &[],
                &json!({"address": vec!["$context.event.x"; 7]}),
            )
        })
        .collect();
    for (name, nodes) in [("nested", nested), ("copying", copying)] {
        let when = json!({"expect": [{"field": "$context.event.type", "operator": "eq", "value": name}]});
        let rule = json!({"company_id": COMPANY, "name": name, "when": when, "rules": nodes});
        let (status, saved) = system.post("/payment-rules", &rule).await;
        assert_eq!(status, 201, "{saved}");
        let event = json!({"company_id": COMPANY, "type": name, "event_id": name, "x": "x".repeat(500_000)});
        assert_eq!(system.pay(&event).await.0, 200);
        let run = &runs_of(&system, name, 1).await[0];
        assert_eq!(
            (&run["status"], &run["error"]["code"]),
            (&json!("failed"), &json!("input_too_large"))
        );
        let simulation = json!({"rule": rule, "event": event});
        let (status, simulated) = system.post("/payment-rules/simulate", &simulation).await;
        assert_eq!(
            (status, &simulated["error"]["code"]),
            (200, &json!("input_too_large"))
        );
    }
    system.stop().await;
}

async fn a_node_that_posted_nothing_undoes_nothing(home: &Home) {
    let system = System::start(home, None).await;
    let entries = |from: &str, to: &str| {
        json!([{"account": from, "direction": "debit", "amount": "100.00", "kind": "asset"},
               {"account": to, "direction": "credit", "amount": "100.00", "kind": "liability"}])
    };
    let mut pay = task(
        "pay",
        "post_transaction",
        &[],
        &json!({
        "reference": "order-{{ $context.event.order }}", "entries": entries("bank", "merchant")}),
    );
    pay["compensate"] = json!({"task_name": "payment.tasks.post_transaction", "parameters": {"entries": [
        {"account": "merchant", "direction": "debit", "amount": "100.00"},
        {"account": "bank", "direction": "credit", "amount": "100.00"}]}});
    let tell = task(
        "tell",
        "notify",
        &["pay"],
        &json!({"recipient": "$context.event.who"}),
    );
    let rule = json!({"company_id": COMPANY, "rules": [pay, tell]});
    assert_eq!(system.post("/payment-rules", &rule).await.0, 201);
    system
        .pay(&json!({"company_id": COMPANY, "event_id": "first", "order": 1, "who": "ana"}))
        .await;
    assert_eq!(runs_of(&system, "first", 1).await[0]["status"], "succeeded");
    system
        .pay(&json!({"company_id": COMPANY, "event_id": "second", "order": 1}))
        .await;
    let second = &runs_of(&system, "second", 1).await[0];
    assert_eq!(second["status"], "failed");
    assert!(entries_of(&system, second).await.is_empty());
    let balances = system
        .all(&format!(
            "/api/v1/ledger/balances?company_id={COMPANY}&account=merchant"
        ))
        .await;
    assert_eq!(balances[0]["balance"], "100.00");
    system
        .pay(&json!({"company_id": COMPANY, "event_id": "third", "order": 2}))
        .await;
    let third = &runs_of(&system, "third", 1).await[0];
    assert_eq!(
        entries_of(&system, third).await.len(),
        4,
        "what a node did itself is undone"
    );
    system.kill().await;
}

async fn entries_of(system: &System, run: &Value) -> Vec<String> {
    entries(system, run["id"].as_str().unwrap()).await
}

async fn an_expired_hold_is_not_captured_and_nodes_names_are_their_own(home: &Home) {
    let system = System::start(home, None).await;
    let holding = task(
        "hold",
        "hold",
        &[],
        &json!({
        "account": "bank", "to": "merchant", "amount": 1, "expires_in_s": 1}),
    );
    let capturing = task(
        "capture",
        "capture_hold",
        &[],
        &json!({"hold_id": "$context.event.hold_id"}),
    );
    let own = task(
        "own",
        "post_transaction",
        &[],
        &json!({
        "reference": "{{ $context.run.id }}:other", "entries": [
            {"account": "a", "direction": "debit", "amount": 1}, {"account": "b", "direction": "credit", "amount": 1}]}),
    );
    for (name, node) in [("hold", holding), ("capture", capturing), ("own", own)] {
        let when = json!({"expect": [{"field": "$context.event.type", "operator": "eq", "value": name}]});
        let rule = json!({"company_id": COMPANY, "name": name, "when": when, "rules": [node]});
        let (status, saved) = system.post("/payment-rules", &rule).await;
        assert_eq!(status, 201, "{saved}");
    }
    system
        .pay(&json!({"company_id": COMPANY, "type": "hold", "event_id": "hold"}))
        .await;
    let run = &runs_of(&system, "hold", 1).await[0];
    let (_, run) = system
        .get(&format!("/runs/{}", run["id"].as_str().unwrap()))
        .await;
    let output = &run["nodes"]["hold"]["output"];
    // Captures are tried until the hold has expired by the moment of their acceptance.
    for attempt in 0.. {
        let event_id = format!("capture-{attempt}");
        let (_, page) = system.get("/stats").await;
        let now: jiff::Timestamp = page["to"].as_str().unwrap().parse().unwrap();
        if now < output["expires_at"].as_str().unwrap().parse().unwrap() {
            continue;
        }
        let event = json!({"company_id": COMPANY, "type": "capture", "event_id": event_id, "hold_id": output["hold_id"]});
        system.pay(&event).await;
        let run = &runs_of(&system, &event_id, 1).await[0];
        assert_eq!(
            (&run["status"], &run["error"]["code"]),
            (&json!("failed"), &json!("hold_expired"))
        );
        break;
    }
    system
        .pay(&json!({"company_id": COMPANY, "type": "own", "event_id": "own"}))
        .await;
    assert_eq!(
        runs_of(&system, "own", 1).await[0]["error"]["code"],
        "reference_conflict"
    );
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_the_same_file_is_refused() {
    let home = Home::embedded();
    let system = System::start(&home, None).await;
    let mut second = support::moneyflow();
    second.arg("up");
    home.name_to(&mut second);
    let second = second.output().await.unwrap();
    assert_eq!(second.status.code(), Some(1));
    let complaint = String::from_utf8(second.stderr).unwrap();
    assert!(complaint.contains("in use by process"), "{complaint}");
    system.stop().await;
}
