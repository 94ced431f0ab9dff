use serde_json::json;

use super::*;
use crate::budget::Budget;
use crate::finding::{Finding, Pointer};
use crate::json;
use crate::path::{NodeNames, PathError};
use crate::read::{DraftExpectation, DraftExpectations};
use crate::scope::NoNodes;

struct NoNames;

impl NodeNames for NoNames {
    fn visible(&self, node_id: &str) -> Result<usize, PathError> {
        Err(PathError {
            code: "not_an_ancestor",
            detail: node_id.to_owned(),
        })
    }
}

fn compiled(mode: Quantifier, tests: &[(&str, &str, &str)]) -> Result<Condition, Vec<Finding>> {
    let expect = tests
        .iter()
        .map(|(field, operator, value)| DraftExpectation {
            field: Some(format!("$context.event.{field}")),
            operator: Operator::from_name(operator).ok(),
            value: (!value.is_empty()).then(|| json::parse(value.as_bytes()).unwrap()),
        })
        .collect();
    let mut findings = Vec::new();
    let expectations = DraftExpectations { mode, expect };
    let condition = compile(
        &expectations,
        &Pointer::root(),
        &NoNames,
        &Patterns::default(),
        &mut findings,
        &mut Vec::new(),
    );
    if findings.is_empty() {
        Ok(condition)
    } else {
        Err(findings)
    }
}

fn evaluate(condition: &Condition, event: &str) -> (Verdict, Vec<Comparison>) {
    let event = json::parse(event.as_bytes()).unwrap();
    let scope = Scope {
        event: &event,
        company: &Value::Null,
        run: &Value::Null,
        nodes: &NoNodes,
    };
    let mut trace = Vec::new();
    let verdict = condition.evaluate(&scope, &mut Budget::for_event(&event), &mut trace);
    (verdict, trace)
}

/// Some(holds), or None for an error.
fn holds(actual: &str, operator: &str, value: &str) -> Option<bool> {
    let condition = compiled(Quantifier::All, &[("x", operator, value)]).unwrap();
    evaluate(&condition, &format!("{{\"x\":{actual}}}")).1[0].holds
}

#[test]
fn numbers_compare_exactly() {
    assert_eq!(holds("120.0", "eq", "120"), Some(true));
    assert_eq!(
        holds("0.1", "eq", "0.1000000000000000000000000000000000001"),
        Some(false)
    );
    assert_eq!(holds("9007199254740993", "gt", "9007199254740992"), Some(true));
    assert_eq!(holds("1e400", "gt", "1e399"), Some(true));
    assert_eq!(holds("1e99999999999999999999", "gt", "1"), None);
}

