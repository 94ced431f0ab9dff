//! Expectations.

use serde_json::{Value, json};

use super::documents::{COMPANY, accepted, assert_fault, assert_warning, condition, of_nodes, on, task};

/// A rule whose one condition has one expectation, on which a task depends.
fn expecting(operator: &str, value: Option<Value>) -> Value {
    let mut expectation = json!({"field": "$context.event.a", "operator": operator});
    if let Some(value) = value {
        expectation["value"] = value;
    }
    let mut asking = condition("c", json!([]));
    asking["expect"] = json!([expectation]);
    of_nodes(json!([asking, task("t", json!([on("c", "success")]))]))
}

#[test]
fn operators_are_known_by_name() {
    let document = expecting("start_with", Some(json!("a")));
    assert_fault(
        &document,
        "/rules/0/expect/0/operator",
        "unknown_operator",
        &["`start_with`", "Did you mean `startswith`?", "`isnotnull`"],
    );
}

#[test]
fn each_operator_takes_so_many_values() {
    let one = [
        "eq",
        "neq",
        "gt",
        "gte",
        "lt",
        "lte",
        "contains",
        "ncontains",
        "startswith",
        "endswith",
        "matches",
    ];
    for operator in one {
        for value in [json!("1"), json!(["1"])] {
            accepted(&expecting(operator, Some(value)));
        }
        for value in [None, Some(json!([])), Some(json!(["1", "2"]))] {
            assert_fault(
                &expecting(operator, value),
                "/rules/0/expect/0/value",
                "wrong_arity",
                &[operator],
            );
        }
    }
    for operator in ["in", "nin"] {
        for value in [json!([]), json!([1]), json!([1, "2", true])] {
            accepted(&expecting(operator, Some(value)));
        }
        for value in [None, Some(json!("1"))] {
            assert_fault(
                &expecting(operator, value),
                "/rules/0/expect/0/value",
                "wrong_arity",
                &[operator, "`"],
            );
        }
    }
    accepted(&expecting("between", Some(json!([1, 2]))));
    for value in [None, Some(json!(1)), Some(json!([1])), Some(json!([1, 2, 3]))] {
        assert_fault(
            &expecting("between", value),
            "/rules/0/expect/0/value",
            "wrong_arity",
            &["between"],
        );
    }
    for operator in ["isnull", "isnotnull"] {
        for value in [None, Some(Value::Null), Some(json!([]))] {
            accepted(&expecting(operator, value));
        }
        for value in [json!(1), json!([1]), json!(false)] {
            assert_fault(
                &expecting(operator, Some(value)),
                "/rules/0/expect/0/value",
                "wrong_arity",
                &["takes no value"],
            );
        }
    }
}

#[test]
fn nothing_is_compared_with_null() {
    for (operator, value) in [
        ("eq", json!(null)),
        ("neq", json!([null])),
        ("in", json!([1, null])),
        ("between", json!([null, 1])),
    ] {
        assert_fault(
            &expecting(operator, Some(value)),
            "/rules/0/expect/0/value",
            "null_value",
            &["`isnull`"],
        );
    }
}

#[test]
fn values_are_scalars() {
    for (operator, value) in [
        ("eq", json!({})),
        ("in", json!([[1]])),
        ("contains", json!([{"a": 1}])),
    ] {
        assert_fault(
            &expecting(operator, Some(value)),
            "/rules/0/expect/0/value",
            "bad_value",
            &["text, a number or a boolean"],
        );
    }
}

#[test]
fn patterns_are_compiled_when_the_rule_is_saved() {
    accepted(&expecting("matches", Some(json!("^[a-z]+\\d$"))));
    for value in [
        json!("("),
        json!("(?=a)"),
        json!(5),
        json!("(a{1000}){1000}"),
        json!("a".repeat(1025)),
    ] {
        assert_fault(
            &expecting("matches", Some(value)),
            "/rules/0/expect/0/value",
            "bad_regex",
            &["regular expression"],
        );
    }
}

#[test]
fn when_is_checked_like_a_condition() {
    let expect = json!([
        {"field": "$context.event.a", "operator": "eq"},
    ]);
    let document = json!({"company_id": COMPANY, "rules": [task("t", json!([]))], "when": {"match": "any", "expect": expect}});
    assert_fault(
        &document,
        "/when/expect/0/value",
        "wrong_arity",
        &["`eq` needs a `value`"],
    );
}

#[test]
fn what_always_errs_is_warned_about() {
    for (operator, value) in [
        ("startswith", json!(5)),
        ("endswith", json!(true)),
        ("gt", json!(true)),
        ("between", json!([1, false])),
    ] {
        assert_warning(
            &expecting(operator, Some(value)),
            "/rules/0/expect/0/value",
            "never_compares",
            &[operator, "error"],
        );
    }
}

#[test]
fn a_path_as_a_value_is_warned_about() {
    let document = expecting("eq", Some(json!("$context.event.b")));
    assert_warning(
        &document,
        "/rules/0/expect/0/value",
        "literal_path",
        &["`$context.event.b`", "not followed"],
    );
}
