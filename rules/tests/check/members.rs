//! Shape: what is missing, unknown, or of the wrong type.

use rules::json;
use serde_json::{Value, json};

use super::documents::{COMPANY, accepted, assert_fault, check, condition, faults, of_nodes, task};

fn with(mut document: Value, pointer: &str, member: &str, value: Value) -> Value {
    document.pointer_mut(pointer).unwrap()[member] = value;
    document
}

fn valid() -> Value {
    of_nodes(json!([
        condition("c", json!([])),
        task("t", json!([{"node_id": "c", "state": "success"}]))
    ]))
}

#[test]
fn a_document_is_an_object() {
    for value in [json!(null), json!([]), json!("rule"), json!(1)] {
        assert_fault(&value, "", "wrong_type", &["A rule must be an object"]);
    }
}

#[test]
fn what_must_be_there_is_asked_for() {
    assert_eq!(
        faults(&json!({})),
        [
            (String::new(), "missing_member"),
            (String::new(), "missing_member")
        ]
    );
    assert_fault(
        &json!({"company_id": COMPANY}),
        "",
        "missing_member",
        &["`rules`", "a list of nodes"],
    );
    assert_fault(
        &json!({"rules": valid()["rules"]}),
        "",
        "missing_member",
        &["`company_id`", "UUID"],
    );
    assert_fault(
        &of_nodes(json!([{"node_id": "a"}])),
        "/rules/0",
        "missing_member",
        &["`node_type`"],
    );
    assert_fault(
        &of_nodes(json!([{"node_type": "condition", "expect": []}])),
        "/rules/0",
        "missing_member",
        &["`node_id`"],
    );
    assert_fault(
        &of_nodes(json!([{"node_type": "condition", "node_id": "a"}])),
        "/rules/0",
        "missing_member",
        &["`expect`"],
    );
    assert_fault(
        &of_nodes(json!([{"node_type": "task", "node_id": "a"}])),
        "/rules/0",
        "missing_member",
        &["`task_name`"],
    );
    let bare = of_nodes(json!([condition("c", json!([{}]))]));
    assert_eq!(
        faults(&bare),
        vec![("/rules/0/depends_on/0".to_owned(), "missing_member"); 2]
    );
    let bare = with(valid(), "/rules/0", "expect", json!([{}]));
    assert_eq!(
        faults(&bare),
        vec![("/rules/0/expect/0".to_owned(), "missing_member"); 2]
    );
    let bare = with(valid(), "/rules/1", "compensate", json!({}));
    assert_fault(&bare, "/rules/1/compensate", "missing_member", &["`task_name`"]);
    let bare = with(valid(), "", "when", json!({}));
    assert_fault(&bare, "/when", "missing_member", &["`expect`"]);
}

#[test]
fn null_counts_as_left_out() {
    let mut document = valid();
    for member in ["name", "description", "when", "layout", "language"] {
        document[member] = Value::Null;
    }
    for member in [
        "label",
        "depends_on",
        "join",
        "parameters",
        "retry",
        "timeout_ms",
        "on_failure",
        "compensate",
    ] {
        document["rules"][1][member] = Value::Null;
    }
    document["rules"][0]["match"] = Value::Null;
    accepted(&document);
}

#[test]
fn unknown_members_are_refused_by_name() {
    for (pointer, member, hint) in [
        ("", "nam", "`name`"),
        ("", "node_id/x", ""),
        ("/rules/0", "depend_on", "`depends_on`"),
        ("/rules/0", "task_name", ""),
        ("/rules/1", "expect", ""),
        ("/rules/1", "onfailure", "`on_failure`"),
        ("/rules/1/depends_on/0", "stat", "`state`"),
    ] {
        let document = with(valid(), pointer, member, json!(1));
        let at = format!("{pointer}/{}", member.replace('/', "~1"));
        let said = format!("`{member}`");
        let did_you_mean = if hint.is_empty() {
            String::new()
        } else {
            format!("Did you mean {hint}?")
        };
        assert_fault(&document, &at, "unknown_member", &[&said, &did_you_mean]);
    }
    let expectation = json!({"field": "$context.event.a", "operator": "isnull", "vlaue": 1});
    let document = with(valid(), "/rules/0", "expect", json!([expectation]));
    assert_fault(
        &document,
        "/rules/0/expect/0/vlaue",
        "unknown_member",
        &["Did you mean `value`?"],
    );
    let retry = json!({"retry": {"attempts": 1}, "task_name": "payment.tasks.capture_payment", "node_type": "task", "node_id": "a"});
    assert_fault(
        &of_nodes(json!([retry])),
        "/rules/0/retry/attempts",
        "unknown_member",
        &["`attempts`"],
    );
}

/// Puts a value into a valid document, and asserts what is found there.
fn assert_found(pointer: &str, value: &str, code: &str, words: &str) {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let document = with(valid(), parent, member, json::parse(value.as_bytes()).unwrap());
    let findings = check(&document).findings;
    let found = findings.iter().find(|finding| finding.pointer == pointer);
    let found = found.unwrap_or_else(|| panic!("nothing at {pointer}: {findings:#?}"));
    assert_eq!(found.code, code, "{pointer}");
    assert!(
        found.detail.contains(words),
        "{words:?} is not in {:?}",
        found.detail
    );
}

