//! How the nodes of a run came out. Runs and simulations embed them as text, as they are stored; this is what is in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::JsonText;

/// The nodes of a run by their ids: what the text in [`RunDetails::nodes`](crate::RunDetails::nodes) and
/// [`Simulation::nodes`](crate::Simulation::nodes) holds.
pub type NodeResults = BTreeMap<String, NodeResult>;

/// How a node came out, or where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeResult {
    /// Where it stands.
    pub state: NodeState,
    /// What its task yielded.
    pub output: Option<JsonText>,
    /// Why it failed, or could not be evaluated.
    pub error: Option<NodeError>,
    /// How often it was tried.
    pub attempts: u32,
    /// What its condition compared.
    pub comparisons: Vec<Comparison>,
    /// What became of undoing it, if it was to be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensation: Option<Compensation>,
}

/// Where a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Not looked at yet.
    Pending,
    /// Its task is being run.
    Running,
    /// Its task is out.
    Waiting,
    /// A condition that holds, a task that succeeded.
    Success,
    /// A condition that does not hold, a task that failed for good.
    Failure,
    /// A condition that could not be evaluated.
    Error,
    /// It did not run.
    Skipped,
}

/// Why a node failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeError {
    /// A stable name of the fault.
    pub code: String,
    /// What happened, in a sentence.
    pub message: String,
}

/// One comparison of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The path, as written.
    pub field: String,
    /// The operator.
    pub operator: String,
    /// The value to compare with, as written; null if the operator needs none.
    pub value: JsonText,
    /// What the path named; where it is large, a text that says so.
    pub actual: JsonText,
    /// Whether it holds; null if it could not be compared.
    pub holds: Option<bool>,
    /// Why it could not be compared.
    pub error: Option<String>,
}

/// What became of undoing a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compensation {
    /// How it went.
    pub state: CompensationState,
    /// What the undoing task yielded.
    pub output: Option<JsonText>,
    /// Why it failed.
    pub error: Option<NodeError>,
}

/// How undoing a node went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompensationState {
    /// It is undone.
    Succeeded,
    /// It could not be undone: a person has to look.
    Failed,
}
