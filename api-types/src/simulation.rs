//! Trying a rule out.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Direction, JsonObject, JsonText, NodeError};

/// What to try out: a rule, or one that is saved, with an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[cfg_attr(feature = "openapi", oai(example))]
pub struct SimulationRequest {
    /// The rule, as it would be saved. Either this or `rule_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<JsonText>,
    /// A rule that is saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<Uuid>,
    /// Which of its versions; the newest unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The event, as it would arrive.
    pub event: JsonText,
    /// How tasks come out instead of being run, by node:
    /// `{state: "success" | "failure", output?, error?: {code, message}}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_results: Option<JsonText>,
}

/// How one task comes out instead of being run: what `task_results` holds, by the ids of nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// How.
    pub state: TaskOutcome,
    /// What it yields, if it succeeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<JsonText>,
    /// Why it fails, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<NodeError>,
}

/// Whether a task succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskOutcome {
    /// It does.
    Success,
    /// It fails for good.
    Failure,
}

/// What a rule would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Simulation {
    /// How the run would end; `ignored` if the event is not for the rule.
    pub status: String,
    /// Why it would end so, if not well: `{code, message, node_id}`.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub error: Option<JsonText>,
    /// The nodes by id, with state, output, error and what was compared, as in a run.
    pub nodes: JsonText,
    /// The ledger transactions that it would post, on accounts that begin at zero.
    pub transactions: Vec<JsonText>,
    /// The events that it would send.
    pub events: Vec<JsonText>,
}

/// What each text in [`Simulation::transactions`] holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedTransaction {
    /// The node that would post it.
    pub node_id: String,
    /// The reference that its author gave it; null: one is made of its run and its node.
    pub reference: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What its author added.
    pub metadata: JsonObject,
    /// Its entries, in their order.
    pub entries: Vec<SimulatedEntry>,
}

/// One entry of a simulated transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedEntry {
    /// The account's code.
    pub account: String,
    /// On which side it stands.
    pub direction: Direction,
    /// How much, with all of the currency's digits.
    pub amount: String,
    /// The currency (ISO 4217).
    pub currency: String,
    /// The account's balance with this entry.
    pub balance_after: String,
}

/// What each text in [`Simulation::events`] holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedEvent {
    /// The node that would send it.
    pub node_id: String,
    /// Its type, such as `invoice.generated`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it says.
    pub data: JsonObject,
}
