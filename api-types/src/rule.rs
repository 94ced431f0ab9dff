//! Rules and their versions.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{FieldError, JsonText, RunStatus, Time};

/// A rule, with the document of one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[cfg_attr(feature = "openapi", oai(example))]
pub struct Rule {
    /// Its id, the same for all versions.
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Unique within the company.
    pub name: String,
    /// The version that this is: the newest.
    pub version: u32,
    /// The version that events run now, if any.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub published_version: Option<u32>,
    /// Where it stands.
    pub status: RuleStatus,
    /// The nodes.
    pub rules: JsonText,
    /// Which events it is for; null: every one.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub when: Option<JsonText>,
    /// For people.
    pub description: String,
    /// Where the canvas draws the nodes.
    pub layout: JsonText,
    /// What is allowed but hardly meant.
    pub warnings: Vec<FieldError>,
    /// When its first version was saved.
    pub created_at: Time,
    /// When it last changed in any way.
    pub updated_at: Time,
    /// Its last runs, newest first, of every version; only in a list that was asked for them.
    #[cfg_attr(feature = "openapi", oai(skip_serializing_if_is_none))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recent_runs: Option<Vec<RecentRun>>,
}

/// What is shown of a rule's last runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct RecentRun {
    /// The run.
    pub id: Uuid,
    /// Where it stands.
    pub status: RunStatus,
    /// When the event was accepted.
    pub accepted_at: Time,
    /// When it ended.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub finished_at: Option<Time>,
}

/// Where a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
#[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
pub enum RuleStatus {
    /// No version is published.
    Draft,
    /// Events run one of its versions.
    Published,
    /// It was put away.
    Archived,
}

/// One version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct RuleVersion {
    /// The rule.
    pub rule_id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// The rule's name.
    pub name: String,
    /// Its number, from 1.
    pub version: u32,
    /// Whether events run it now.
    pub published: bool,
    /// The nodes.
    pub rules: JsonText,
    /// Which events it is for; null: every one.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub when: Option<JsonText>,
    /// For people.
    pub description: String,
    /// Where the canvas draws the nodes.
    pub layout: JsonText,
    /// What is allowed but hardly meant.
    pub warnings: Vec<FieldError>,
    /// When it was saved.
    pub created_at: Time,
}

/// One version in the history of a rule, without its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct RuleVersionSummary {
    /// The rule.
    pub rule_id: Uuid,
    /// Its number, from 1.
    pub version: u32,
    /// Whether events run it now.
    pub published: bool,
    /// What is allowed but hardly meant.
    pub warnings: Vec<FieldError>,
    /// When it was saved.
    pub created_at: Time,
}

/// A payment rule: an acyclic graph of conditions and tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[cfg_attr(feature = "openapi", oai(example))]
pub struct RuleDocument {
    /// Whose rule it is.
    pub company_id: Uuid,
    /// The nodes. Each has `node_id` and `node_type` (`condition` or `task`), and may have `label`, `depends_on`
    /// (`[{node_id, state}]`) and `join` (`all` or `any`). A condition has `expect`
    /// (`[{field, operator, value}]`) and `match`; a task has `task_name` and `parameters`, and may have `on_failure`,
    /// `compensate`, `retry` and `timeout_ms`.
    pub rules: Vec<JsonText>,
    /// The version of the rule language: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<u32>,
    /// Tells the company's rules apart; `default` unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which events it is for, as a condition: `{match, expect}`. Every one unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<JsonText>,
    /// Where the canvas draws the nodes, by their ids; no part of the rule's meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<JsonText>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Validation {
    /// Whether the rule could be saved.
    pub valid: bool,
    /// What is wrong, all of it, in the order of the document.
    pub findings: Vec<FieldError>,
    /// What is allowed but hardly meant.
    pub warnings: Vec<FieldError>,
}
