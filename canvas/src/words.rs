//! What a node does, in words a person would say.

mod conditions;
mod tasks;
mod values;

use std::borrow::Cow;

use rules::model::{EdgeState, Quantifier};
use serde_json::Value;

use crate::document::{Document, Node, NodeKind};

pub use self::values::field;

/// How many characters fit on a node's second line.
pub const LINE: usize = 34;

/// In which language words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Brazilian Portuguese.
    Pt,
}

impl Language {
    /// One of two wordings.
    pub(crate) fn pick<T>(self, english: T, portuguese: T) -> T {
        match self {
            Self::En => english,
            Self::Pt => portuguese,
        }
    }
}

/// What a node does, in full. Tasks that are not known here are called by their title, if there is one.
pub fn describe(node: &Node, title: Option<&str>, language: Language) -> String {
    match node.kind {
        NodeKind::Condition => expectations(node.mode(), node.expectations(), language),
        NodeKind::Task => tasks::describe(node, title, language),
    }
}

/// A list of expectations, as of a condition or a rule's `when`.
pub fn expectations(mode: Quantifier, expect: &[Value], language: Language) -> String {
    conditions::describe(mode, expect, language)
}

/// Which events a rule is for.
pub fn when(document: &Document, language: Language) -> String {
    let Some(when) = document.when() else {
        return language.pick("every event", "todo evento").to_owned();
    };
    let mode = match when.get("match").and_then(Value::as_str) {
        Some("any") => Quantifier::Any,
        _ => Quantifier::All,
    };
    let expect = when.get("expect").and_then(Value::as_array);
    expectations(mode, expect.map(Vec::as_slice).unwrap_or_default(), language)
}

/// An exit's word, as it stands at an edge.
pub fn exit(kind: NodeKind, state: EdgeState, language: Language) -> &'static str {
    match (kind, state) {
        (NodeKind::Condition, EdgeState::Success) => language.pick("yes", "sim"),
        (NodeKind::Condition, EdgeState::Failure) => language.pick("no", "não"),
        (NodeKind::Task, EdgeState::Success) => language.pick("success", "êxito"),
        (NodeKind::Task, EdgeState::Failure) => language.pick("failure", "falha"),
        (_, EdgeState::Error) => language.pick("error", "erro"),
        (_, EdgeState::Any) => language.pick("any", "qualquer"),
    }
}

/// The text, cut to so many characters, the last of them an ellipsis.
pub fn ellipsis(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().count() <= most {
        return Cow::Borrowed(text);
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    Cow::Owned(format!("{}…", cut.trim_end_matches([' ', ',', ':'])))
}

#[cfg(test)]
mod tests;
