//! What the API answers, as far as the pages look at it.

use serde::Deserialize;
use serde_json::Value;

/// A part of a list.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Listed<T> {
    /// The lines.
    pub(crate) items: Vec<T>,
    /// What to ask with for more; none at the end.
    pub(crate) next_cursor: Option<String>,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Company {
    pub(crate) company_id: String,
    pub(crate) name: String,
}

/// Where a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RuleStatus {
    Draft,
    Published,
    Archived,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) company_id: String,
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) published_version: Option<u32>,
    pub(crate) status: RuleStatus,
    pub(crate) description: String,
    pub(crate) rules: Vec<Value>,
    pub(crate) warnings: Vec<Finding>,
    pub(crate) updated_at: String,
}

/// What is to be said of one place of a document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Finding {
    pub(crate) pointer: String,
    pub(crate) detail: String,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunStatus {
    Running,
    Waiting,
    Succeeded,
    Failed,
    Aborted,
    Cancelled,
    Compensating,
    CompensationFailed,
}

impl RunStatus {
    /// All, in the order in which they are offered.
    pub(crate) const ALL: [Self; 8] = [
        Self::Succeeded,
        Self::Failed,
        Self::Aborted,
        Self::Running,
        Self::Waiting,
        Self::Cancelled,
        Self::Compensating,
        Self::CompensationFailed,
    ];

    /// Its name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::Cancelled => "cancelled",
            Self::Compensating => "compensating",
            Self::CompensationFailed => "compensation_failed",
        }
    }
}

/// A run, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) rule_id: String,
    pub(crate) rule_name: String,
    pub(crate) rule_version: u32,
    pub(crate) event_id: String,
    pub(crate) status: RunStatus,
    pub(crate) error: Option<RunError>,
    pub(crate) accepted_at: String,
    pub(crate) finished_at: Option<String>,
}

/// Why a run did not end well.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct RunError {
    pub(crate) message: String,
    pub(crate) node_id: Option<String>,
}

/// Where a dead letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeadLetterStatus {
    Dead,
    RequeueRequested,
    Requeued,
}

/// How the body of a dead letter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BodyEncoding {
    Text,
    Base64,
}

/// A message that could not be run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct DeadLetter {
    pub(crate) id: String,
    pub(crate) company_id: Option<String>,
    pub(crate) event_id: Option<String>,
    pub(crate) partition: u16,
    pub(crate) reason: String,
    pub(crate) detail: String,
    pub(crate) message_kind: String,
    pub(crate) body: String,
    pub(crate) body_encoding: BodyEncoding,
    pub(crate) correlation_id: String,
    pub(crate) status: DeadLetterStatus,
    pub(crate) created_at: String,
}

/// Whether a task only touches the ledger, or calls the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskKind {
    Ledgered,
    External,
}

/// What the catalogue says of a task.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Task {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) kind: TaskKind,
    pub(crate) input_schema: Value,
    pub(crate) output_schema: Value,
    pub(crate) example: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_one_name() {
        for status in RunStatus::ALL {
            let named = Value::String(status.name().to_owned());
            assert_eq!(serde_json::from_value::<RunStatus>(named).unwrap(), status);
        }
    }
}
