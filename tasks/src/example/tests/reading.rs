//! Reading cases: all that is wrong is said, at its place.

use std::collections::BTreeMap;

use rules::NodeState;
use serde_json::{Value, json};

use super::super::Case;
use crate::TaskResult;

fn case() -> Value {
    json!({
        "description": "A book is sold.",
        "event": {"total": "120.00"},
        "task_results": {
            "ship": {"state": "success", "output": {"parcel": 1}},
            "pay": {"state": "failure", "error": {"code": "timeout", "message": "no answer"}},
        },
        "expect": {
            "status": "failed",
            "error_code": "timeout",
            "nodes": {"pay": "failure", "ship": "success"},
            "entries": [
                {"account": "receivables", "direction": "debit", "amount": 120, "currency": "BRL"},
                {"account": "revenue", "direction": "credit", "amount": "120.0", "currency": "BRL"},
            ],
            "events": ["invoice.generated"],
        },
    })
}

fn edited(pointer: &str, value: Value) -> Value {
    let mut case = case();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match case.pointer_mut(parent).unwrap() {
        Value::Object(members) => {
            members.insert(name.to_owned(), value);
        }
        other => *other.pointer_mut(&format!("/{name}")).unwrap() = value,
    }
    case
}

fn findings(case: &Value) -> Vec<String> {
    let findings = Case::from_json(case).unwrap_err();
    findings
        .into_iter()
        .map(|finding| format!("{} {}: {}", finding.pointer, finding.code, finding.detail))
        .collect()
}

#[test]
fn a_case_is_read_in_full() {
    let case = Case::from_json(&case()).unwrap();
    assert_eq!(case.description.as_deref(), Some("A book is sold."));
    assert_eq!(case.event, json!({"total": "120.00"}));
    assert_eq!(
        case.task_results["ship"],
        TaskResult::Success(json!({"parcel": 1}))
    );
    let failure = TaskResult::Failure {
        code: "timeout".to_owned(),
        message: "no answer".to_owned(),
    };
    assert_eq!(case.task_results["pay"], failure);
    let expected = case.expected;
    assert_eq!(
        (expected.status, expected.error_code.as_deref()),
        ("failed", Some("timeout"))
    );
    let nodes = [
        ("pay".to_owned(), NodeState::Failure),
        ("ship".to_owned(), NodeState::Success),
    ];
    assert_eq!(expected.nodes, nodes);
    let amounts: Vec<String> = expected
        .entries
        .unwrap()
        .iter()
        .map(|entry| entry.amount.to_string())
        .collect();
    assert_eq!(amounts, ["120.00 BRL", "120.00 BRL"]);
    assert_eq!(expected.events.unwrap(), ["invoice.generated"]);
}

#[test]
fn only_the_event_and_the_status_must_be_there() {
    let case = Case::from_json(&json!({"event": {}, "expect": {"status": "ignored"}})).unwrap();
    assert_eq!(case.task_results, BTreeMap::new());
    assert_eq!(case.expected.entries, None);
    let with_defaults = edited(
        "/task_results",
        json!({"a": {"state": "success"}, "b": {"state": "failure"}}),
    );
    let results = Case::from_json(&with_defaults).unwrap().task_results;
    assert_eq!(results["a"], TaskResult::Success(json!({})));
    assert!(matches!(&results["b"], TaskResult::Failure { code, .. } if code == "failed"));
}

/// Each edit of the case is found wrong in one way.
fn expect_findings<const N: usize>(edits: [(&str, Value, &str); N]) {
    for (pointer, value, finding) in edits {
        assert_eq!(findings(&edited(pointer, value)), [finding], "{pointer}");
    }
}

#[test]
fn a_fault_of_the_case_is_said_at_its_place() {
    expect_findings([
        (
            "/event",
            json!([]),
            "/event bad_value: [] stands here: expected an object.",
        ),
        (
            "/expects",
            json!({}),
            "/expects unknown_member: There is no member `expects` here. Did you mean `expect`?",
        ),
        (
            "/description",
            json!(7),
            "/description bad_value: 7 stands here: expected a text.",
        ),
    ]);
}

