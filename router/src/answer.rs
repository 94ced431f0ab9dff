//! What is answered.

use poem_openapi::types::ToJSON as _;
use poem_openapi::{Enum, Object};
use serde_json::Value;
use uuid::Uuid;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub(crate) struct Accepted {
    /// The event's id: as it was sent, or derived from its bytes.
    pub(crate) event_id: String,
    /// What became of it.
    pub(crate) status: Status,
    /// The rules that run for it, each pinned to the version that was published at acceptance.
    pub(crate) rules: Vec<PinnedRule>,
    /// What the sender should know.
    #[oai(skip_serializing_if_is_none)]
    pub(crate) warning: Option<String>,
    /// What binds the event to everything that it causes.
    pub(crate) correlation_id: String,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case", rename = "AcceptedStatus")]
pub(crate) enum Status {
    /// It is stored, and its runs will start.
    Enqueued,
    /// It was accepted before; nothing was stored now.
    Duplicate,
    /// The company's published rules are not for this event; nothing was stored.
    Ignored,
}

/// A rule, pinned to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Object)]
pub(crate) struct PinnedRule {
    /// The rule's id.
    pub(crate) rule_id: Uuid,
    /// Its version.
    pub(crate) version: u32,
}

/// What became of one line of a batch: the members of `Accepted`, or the problem.
#[derive(Debug, Object)]
pub(crate) struct LineAnswer {
    /// The line's number in the request, from 1; blank lines count.
    pub(crate) line: usize,
    /// What became of its event.
    pub(crate) status: LineStatus,
    #[oai(skip_serializing_if_is_none)]
    pub(crate) event_id: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    pub(crate) rules: Option<Vec<PinnedRule>>,
    #[oai(skip_serializing_if_is_none)]
    pub(crate) warning: Option<String>,
    /// Why it was rejected: the members of a problem (RFC 9457).
    #[oai(skip_serializing_if_is_none)]
    pub(crate) problem: Option<Value>,
    /// When it is worth sending this line again.
    #[oai(skip_serializing_if_is_none)]
    pub(crate) retry_after_s: Option<u64>,
    /// What binds the batch to everything that it causes.
    pub(crate) correlation_id: String,
}

/// What became of one line of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum LineStatus {
    /// It is stored, and its runs will start.
    Enqueued,
    /// It was accepted before; nothing was stored now.
    Duplicate,
    /// The company's published rules are not for this event; nothing was stored.
    Ignored,
    /// It was refused, or it failed: see `problem`.
    Rejected,
}

impl From<Status> for LineStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Enqueued => Self::Enqueued,
            Status::Duplicate => Self::Duplicate,
            Status::Ignored => Self::Ignored,
        }
    }
}

impl LineAnswer {
    pub(crate) fn accepted(line: usize, accepted: Accepted) -> Self {
        Self {
            line,
            status: accepted.status.into(),
            event_id: Some(accepted.event_id),
            rules: Some(accepted.rules),
            warning: accepted.warning,
            problem: None,
            retry_after_s: None,
            correlation_id: accepted.correlation_id,
        }
    }

    pub(crate) fn rejected(
        line: usize,
        problem: Value,
        retry_after_s: Option<u64>,
        correlation_id: String,
    ) -> Self {
        Self {
            line,
            status: LineStatus::Rejected,
            event_id: None,
            rules: None,
            warning: None,
            problem: Some(problem),
            retry_after_s,
            correlation_id,
        }
    }

    /// As one line of NDJSON.
    pub(crate) fn to_line(&self) -> String {
        let mut line = self.to_json_string();
        line.push('\n');
        line
    }
}
