//! Tasks and their parameters.

use rules::TaskTraits;
use serde_json::json;

use super::documents::{accepted, assert_fault, of_nodes, task};
use crate::support::catalogue::Tasks;

#[test]
fn tasks_are_known_by_name_and_by_alias() {
    let mut node = task("t", json!([]));
    for name in ["payment.tasks.notify", "payments.tasks.notify"] {
        let traits: Option<TaskTraits> = rules::Catalogue::task(&Tasks, name);
        assert_eq!(traits.map(|traits| traits.name), Some("payment.tasks.notify"));
        node["task_name"] = name.into();
        node["parameters"] = json!({"recipient": "ana"});
        let rule = accepted(&of_nodes(json!([node])));
        // The author's word stays the author's.
        assert_eq!(rule.document.to_json()["rules"][0]["task_name"], name);
    }
}

#[test]
fn an_unknown_task_is_refused_with_the_closest() {
    let mut node = task("t", json!([]));
    node["task_name"] = "payment.tasks.genrate_invoice".into();
    let words = [
        "`payment.tasks.genrate_invoice`",
        "Did you mean `payment.tasks.generate_invoice`?",
    ];
    assert_fault(
        &of_nodes(json!([node])),
        "/rules/0/task_name",
        "unknown_task",
        &words,
    );
    let mut node = task("t", json!([]));
    node["compensate"] = json!({"task_name": "payment.tasks.undo"});
    assert_fault(
        &of_nodes(json!([node])),
        "/rules/0/compensate/task_name",
        "unknown_task",
        &["`payment.tasks.undo`"],
    );
}

#[test]
fn parameters_are_held_against_the_tasks_schema() {
    let mut node = task("t", json!([]));
    node["task_name"] = "payment.tasks.notify".into();
    assert_fault(
        &of_nodes(json!([node])),
        "/rules/0/parameters",
        "invalid_parameters",
        &["`recipient`"],
    );
    node["parameters"] = json!({"recipient": "ana", "amount": true});
    assert_fault(
        &of_nodes(json!([node])),
        "/rules/0/parameters/amount",
        "invalid_parameters",
        &["a number"],
    );
    let mut node = task("t", json!([]));
    node["compensate"] = json!({"task_name": "payment.tasks.refund_payment", "parameters": {"amount": []}});
    assert_fault(
        &of_nodes(json!([node])),
        "/rules/0/compensate/parameters/amount",
        "invalid_parameters",
        &["a number"],
    );
}

#[test]
fn members_that_the_task_does_not_know_are_kept() {
    let mut node = task("t", json!([]));
    node["parameters"] = json!({"company_id": "$context.event.company_id", "cost_centre": [1, {"a": null}]});
    let rule = accepted(&of_nodes(json!([node])));
    assert_eq!(
        rule.document.to_json()["rules"][0]["parameters"],
        node["parameters"]
    );
}
