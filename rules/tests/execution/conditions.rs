//! How conditions settle.

use rules::EndStatus;
use serde_json::json;

use super::play::{Play, condition, rule, task};

#[test]
fn a_condition_that_does_not_hold_is_no_fault() {
    let rule = rule(&json!([condition("c", &[])]));
    let play = Play::to_end(&rule.plan, &json!({"c": "no"}), &[]);
    assert_eq!(play.state("c"), "failure");
    assert_eq!(play.execution.end(), (EndStatus::Succeeded, None));
}

#[test]
fn an_error_of_a_condition_fails_the_run_and_says_why() {
    let rule = rule(&json!([condition("c", &[]), task("other", &[], json!({}))]));
    let play = Play::to_end(&rule.plan, &json!({"c": 5}), &[]);
    assert_eq!([play.state("c"), play.state("other")], ["error", "success"]);
    assert_eq!(play.status(), EndStatus::Failed);
    let fault = play.fault();
    assert_eq!(
        (fault.node_id.as_str(), fault.code.as_str()),
        ("c", "not_comparable")
    );
    assert_eq!(fault.message, "`startswith` compares texts, and 5 is a number");
}

#[test]
fn an_error_of_a_condition_is_handled_by_a_node_that_asks_for_it() {
    let nodes = json!([condition("c", &[]), task("handler", &["c=error"], json!({}))]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({"c": 5}), &[]);
    assert_eq!(play.state("handler"), "success");
    assert_eq!(play.status(), EndStatus::Succeeded);
}

#[test]
fn an_error_is_not_handled_by_a_node_that_asks_for_any_or_did_not_run() {
    let nodes = json!([
        condition("c", &[]),
        condition("gate", &[]),
        task("finally", &["c=any"], json!({})),
        task("handler", &["c=error", "gate=success"], json!({})),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({"c": 5, "gate": "no"}), &[]);
    assert_eq!(
        [play.state("finally"), play.state("handler")],
        ["success", "skipped"]
    );
    assert_eq!(
        (play.status(), play.fault().node_id.as_str()),
        (EndStatus::Failed, "c")
    );
}

#[test]
fn every_comparison_is_recorded_also_those_that_decide_nothing() {
    let expect = json!([
        {"field": "$context.event.a", "operator": "eq", "value": [2]},
        {"field": "$context.event.a", "operator": "startswith", "value": "x"},
        {"field": "$context.event.b", "operator": "isnull"},
    ]);
    let rule = rule(&json!([{"node_id": "c", "node_type": "condition", "expect": expect}]));
    let play = Play::to_end(&rule.plan, &json!({"a": 1}), &[]);
    assert_eq!(play.state("c"), "failure");
    let comparisons = serde_json::to_value(&play.record("c").comparisons).unwrap();
    let error = "`startswith` compares texts, and 1 is a number";
    assert_eq!(
        comparisons,
        json!([
            {"field": "$context.event.a", "operator": "eq", "value": [2], "actual": 1, "holds": false, "error": null},
            {"field": "$context.event.a", "operator": "startswith", "value": "x", "actual": 1, "holds": null, "error": error},
            {"field": "$context.event.b", "operator": "isnull", "value": null, "actual": null, "holds": true, "error": null},
        ])
    );
}
