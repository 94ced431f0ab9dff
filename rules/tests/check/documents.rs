//! Documents to check, and what is found in them.

use rules::{CheckedRule, Finding, Report};
use serde_json::{Value, json};

use crate::support::catalogue::Tasks;

pub(crate) const COMPANY: &str = "b5aa9687-d61f-467c-973e-f55d446981dc";

/// A document of these nodes.
pub(crate) fn of_nodes(nodes: Value) -> Value {
    json!({"company_id": COMPANY, "rules": nodes})
}

/// A condition that asks nothing.
pub(crate) fn condition(id: &str, depends_on: Value) -> Value {
    json!({"node_type": "condition", "node_id": id, "expect": [], "depends_on": depends_on})
}

/// A task.
pub(crate) fn task(id: &str, depends_on: Value) -> Value {
    json!({"node_type": "task", "node_id": id, "task_name": "payment.tasks.generate_invoice", "depends_on": depends_on})
}

/// A dependency.
pub(crate) fn on(id: &str, state: &str) -> Value {
    json!({"node_id": id, "state": state})
}

/// Checks a document, and that a rule comes out exactly if nothing is wrong.
pub(crate) fn check(document: &Value) -> Report {
    let report = rules::check(document, &Tasks);
    assert_eq!(
        report.findings.is_empty(),
        report.rule.is_some(),
        "{:#?}",
        report.findings
    );
    report
}

pub(crate) fn accepted(document: &Value) -> CheckedRule {
    check(document).into_rule().unwrap()
}

/// Pointer and code of every fault, in order.
pub(crate) fn faults(document: &Value) -> Vec<(String, &'static str)> {
    check(document).findings.into_iter().map(place).collect()
}

/// Pointer and code of every warning, in order. The document must be accepted.
pub(crate) fn warnings(document: &Value) -> Vec<(String, &'static str)> {
    let report = check(document);
    assert_eq!(report.findings, []);
    report.warnings.into_iter().map(place).collect()
}

fn place(finding: Finding) -> (String, &'static str) {
    (finding.pointer, finding.code)
}

/// Asserts that a document has this one fault, and that its detail says these words.
pub(crate) fn assert_fault(document: &Value, pointer: &str, code: &str, words: &[&str]) {
    match check(document).findings.as_slice() {
        [only] => assert_says(only, pointer, code, words),
        findings => panic!("expected one fault, {code} at {pointer}: {findings:#?}"),
    }
}

/// Asserts that an accepted document is warned about once, in these words.
pub(crate) fn assert_warning(document: &Value, pointer: &str, code: &str, words: &[&str]) {
    let report = check(document);
    assert_eq!(report.findings, []);
    match report.warnings.as_slice() {
        [only] => assert_says(only, pointer, code, words),
        warnings => panic!("expected one warning, {code} at {pointer}: {warnings:#?}"),
    }
}

fn assert_says(finding: &Finding, pointer: &str, code: &str, words: &[&str]) {
    assert_eq!(
        (finding.pointer.as_str(), finding.code),
        (pointer, code),
        "{}",
        finding.detail
    );
    for words in words {
        assert!(
            finding.detail.contains(words),
            "{words:?} is not in {:?}",
            finding.detail
        );
    }
}