#[test]
fn ordering_reads_numeric_texts() {
    assert_eq!(holds(r#""120.0""#, "gt", r#""99""#), Some(true));
    assert_eq!(holds(r#""120.0""#, "gte", "120"), Some(true));
    assert_eq!(holds("5", "between", r#"["1", 5]"#), Some(true));
    assert_eq!(holds("5.01", "between", "[1, 5]"), Some(false));
    assert_eq!(
        holds(r#""2026-01-02T00:00:00Z""#, "lt", r#""2026-01-10T00:00:00Z""#),
        Some(true)
    );
    assert_eq!(holds(r#""abc""#, "lt", r#""12""#), Some(false));
}

#[test]
fn equality_reads_numeric_texts_only_beside_a_number() {
    assert_eq!(holds(r#""0012""#, "eq", r#""12""#), Some(false));
    assert_eq!(holds(r#""0012""#, "eq", "12"), Some(true));
    assert_eq!(holds("12", "in", r#"["a", "12.0"]"#), Some(true));
    assert_eq!(holds(r#""12""#, "in", r#"["12.0"]"#), Some(false));
    assert_eq!(holds("[\"12\", 7]", "contains", "12"), Some(true));
    assert_eq!(holds("[\"12\", 7]", "contains", r#""7.0""#), Some(true));
    assert_eq!(holds("true", "eq", "1"), Some(false));
    assert_eq!(holds(r#""true""#, "eq", "true"), Some(false));
}

#[test]
fn null_and_missing_are_the_same() {
    for (operator, value) in [("neq", "1"), ("nin", "[1]"), ("ncontains", "1"), ("isnull", "")] {
        assert_eq!(holds("null", operator, value), Some(true), "{operator}");
    }
    for (operator, value) in [
        ("eq", "1"),
        ("gt", "1"),
        ("gte", "1"),
        ("lt", "1"),
        ("lte", "1"),
        ("in", "[1]"),
        ("between", "[1,2]"),
        ("contains", "1"),
        ("startswith", "\"a\""),
        ("endswith", "\"a\""),
        ("matches", "\"a\""),
        ("isnotnull", ""),
    ] {
        assert_eq!(holds("null", operator, value), Some(false), "{operator}");
    }
    let condition = compiled(Quantifier::All, &[("y", "isnull", "")]).unwrap();
    assert_eq!(evaluate(&condition, "{}").0, Verdict::Holds);
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    for (actual, operator, value) in [
        ("\"abc\"", "gt", "5"),
        ("true", "gt", "1"),
        ("5", "gt", "true"),
        ("[1]", "lt", "2"),
        ("{}", "between", "[1,2]"),
        ("5", "startswith", "\"5\""),
        ("[]", "endswith", "\"a\""),
        ("5", "matches", "\"5\""),
        ("\"a\"", "startswith", "5"),
        ("5", "contains", "5"),
        ("true", "ncontains", "5"),
        ("{}", "contains", "\"a\""),
        ("\"a5\"", "contains", "5"),
        ("\"b\"", "between", "[\"a\", 5]"),
    ] {
        assert_eq!(
            holds(actual, operator, value),
            None,
            "{actual} {operator} {value}"
        );
    }
}

#[test]
fn texts() {
    assert_eq!(holds("\"ebook\"", "contains", "\"book\""), Some(true));
    assert_eq!(holds("\"ebook\"", "ncontains", "\"book\""), Some(false));
    assert_eq!(holds("\"ebook\"", "startswith", "\"e\""), Some(true));
    assert_eq!(holds("\"ebook\"", "endswith", "[\"ook\"]"), Some(true));
    assert_eq!(holds("\"ebook\"", "matches", "\"^e.*k$\""), Some(true));
    assert_eq!(holds("\"ebook\"", "matches", "\"^b\""), Some(false));
}

#[test]
fn a_false_outranks_an_error_in_all_and_a_true_in_any() {
    let all = |tests: &[(&str, &str, &str)]| {
        evaluate(&compiled(Quantifier::All, tests).unwrap(), r#"{"a":1,"s":"x"}"#).0
    };
    let any = |tests: &[(&str, &str, &str)]| {
        evaluate(&compiled(Quantifier::Any, tests).unwrap(), r#"{"a":1,"s":"x"}"#).0
    };
    let (yes, no, error) = (("a", "eq", "1"), ("a", "eq", "2"), ("s", "gt", "1"));
    assert_eq!(all(&[yes, yes]), Verdict::Holds);
    assert_eq!(all(&[error, no]), Verdict::Fails);
    assert_eq!(all(&[yes, error]), Verdict::Error);
    assert_eq!(any(&[no, yes]), Verdict::Holds);
    assert_eq!(any(&[error, yes]), Verdict::Holds);
    assert_eq!(any(&[error, no]), Verdict::Error);
    assert_eq!(any(&[no, no]), Verdict::Fails);
    assert_eq!(all(&[]), Verdict::Holds);
    assert_eq!(any(&[]), Verdict::Holds);
}

#[test]
fn every_comparison_is_recorded() {
    let condition = compiled(Quantifier::All, &[("a", "eq", "2"), ("s", "gt", "1")]).unwrap();
    let (_, trace) = evaluate(&condition, r#"{"a":1.0,"s":"x"}"#);
    assert_eq!(
        serde_json::to_value(&trace[0]).unwrap(),
        json!({"field": "$context.event.a", "operator": "eq", "value": 2, "actual": json::parse(b"1.0").unwrap(), "holds": false, "error": null})
    );
    assert_eq!(
        trace[1].error.as_deref(),
        Some("\"x\" and 1 have no order: expected two numbers or two texts")
    );
}

#[test]
fn refuses_wrong_values_when_compiled() {
    let code = |operator, value| compiled(Quantifier::All, &[("a", operator, value)]).unwrap_err()[0].code;
    assert_eq!(code("eq", ""), "wrong_arity");
    assert_eq!(code("eq", "[1,2]"), "wrong_arity");
    assert_eq!(code("eq", "[]"), "wrong_arity");
    assert_eq!(code("in", "1"), "wrong_arity");
    assert_eq!(code("between", "[1]"), "wrong_arity");
    assert_eq!(code("between", "5"), "wrong_arity");
    assert_eq!(code("isnull", "1"), "wrong_arity");
    assert_eq!(code("eq", "null"), "null_value");
    assert_eq!(code("in", "[1,null]"), "null_value");
    assert_eq!(code("eq", "{}"), "bad_value");
    assert_eq!(code("in", "[[1]]"), "bad_value");
    assert_eq!(code("matches", "\"(\""), "bad_regex");
    assert_eq!(code("matches", "5"), "bad_regex");
    assert_eq!(code("matches", "\"(a{1000}){1000}\""), "bad_regex");
    assert!(compiled(Quantifier::All, &[("a", "isnull", "null"), ("a", "in", "[]")]).is_ok());
}
