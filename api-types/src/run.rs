//! Runs: what events made of rules.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{JsonObject, LedgerTransaction, Time};

/// A run, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Run {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// The rule.
    pub rule_id: Uuid,
    /// The rule's name when the event was accepted.
    pub rule_name: String,
    /// The version that it was pinned to when the event was accepted.
    pub rule_version: u32,
    /// The event, by the name that the company knows it by.
    pub event_id: String,
    /// Where it stands.
    pub status: RunStatus,
    /// Why it ended so, if not well.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub error: Option<RunError>,
    /// What binds it to the request that brought the event.
    pub correlation_id: String,
    /// When the event was accepted.
    pub accepted_at: Time,
    /// When it was first stepped.
    pub started_at: Time,
    /// When it ended.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub finished_at: Option<Time>,
}

/// A run with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[cfg_attr(feature = "openapi", oai(rename = "RunWithDetails"))]
pub struct RunDetails {
    /// The run, as lists show it.
    #[cfg_attr(feature = "openapi", oai(flatten))]
    #[serde(flatten)]
    pub run: Run,
    /// The event, as it came; null once it was erased.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub event: Option<JsonObject>,
    /// Its nodes by id: `{state, output, error, attempts, comparisons}`.
    pub nodes: JsonObject,
    /// The ledger transactions that it posted, in order.
    pub transactions: Vec<LedgerTransaction>,
    /// The events that it sent out, in order.
    pub events: Vec<SentEvent>,
}

/// Why a run did not end well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct RunError {
    /// The kind of fault, stable.
    pub code: String,
    /// What happened, in a sentence.
    pub message: String,
    /// The node where it happened, if it was at one.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub node_id: Option<String>,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
#[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
pub enum RunStatus {
    /// Being stepped.
    Running,
    /// A call, a timer or an approval is out.
    Waiting,
    /// Every node settled, and no failure went unhandled.
    Succeeded,
    /// A failure or error went unhandled.
    Failed,
    /// A task ended it on purpose.
    Aborted,
    /// A person ended it.
    Cancelled,
    /// What it did is being undone.
    Compensating,
    /// Something that it did could not be undone: a person has to look.
    CompensationFailed,
}

impl RunStatus {
    /// All of them, in the order above.
    pub const ALL: [Self; 8] = [
        Self::Running,
        Self::Waiting,
        Self::Succeeded,
        Self::Failed,
        Self::Aborted,
        Self::Cancelled,
        Self::Compensating,
        Self::CompensationFailed,
    ];

    /// The status as it is written: in answers, and as the parameter of a list.
    pub fn as_str(self) -> &'static str {
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

    /// Reads what [`as_str`](Self::as_str) wrote.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// An event that a run sent out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct SentEvent {
    /// Its id.
    pub id: Uuid,
    /// Its place among the company's events, from 1.
    pub number: u64,
    /// Its type, such as `invoice.generated`.
    #[cfg_attr(feature = "openapi", oai(rename = "type"))]
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it says.
    pub data: JsonObject,
    /// The node that sent it.
    pub node_id: String,
    /// When it was made.
    pub created_at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NodeResults;

    const EVENT: &str = r#"{ "total" : 1.50e2, "name":"é", "$serde_json::private::Number": "7" }"#;
    const NODES: &str = r#"{"paid":{"state":"success","output":null,"error":null,"attempts":1,"comparisons":[
        {"field":"$context.event.total","operator":"gt","value":0.10,"actual":1.50e2,"holds":true,"error":null}]}}"#;

    fn run() -> String {
        let id = Uuid::from_u128(7);
        format!(
            r#"{{"id":"{id}","company_id":"{id}","rule_id":"{id}","rule_name":"default","rule_version":3,
            "event_id":"e1","status":"compensation_failed","error":{{"code":"c","message":"m","node_id":null}},
            "correlation_id":"c1","accepted_at":"2026-01-01T00:00:00.000001Z","started_at":"2026-01-01T00:00:00Z",
            "finished_at":null,"event":{EVENT},"nodes":{NODES},"transactions":[],"events":[],"added_later":1.5}}"#
        )
    }

    #[test]
    fn a_run_is_read_whatever_its_event_holds() {
        let read: RunDetails = serde_json::from_str(&run()).unwrap();
        assert_eq!(
            (read.run.rule_version, read.run.status.as_str()),
            (3, "compensation_failed")
        );
        assert_eq!(read.event.as_ref().unwrap().text(), EVENT);
        let nodes: NodeResults = read.nodes.read().unwrap();
        let compared = &nodes["paid"].comparisons[0];
        assert_eq!(
            (compared.value.text(), compared.actual.text()),
            ("0.10", "1.50e2")
        );
        let again: RunDetails = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again, read);
    }
}
