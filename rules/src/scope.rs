//! What paths look at: the context of one run, borrowed.

use std::borrow::Cow;

use serde_json::Value;

/// The context of a run, as paths see it.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s> {
    pub(crate) event: &'s Value,
    pub(crate) company: &'s Value,
    pub(crate) run: &'s Value,
    pub(crate) nodes: &'s dyn NodeValues,
}

/// What a path may read of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodePart {
    State,
    Output,
    Error,
    Whole,
}

impl NodePart {
    pub(crate) const NAMES: [&'static str; 3] = ["state", "output", "error"];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "state" => Some(Self::State),
            "output" => Some(Self::Output),
            "error" => Some(Self::Error),
            _ => None,
        }
    }
}

/// The states, outputs and errors of nodes that have settled.
pub(crate) trait NodeValues {
    fn part(&self, index: usize, part: NodePart) -> Cow<'_, Value>;
}

/// A context without nodes: what an event's `when` sees.
pub(crate) struct NoNodes;

impl NodeValues for NoNodes {
    fn part(&self, _: usize, _: NodePart) -> Cow<'_, Value> {
        Cow::Owned(Value::Null)
    }
}
