//! Checking documents, and saying what is wrong with them.

use std::sync::Arc;

use rules::{Finding, Report};
use serde_json::Value;
use service::{FieldError, Problem};
use tasks::Tasks;

use crate::endpoint::aside;

/// Checks and compiles a document.
///
/// # Errors
/// 500 if the check itself fails.
pub(crate) async fn check(tasks: &Arc<Tasks>, document: Value) -> Result<Report, Problem> {
    let tasks = Arc::clone(tasks);
    aside(move || rules::check(&document, &*tasks)).await
}

/// 422 with every finding. `place` is where the document stands in the request, as a JSON Pointer.
pub(crate) fn refusal(findings: Vec<Finding>, place: &str) -> Problem {
    let count = findings.len();
    let first = findings
        .first()
        .map(|finding| finding.detail.clone())
        .unwrap_or_default();
    let detail = match count {
        0 | 1 => first,
        _ => format!("{count} things are wrong with the rule. The first: {first}"),
    };
    let errors = findings.into_iter().map(|finding| FieldError {
        pointer: format!("{place}{}", finding.pointer),
        ..shown(finding)
    });
    Problem::unprocessable("invalid_rule", detail).with_errors(errors)
}

/// A finding as the API shows it.
pub(crate) fn shown(finding: Finding) -> FieldError {
    FieldError {
        pointer: finding.pointer,
        code: finding.code.to_owned(),
        detail: finding.detail,
    }
}