#[test]
fn a_fault_of_what_is_expected_is_said_at_its_place() {
    expect_findings([
        (
            "/expect",
            json!(null),
            "/expect bad_value: null stands here: expected an object.",
        ),
        (
            "/expect/status",
            json!("success"),
            "/expect/status bad_value: \"success\" stands here: expected one of succeeded, failed, aborted, \
             compensation_failed, ignored.",
        ),
        (
            "/expect/error_code",
            json!(null),
            "/expect/error_code bad_value: null stands here: expected a text.",
        ),
        (
            "/expect/nodes/pay",
            json!("failed"),
            "/expect/nodes/pay bad_value: \"failed\" stands here: expected one of success, failure, error, skipped.",
        ),
        (
            "/expect/nodes",
            json!([]),
            "/expect/nodes bad_value: [] stands here: expected an object.",
        ),
        (
            "/expect/events",
            json!({}),
            "/expect/events bad_value: {} stands here: expected a list.",
        ),
        (
            "/expect/events/0",
            json!(1),
            "/expect/events/0 bad_value: 1 stands here: expected a text.",
        ),
        (
            "/expect/entries/0",
            json!("x"),
            "/expect/entries/0 bad_value: \"x\" stands here: expected an object.",
        ),
        (
            "/expect/entries/1/direction",
            json!("up"),
            "/expect/entries/1/direction bad_value: \"up\" stands here: expected one of \"debit\", \"credit\".",
        ),
        (
            "/expect/entries/1/amount",
            json!("1.005"),
            "/expect/entries/1/amount invalid_amount: \"1.005\" is too precise: BRL has 2 digits after the point.",
        ),
        (
            "/expect/entries/1/amount",
            json!("0.00"),
            "/expect/entries/1/amount invalid_amount: 0.00 is not positive: expected an amount above zero.",
        ),
        (
            "/expect/entries/1/currency",
            json!("real"),
            "/expect/entries/1/currency bad_value: \"real\" stands here: expected the code of a currency (ISO 4217), such \
             as \"BRL\".",
        ),
        (
            "/expect/entries/1/amout",
            json!(1),
            "/expect/entries/1/amout unknown_member: There is no member `amout` here. Did you mean `amount`?",
        ),
    ]);
}

#[test]
fn a_fault_of_a_tasks_result_is_said_at_its_place() {
    expect_findings([
        (
            "/task_results/ship",
            json!("success"),
            "/task_results/ship bad_value: \"success\" stands here: expected an object.",
        ),
        (
            "/task_results/ship/state",
            json!("done"),
            "/task_results/ship/state bad_value: \"done\" stands here: expected success or failure.",
        ),
        (
            "/task_results/ship/error",
            json!({}),
            "/task_results/ship/error unknown_member: There is no `error` here: a task that succeeds has none.",
        ),
        (
            "/task_results/pay/output",
            json!({}),
            "/task_results/pay/output unknown_member: There is no `output` here: a task that fails has none.",
        ),
        (
            "/task_results/pay/error",
            json!({}),
            "/task_results/pay/error missing_member: The member `code` is missing: expected a text.",
        ),
    ]);
}

#[test]
fn all_that_is_missing_is_said_at_once() {
    assert_eq!(
        findings(&json!({})),
        [
            " missing_member: The member `event` is missing: expected an object.",
            " missing_member: The member `expect` is missing: expected an object that says at least the `status`.",
        ]
    );
    let bare = json!({"event": {}, "expect": {"entries": [{}]}});
    assert_eq!(
        findings(&bare),
        [
            "/expect missing_member: The member `status` is missing: expected one of succeeded, failed, aborted, \
             compensation_failed, ignored.",
            "/expect/entries/0 missing_member: The member `account` is missing: expected the code of an account, 1 to 128 \
             of A-Z a-z 0-9 _ - . : @ /.",
            "/expect/entries/0 missing_member: The member `direction` is missing: expected one of \"debit\", \"credit\".",
            "/expect/entries/0 missing_member: The member `currency` is missing: expected the code of a currency (ISO \
             4217), such as \"BRL\".",
            "/expect/entries/0 missing_member: The member `amount` is missing: expected an amount, such as \"120.00\".",
        ]
    );
    assert_eq!(
        findings(&json!("case")),
        [" bad_value: \"case\" stands here: expected an object."]
    );
}
