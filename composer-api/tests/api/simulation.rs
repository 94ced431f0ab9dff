//! Trying rules out.

use serde_json::{Value, json};

use crate::support::{COMPANY, Composer, Reply, members, rule};

async fn simulate(composer: &Composer, request: impl ToString) -> Reply {
    composer.post("/payment-rules/simulate", request).await
}

fn product() -> Value {
    json!({"payment_type": "product", "total": "120.00"})
}

#[tokio::test]
async fn a_rule_shows_what_it_would_do() {
    let composer = Composer::new();
    let shape = simulate(&composer, json!({"rule": rule("default"), "event": product()}))
        .await
        .json();
    assert_eq!(
        members(&shape),
        ["status", "error", "nodes", "transactions", "events"]
    );
    assert_eq!(
        (&shape["status"], &shape["error"]),
        (&json!("succeeded"), &Value::Null)
    );
    assert_eq!(members(&shape["nodes"]), ["condition-1", "invoice-1", "abort-1"]);
    let comparison = &shape["nodes"]["condition-1"]["comparisons"][0];
    assert_eq!(
        (&comparison["actual"], &comparison["holds"]),
        (&json!("product"), &json!(true))
    );
    let entry = &shape["transactions"][0]["entries"][0];
    assert_eq!(
        (&entry["amount"], &entry["currency"]),
        (&json!("120.00"), &json!("BRL"))
    );
    assert_eq!(shape["events"][0]["type"], "invoice.generated");

    let aborted = simulate(&composer, json!({"rule": rule("default"), "event": {}}))
        .await
        .json();
    assert_eq!(
        (&aborted["status"], &aborted["transactions"]),
        (&json!("aborted"), &json!([]))
    );
    composer
        .get(&format!("/companies/{COMPANY}"))
        .await
        .problem(404, "unknown_company");
    assert_eq!(composer.get("/payment-rules").await.items(), [] as [Value; 0]);
}

#[tokio::test]
async fn the_company_is_the_rules() {
    let composer = Composer::new();
    composer
        .post(
            "/companies",
            json!({"company_id": COMPANY, "name": "Sushi", "currency": "JPY"}),
        )
        .await;
    let event = json!({"payment_type": "product", "total": 120});
    let shape = simulate(&composer, json!({"rule": rule("default"), "event": event}))
        .await
        .json();
    let entry = &shape["transactions"][0]["entries"][0];
    assert_eq!(
        (&entry["amount"], &entry["currency"]),
        (&json!("120"), &json!("JPY"))
    );
}

#[tokio::test]
async fn a_saved_rule_is_tried_out_by_its_version() {
    let composer = Composer::new();
    let id = composer.save("default").await;
    let mut second = rule("default");
    second["rules"] =
        json!([{"node_id": "stop", "node_type": "task", "task_name": "payment.tasks.abort_flow"}]);
    composer.post("/payment-rules?draft=true", &second).await;
    let status = async |request: Value| simulate(&composer, request).await.json()["status"].clone();
    assert_eq!(
        status(json!({"rule_id": id, "version": 1, "event": product()})).await,
        "succeeded"
    );
    assert_eq!(
        status(json!({"rule_id": id, "event": product()})).await,
        "aborted"
    );
    assert_eq!(
        status(json!({"rule_id": id, "version": null, "rule": null, "event": product()})).await,
        "aborted"
    );
    let unknown = json!({"rule_id": id, "version": 3, "event": {}});
    simulate(&composer, unknown).await.problem(404, "unknown_version");
    simulate(&composer, json!({"rule_id": COMPANY, "event": {}}))
        .await
        .problem(404, "unknown_rule");
}

#[tokio::test]
async fn an_event_that_the_rule_is_not_for_is_ignored() {
    let composer = Composer::new();
    let mut picky = rule("default");
    picky["when"] = json!({"expect": [{"field": "$context.event.total", "operator": "gt", "value": 1000}]});
    let shape = simulate(&composer, json!({"rule": picky, "event": product()}))
        .await
        .json();
    assert_eq!(
        (&shape["status"], &shape["nodes"]["condition-1"]["state"]),
        (&json!("ignored"), &json!("skipped"))
    );
}

#[tokio::test]
async fn results_take_the_place_of_tasks() {
    let composer = Composer::new();
    let with = async |result: Value| {
        let request =
            json!({"rule": rule("default"), "event": product(), "task_results": {"invoice-1": result}});
        simulate(&composer, request).await
    };
    let failed = with(json!({"state": "failure", "error": {"code": "declined", "message": "no"}}))
        .await
        .json();
    assert_eq!(
        failed["error"],
        json!({"code": "declined", "message": "no", "node_id": "invoice-1"})
    );
    assert_eq!(
        (&failed["status"], &failed["transactions"]),
        (&json!("failed"), &json!([]))
    );
    let text = r#"{"state":"success","output":{"rate":1.10000000000000000000000000001}}"#;
    let body =
        json!({"rule": rule("default"), "event": product(), "task_results": {"invoice-1": 0}}).to_string();
    let shape = simulate(
        &composer,
        body.replace("\"invoice-1\":0", &format!("\"invoice-1\":{text}")),
    )
    .await;
    assert!(
        shape.text().contains("1.10000000000000000000000000001"),
        "{}",
        shape.text()
    );
    with(json!({"state": "done"}))
        .await
        .problem(400, "invalid_request");
}

#[tokio::test]
async fn results_are_for_the_rules_tasks() {
    let composer = Composer::new();
    let success = json!({"state": "success"});
    let results = json!({"invoice-2": success, "condition-1": success, "abort-1": success});
    let refused = simulate(
        &composer,
        json!({"rule": rule("default"), "event": {}, "task_results": results}),
    )
    .await;
    let expected = [
        "/task_results/condition-1 not_a_task",
        "/task_results/invoice-2 unknown_node",
    ];
    assert_eq!(refused.faults(422, "invalid_task_results"), expected);
    assert!(
        refused.text().contains("Did you mean `invoice-1`?"),
        "{}",
        refused.text()
    );
}

#[tokio::test]
async fn a_broken_rule_is_refused_in_its_place() {
    let composer = Composer::new();
    let mut broken = rule("default");
    broken["rules"][1]["task_name"] = json!("payment.tasks.generate_invoices");
    broken["rules"][2]["depends_on"][0]["node_id"] = json!("condition-7");
    let refused = simulate(&composer, json!({"rule": broken, "event": {}})).await;
    let expected = [
        "/rule/rules/1/task_name unknown_task",
        "/rule/rules/2/depends_on/0/node_id unknown_dependency",
    ];
    assert_eq!(refused.faults(422, "invalid_rule"), expected);
    let not_a_rule = simulate(&composer, json!({"rule": [], "event": {}})).await;
    assert_eq!(
        not_a_rule.problem(422, "invalid_rule")["errors"][0]["pointer"],
        "/rule"
    );
}

#[tokio::test]
async fn a_member_that_looks_like_a_number_of_the_library_is_a_member() {
    let composer = Composer::new();
    let event = r#"{"payment_type":{"$serde_json::private::Number":"7"}}"#;
    let shape = simulate(
        &composer,
        format!(r#"{{"rule":{},"event":{event}}}"#, rule("default")),
    )
    .await
    .json();
    let actual = &shape["nodes"]["condition-1"]["comparisons"][0]["actual"];
    assert!(actual.is_object(), "{actual}");
}
