//! What can go wrong with a request.

use serde::Deserialize;

use super::shapes::Finding;
use crate::words::Words;

/// Why there is no answer to be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ApiError {
    /// The server says what is wrong (RFC 9457).
    Problem(Problem),
    /// Nobody answered.
    Unreachable,
    /// Something answered that this page cannot read.
    Unreadable,
}

/// A problem, as the server describes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) detail: String,
    #[serde(default)]
    pub(crate) correlation_id: Option<String>,
    #[serde(default)]
    pub(crate) errors: Vec<Finding>,
}

impl ApiError {
    /// What happened, for a person.
    pub(crate) fn message(&self, words: &Words) -> String {
        match self {
            Self::Problem(problem) => problem.detail.clone(),
            Self::Unreachable => words.faults.unreachable.to_owned(),
            Self::Unreadable => words.faults.unreadable.to_owned(),
        }
    }

    /// What the people who run the server find this request by.
    pub(crate) fn reference(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => problem.correlation_id.as_deref(),
            Self::Unreachable | Self::Unreadable => None,
        }
    }

    /// The faults of a document, each in its place.
    pub(crate) fn findings(&self) -> &[Finding] {
        match self {
            Self::Problem(problem) => &problem.errors,
            Self::Unreachable | Self::Unreadable => &[],
        }
    }

    /// Whether there is nothing at the path that was asked.
    pub(crate) fn is_not_offered(&self) -> bool {
        matches!(self, Self::Problem(problem) if matches!(problem.status, 404 | 405))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_read_with_and_without_its_details() {
        let bare: Problem = serde_json::from_str(r#"{"status":404,"detail":"Nothing."}"#).unwrap();
        assert!(ApiError::Problem(bare).is_not_offered());
        let full = r#"{"type":"/docs/errors#x","title":"X","status":422,"detail":"Refused.","code":"invalid_rule",
            "correlation_id":"7","errors":[{"pointer":"/rules/0","code":"cycle","detail":"A cycle."}]}"#;
        let full = ApiError::Problem(serde_json::from_str(full).unwrap());
        assert_eq!(full.reference(), Some("7"));
        assert_eq!(full.findings()[0].pointer, "/rules/0");
    }
}
