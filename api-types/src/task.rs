//! What nodes can do.

use serde::{Deserialize, Serialize};

use crate::JsonText;

/// What the catalogue says of a task: enough to draw a form for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Task {
    /// Its full name, for `task_name`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it does, in a sentence or two.
    pub description: String,
    /// Whether it calls the outside.
    pub kind: TaskKind,
    /// The JSON Schema (2020-12) of its parameters. Members that it does not name are passed on.
    pub input_schema: JsonText,
    /// The JSON Schema of what it yields.
    pub output_schema: JsonText,
    /// Parameters that work.
    pub example: JsonText,
}

/// Whether a task only touches the ledger, or calls the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
#[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
pub enum TaskKind {
    /// It takes effect at once, with the rest of its run.
    Ledgered,
    /// It calls the outside, and its run waits for it.
    External,
}
