//! What is known of a node in one run.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::CompensationState;
use crate::condition::Comparison;
use crate::plan::Plan;

/// Where a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Not looked at yet.
    #[default]
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

impl NodeState {
    /// The state as it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }

    /// Whether the node will not change any more.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Error | Self::Skipped)
    }
}

/// Why a node failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeError {
    /// A stable name of the fault.
    pub code: String,
    /// What happened, in a sentence.
    pub message: String,
}

impl NodeError {
    pub(super) fn to_json(&self) -> Value {
        json!({"code": self.code, "message": self.message})
    }
}

/// What is known of a node in one run; serialises as it stands in runs and simulations.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct NodeRecord {
    /// Where it stands.
    pub state: NodeState,
    /// What its task yielded.
    pub output: Option<Value>,
    /// Why it failed, or could not be evaluated.
    pub error: Option<NodeError>,
    /// How often it was tried.
    pub attempts: u32,
    /// What its condition compared.
    pub comparisons: Vec<Comparison>,
    /// What became of undoing it, if it was to be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compensation: Option<Compensation>,
    /// Its place in the order in which nodes settled by running, from 1.
    #[serde(skip)]
    pub(super) settled: u32,
}

/// All nodes of a run; serialises as an object by node id.
#[derive(Debug, Clone, Copy)]
pub struct NodeRecords<'e> {
    pub(super) plan: &'e Plan,
    pub(super) records: &'e [NodeRecord],
}

impl Serialize for NodeRecords<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.plan.nodes.iter().map(|node| &node.id).zip(self.records))
    }
}

/// What became of undoing a node.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compensation {
    /// How it went.
    pub state: CompensationState,
    /// What the undoing task yielded.
    pub output: Option<Value>,
    /// Why it failed.
    pub error: Option<NodeError>,
}

impl NodeRecord {
    /// The node as `$context.nodes.<node_id>` shows it. Not by `json!`, which writes numbers anew: `1E2` as `1e+2`.
    pub(super) fn context_json(&self) -> Value {
        let error = self.error.as_ref().map(NodeError::to_json);
        let members = [
            ("state", self.state.as_str().into()),
            ("output", self.output.clone().unwrap_or_default()),
            ("error", error.unwrap_or_default()),
        ];
        Value::Object(
            members
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect(),
        )
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut members = serializer.serialize_struct("Comparison", 6)?;
        members.serialize_field("field", &self.field)?;
        members.serialize_field("operator", self.operator.as_str())?;
        members.serialize_field("value", &self.value)?;
        members.serialize_field("actual", &self.actual)?;
        members.serialize_field("holds", &self.holds)?;
        members.serialize_field("error", &self.error)?;
        members.end()
    }
}
