//! A node, and the edges that lead into it.

use rules::model::{EdgeState, OnFailure, Quantifier};
use serde_json::{Map, Value};

/// What kind of node it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    /// Asks something of the context.
    Condition,
    /// Does something.
    Task,
}

impl NodeKind {
    /// The kind as a rule's `node_type` writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Task => "task",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Condition, Self::Task]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    /// The states that an edge from such a node may ask for.
    pub fn exits(self) -> &'static [EdgeState] {
        match self {
            Self::Condition => &[
                EdgeState::Success,
                EdgeState::Failure,
                EdgeState::Error,
                EdgeState::Any,
            ],
            Self::Task => &[EdgeState::Success, EdgeState::Failure, EdgeState::Any],
        }
    }
}

/// An edge, seen from its target.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependency {
    /// The node that must settle.
    pub source: String,
    /// How it must settle.
    pub state: EdgeState,
}

/// A node. What the canvas must understand is typed; everything else stays JSON as it came, so that what this
/// crate does not know survives an edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in the rule.
    pub id: String,
    /// Condition or task.
    pub kind: NodeKind,
    /// The edges into it, one per source.
    pub depends_on: Vec<Dependency>,
    /// All other members: `label`, `join`, `expect`, `parameters`…
    pub members: Map<String, Value>,
}

impl Node {
    /// A node without any members.
    pub fn new(id: impl Into<String>, kind: NodeKind) -> Self {
        Self {
            id: id.into(),
            kind,
            depends_on: Vec::new(),
            members: Map::new(),
        }
    }

    /// The same node with one more member.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    /// The same node with one more edge into it.
    #[must_use]
    pub fn after(mut self, source: impl Into<String>, state: EdgeState) -> Self {
        let source = source.into();
        self.depends_on.push(Dependency { source, state });
        self
    }

    /// What people call it, if anything.
    pub fn label(&self) -> Option<&str> {
        self.text("label").filter(|label| !label.trim().is_empty())
    }

    /// What to show as its name: the label, else the id.
    pub fn name(&self) -> &str {
        self.label().unwrap_or(&self.id)
    }

    /// Whether all of its edges must be satisfied, or one is enough.
    pub fn join(&self) -> Quantifier {
        self.quantifier("join")
    }

    /// Whether all of a condition's expectations must hold, or one is enough.
    pub fn mode(&self) -> Quantifier {
        self.quantifier("match")
    }

    /// A condition's expectations, as they came.
    pub fn expectations(&self) -> &[Value] {
        self.members
            .get("expect")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The task it runs.
    pub fn task_name(&self) -> Option<&str> {
        self.text("task_name")
    }

    /// The task's parameters; none if they are null or left out.
    pub fn parameters(&self) -> Option<&Map<String, Value>> {
        self.members.get("parameters").and_then(Value::as_object)
    }

    /// What the task's failure means to the run.
    pub fn on_failure(&self) -> OnFailure {
        match self.text("on_failure") {
            Some("continue") => OnFailure::Continue,
            Some("abort") => OnFailure::Abort,
            _ => OnFailure::Fail,
        }
    }

    /// How the edge from this source asks for it to settle, if there is one.
    pub fn state_of(&self, source: &str) -> Option<EdgeState> {
        self.depends_on
            .iter()
            .find(|dependency| dependency.source == source)
            .map(|dependency| dependency.state)
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.members.get(member).and_then(Value::as_str)
    }

    fn quantifier(&self, member: &str) -> Quantifier {
        match self.text(member) {
            Some("any") => Quantifier::Any,
            _ => Quantifier::All,
        }
    }
}