#[test]
fn wrong_types_are_named() {
    for (pointer, value, words) in [
        ("/company_id", "1", "must be a string, and this is a number"),
        ("/name", "true", "a string, and this is a boolean"),
        ("/description", "[]", "a string, and this is a list"),
        ("/layout", "[]", "an object"),
        ("/rules", "{}", "a list, and this is an object"),
        ("/when", "[]", "an object"),
        ("/rules/0/expect", "{}", "a list"),
        ("/rules/1/label", "{}", "a string"),
        ("/rules/1/depends_on", "1", "a list"),
        ("/rules/1/parameters", "[]", "an object"),
        ("/rules/1/retry", "3", "an object"),
        ("/rules/1/compensate", "3", "an object"),
        ("/rules/1/task_name", "7", "a string"),
    ] {
        assert_found(pointer, value, "wrong_type", words);
    }
}

#[test]
fn bad_values_are_shown_beside_what_was_expected() {
    assert_found("/rules", "[]", "no_nodes", "at least one node");
    let long_name = format!("\"{}\"", "n".repeat(121));
    for (pointer, value, words) in [
        (
            "/company_id",
            r#""acme""#,
            r#"must be a UUID, and this is "acme""#,
        ),
        ("/name", r#""  ""#, "1 to 120 characters"),
        ("/name", r#""a\nb""#, "control character"),
        ("/name", &long_name, "1 to 120 characters"),
        ("/language", "2", "must be 1, and this is 2"),
        ("/language", r#""1""#, "must be 1"),
        ("/rules/0/node_id", r#""a b""#, "A-Z a-z 0-9 _ - ."),
        ("/rules/0/node_type", r#""conditon""#, "Did you mean `condition`?"),
        ("/rules/0/match", r#""none""#, "`all` or `any`"),
        ("/rules/1/join", "5", "`all` or `any`, and this is 5"),
        ("/rules/1/on_failure", r#""abrt""#, "Did you mean `abort`?"),
        ("/rules/1/timeout_ms", "0", "from 1 to 86400000"),
        ("/rules/1/timeout_ms", "1.5", "whole number"),
        (
            "/rules/1/depends_on/0/state",
            r#""succes""#,
            "Did you mean `success`?",
        ),
        ("/rules/1/depends_on/0/state", "1", "`failure`, `error` or `any`"),
    ] {
        assert_found(pointer, value, "bad_value", words);
    }
}

#[test]
fn elements_of_lists_are_objects() {
    for (pointer, words) in [
        ("/rules/2", "A node"),
        ("/rules/1/depends_on/1", "A dependency"),
        ("/rules/0/expect/0", "An expectation"),
    ] {
        let mut document = valid();
        let (list, _) = pointer.rsplit_once('/').unwrap();
        document
            .pointer_mut(list)
            .unwrap()
            .as_array_mut()
            .unwrap()
            .push(json!(5));
        assert_fault(&document, pointer, "wrong_type", &[words, "must be an object"]);
    }
}

#[test]
fn how_a_task_is_tried_again_has_bounds() {
    let node = |retry| json!({"node_type": "task", "node_id": "a", "task_name": "payment.tasks.capture_payment", "retry": retry});
    accepted(&of_nodes(json!([node(
        json!({"max_attempts": 100, "multiplier": 1.5})
    )])));
    for (member, value) in [
        ("max_attempts", json!(0)),
        ("max_attempts", json!(101)),
        ("initial_interval_ms", json!(-1)),
        ("multiplier", json!("2")),
        ("multiplier", json!(0.99)),
        ("multiplier", json!(101)),
        ("max_interval_ms", json!(1e30)),
        ("max_elapsed_ms", json!("1000")),
    ] {
        let document = of_nodes(json!([node(json!({member: value}))]));
        assert_fault(
            &document,
            &format!("/rules/0/retry/{member}"),
            "bad_value",
            &[member],
        );
    }
}

#[test]
fn faults_of_every_kind_come_in_one_answer() {
    let document = json!({
        "company_id": "?",
        "language": 2,
        "rules": [
            {"node_type": "condition", "node_id": "a", "expect": [
                {"field": "$context.evnt.a", "operator": "eq", "value": 1},
                {"field": "$context.event.", "operator": "equal", "value": 1},
                {"field": "$context.event.a", "operator": "between", "value": 1}
            ]},
            {"node_type": "task", "node_id": "a", "task_name": "payment.tasks.generate_invoce"},
            {"node_type": "task", "node_id": "b", "task_name": "payment.tasks.notify",
                "depends_on": [{"node_id": "b", "state": "any"}, {"node_id": "aa", "state": "any"}]},
        ],
        "wen": 1,
    });
    let expected = [
        ("/company_id", "bad_value"),
        ("/language", "bad_value"),
        ("/rules/0/expect/0/field", "bad_path"),
        ("/rules/0/expect/1/field", "bad_path"),
        ("/rules/0/expect/1/operator", "unknown_operator"),
        ("/rules/0/expect/2/value", "wrong_arity"),
        ("/rules/1/node_id", "duplicate_node_id"),
        ("/rules/1/task_name", "unknown_task"),
        ("/rules/2/depends_on/0/node_id", "self_dependency"),
        ("/rules/2/depends_on/1/node_id", "unknown_dependency"),
        ("/rules/2/parameters", "invalid_parameters"),
        ("/wen", "unknown_member"),
    ];
    assert_eq!(
        faults(&document),
        expected.map(|(pointer, code)| (pointer.to_owned(), code))
    );
}
