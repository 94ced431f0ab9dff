//! What is wrong, or odd, about a document: where, what kind, and a sentence.

use std::fmt::Display;

/// The kinds of findings, all of them: faults, then warnings.
pub const FINDING_CODES: [&str; 28] = [
    "wrong_type",
    "missing_member",
    "unknown_member",
    "bad_value",
    "no_nodes",
    "too_many_nodes",
    "too_many_dependencies",
    "duplicate_node_id",
    "unknown_dependency",
    "self_dependency",
    "duplicate_dependency",
    "cycle",
    "impossible_state",
    "unknown_task",
    "invalid_parameters",
    "bad_path",
    "not_an_ancestor",
    "unknown_operator",
    "wrong_arity",
    "null_value",
    "bad_regex",
    "unused_condition",
    "always_runs",
    "never_runs",
    "after_abort",
    "literal_path",
    "never_compares",
    "no_effect",
];

/// One fault or warning: a JSON Pointer (RFC 6901) into the document, a stable code, and a sentence that
/// says what was expected.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Where, as an RFC 6901 pointer; empty for the document as a whole.
    pub pointer: String,
    /// The kind of finding: snake case, stable.
    pub code: &'static str,
    /// What is wrong and what was expected.
    pub detail: String,
}

impl Finding {
    /// A finding at a place.
    ///
    /// # Panics
    /// In tests, if the code is none of [`FINDING_CODES`].
    pub fn at(pointer: &Pointer, code: &'static str, detail: impl Into<String>) -> Self {
        debug_assert!(FINDING_CODES.contains(&code), "`{code}` is none of the codes");
        Self {
            pointer: pointer.to_string(),
            code,
            detail: detail.into(),
        }
    }
}

/// A place in a JSON document, to extend on the way down (RFC 6901).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// The member or element below this place.
    #[must_use]
    pub fn child(&self, token: impl Display) -> Self {
        let token = token.to_string();
        let token = if token.contains(['~', '/']) {
            token.replace('~', "~0").replace('/', "~1")
        } else {
            token
        };
        Self(format!("{}/{token}", self.0))
    }

    /// The place that a pointer relative to this one names.
    #[must_use]
    pub fn join(&self, relative: &str) -> Self {
        Self(format!("{}{relative}", self.0))
    }

    /// The pointer as RFC 6901 writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Pointer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_docs_name_every_code() {
        let docs = include_str!("../../docs/rules.md");
        for code in FINDING_CODES {
            assert!(docs.contains(&format!("`{code}`")), "{code}");
        }
    }

    #[test]
    fn escapes_tokens() {
        assert_eq!(
            Pointer::root().child("rules").child(3).child("a/b~c").as_str(),
            "/rules/3/a~1b~0c"
        );
    }
}
