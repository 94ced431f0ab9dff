//! What the canvas shows of a run or a simulation: each node's state, and the path that was taken.

use std::collections::HashMap;

use rules::NodeState;
use rules::model::EdgeState;

use crate::document::{Document, Edge, NodeKind};

/// How a node looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Appearance {
    /// Not looked at yet.
    #[default]
    Pending,
    /// At work.
    Running,
    /// For a call, a timer or a person.
    Waiting,
    /// It holds, or succeeded.
    Success,
    /// A condition that does not hold: the other branch, and no alarm.
    No,
    /// A task that failed for good.
    Failure,
    /// A condition that could not be evaluated.
    Error,
    /// It never ran.
    Skipped,
}

impl Appearance {
    /// How a node of a kind looks in a state: a condition that does not hold has failed nothing.
    pub fn of(kind: NodeKind, state: NodeState) -> Self {
        match (kind, state) {
            (_, NodeState::Pending) => Self::Pending,
            (_, NodeState::Running) => Self::Running,
            (_, NodeState::Waiting) => Self::Waiting,
            (_, NodeState::Success) => Self::Success,
            (NodeKind::Condition, NodeState::Failure) => Self::No,
            (NodeKind::Task, NodeState::Failure) => Self::Failure,
            (_, NodeState::Error) => Self::Error,
            (_, NodeState::Skipped) => Self::Skipped,
        }
    }

    /// Its name, for a style.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Success => "success",
            Self::No => "no",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }
}

/// How an edge looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EdgeAppearance {
    /// Its source has not settled.
    #[default]
    Open,
    /// Its source settled as asked, and its target is not skipped: the path of the run.
    Taken,
    /// Its source settled as asked, but its target was skipped for another reason.
    Satisfied,
    /// Its source settled otherwise.
    Dead,
}

impl EdgeAppearance {
    /// Its name, for a style.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken => "taken",
            Self::Satisfied => "satisfied",
            Self::Dead => "dead",
        }
    }
}

/// The states of a run's nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunView {
    states: HashMap<String, NodeState>,
}

impl RunView {
    /// Takes in the state of one node: a step of a simulation.
    pub fn set(&mut self, id: &str, state: NodeState) {
        self.states.insert(id.to_owned(), state);
    }

    /// How a node looks.
    pub fn node(&self, document: &Document, id: &str) -> Appearance {
        let kind = document.node(id).map_or(NodeKind::Task, |node| node.kind);
        Appearance::of(kind, self.state(id))
    }

    /// How an edge looks.
    pub fn edge(&self, edge: Edge<'_>) -> EdgeAppearance {
        let source = self.state(edge.source);
        if !source.is_settled() {
            return EdgeAppearance::Open;
        }
        let satisfied = match edge.state {
            EdgeState::Success => source == NodeState::Success,
            EdgeState::Failure => source == NodeState::Failure,
            EdgeState::Error => source == NodeState::Error,
            EdgeState::Any => source != NodeState::Skipped,
        };
        match (satisfied, self.state(edge.target)) {
            (false, _) => EdgeAppearance::Dead,
            (true, NodeState::Skipped) => EdgeAppearance::Satisfied,
            (true, _) => EdgeAppearance::Taken,
        }
    }

    fn state(&self, id: &str) -> NodeState {
        self.states.get(id).copied().unwrap_or_default()
    }
}

/// The states by node; a node that is not named is pending.
impl FromIterator<(String, NodeState)> for RunView {
    fn from_iter<I: IntoIterator<Item = (String, NodeState)>>(states: I) -> Self {
        Self {
            states: states.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_json;

    #[test]
    fn shows_the_path_taken() {
        let edge = |source: &str, state: &str| json!({"node_id": source, "state": state});
        let document = from_json(&json!({"rules": [
            {"node_id": "c", "node_type": "condition", "expect": []},
            {"node_id": "yes", "node_type": "task", "depends_on": [edge("c", "success")]},
            {"node_id": "no", "node_type": "task", "depends_on": [edge("c", "failure")]},
            {"node_id": "both", "node_type": "task", "depends_on": [edge("no", "any"), edge("yes", "any")]},
            {"node_id": "late", "node_type": "task", "depends_on": [edge("both", "any"), edge("no", "failure")]}
        ]}))
        .unwrap();
        let states = [
            ("c", NodeState::Failure),
            ("yes", NodeState::Skipped),
            ("no", NodeState::Failure),
            ("both", NodeState::Skipped),
            ("late", NodeState::Running),
        ];
        let run: RunView = states
            .map(|(id, state)| (id.to_owned(), state))
            .into_iter()
            .collect();
        let looks: Vec<&str> = document.edges().map(|edge| run.edge(edge).as_str()).collect();
        assert_eq!(looks, ["dead", "taken", "satisfied", "dead", "dead", "taken"]);
        let nodes: Vec<&str> = document
            .nodes()
            .map(|node| run.node(&document, &node.id).as_str())
            .collect();
        assert_eq!(nodes, ["no", "skipped", "failure", "skipped", "running"]);
        let nothing = RunView::default();
        assert!(
            document
                .edges()
                .all(|edge| nothing.edge(edge) == EdgeAppearance::Open)
        );
    }
}
