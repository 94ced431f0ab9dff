//! What can go wrong with a request.

use api_types::{FieldError, Problem};

use crate::words::Words;

/// The refusal whose faults are each shown in their places.
const INVALID_RULE: &str = "invalid_rule";

/// The answer to a request that is still being carried out.
const IN_FLIGHT: &str = "idempotency_in_flight";

/// Why there is no answer to be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ApiError {
    /// The server says what is wrong (RFC 9457).
    Problem(Box<Problem>),
    /// Nobody answered.
    Unreachable,
    /// Something answered that this page cannot read.
    Unreadable,
}

impl ApiError {
    /// The error that an answer tells of.
    pub(super) fn of_answer(text: &str) -> Self {
        let problem: Result<Problem, _> = serde_json::from_str(text);
        problem.map_or(Self::Unreadable, |problem| Self::Problem(Box::new(problem)))
    }

    /// What happened, for a person.
    pub(crate) fn message(&self, words: &Words) -> String {
        self.message_by(words, words.faults.told)
    }

    /// The same, where the server's sentences are said in other words than those that every page has.
    pub(crate) fn message_by(&self, words: &Words, told: fn(&str) -> String) -> String {
        match self {
            Self::Problem(problem) if problem.code == INVALID_RULE => {
                (words.faults.invalid_rule)(problem.errors.len())
            }
            Self::Problem(problem) => told(&problem.detail),
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
    pub(crate) fn findings(&self) -> &[FieldError] {
        match self {
            Self::Problem(problem) => &problem.errors,
            Self::Unreachable | Self::Unreadable => &[],
        }
    }

    /// Whether what was asked for is not there, or cannot be.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Problem(problem) if matches!(problem.status, 400 | 404))
    }

    /// Whether it is not known what became of the request: nobody said, or it was left unfinished.
    pub(crate) fn leaves_open(&self) -> bool {
        match self {
            Self::Problem(problem) => problem.status >= 500 || problem.code == IN_FLIGHT,
            Self::Unreachable | Self::Unreadable => true,
        }
    }

    /// Whether somebody else changed it in the meantime.
    pub(crate) fn is_stale(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 412)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn a_refusal_is_told_in_the_readers_language() {
        let text = r#"{"type":"x","title":"X","status":404,"detail":"There is no run 7. One that was just accepted appears once it ran.",
            "code":"unknown_run"}"#;
        let error = ApiError::of_answer(text);
        let told = |language: Language| error.message(language.words());
        assert!(told(Language::English).starts_with("There is no run 7."));
        assert_eq!(
            told(Language::Portuguese),
            "Não há execução 7. Uma que acaba de ser aceita aparece depois de executada."
        );
    }

    #[test]
    fn a_refusal_is_an_outcome_and_silence_is_none() {
        let answered = |status: u16, code: &str| {
            ApiError::of_answer(&format!(
                r#"{{"type":"x","title":"X","status":{status},"detail":"Why.","code":"{code}"}}"#
            ))
        };
        for open in [
            ApiError::Unreachable,
            ApiError::Unreadable,
            answered(503, "payments_unavailable"),
            answered(409, "idempotency_in_flight"),
        ] {
            assert!(open.leaves_open(), "{open:?}");
        }
        for settled in [answered(422, "insufficient_funds"), answered(409, "hold_expired")] {
            assert!(!settled.leaves_open(), "{settled:?}");
        }
    }

    #[test]
    fn a_problem_is_read_and_anything_else_is_unreadable() {
        let text = r#"{"type":"/docs/errors#x","title":"X","status":422,"detail":"Refused.","code":"invalid_rule",
            "correlation_id":"7","errors":[{"pointer":"/rules/0","code":"cycle","detail":"A cycle."}]}"#;
        let error = ApiError::of_answer(text);
        assert_eq!(error.reference(), Some("7"));
        assert_eq!(error.findings()[0].pointer, "/rules/0");
        let portuguese = Language::Portuguese.words();
        assert_eq!(error.message(portuguese), "Há algo errado com a regra.");
        assert_eq!(ApiError::of_answer("<h1>Bad gateway</h1>"), ApiError::Unreadable);
    }
}
