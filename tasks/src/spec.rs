//! What the catalogue says of a task.

use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value};

/// Whether a task only touches the ledger, or calls the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// Decided within the batch, without I/O.
    Ledgered,
    /// Called between batches.
    External,
}

impl TaskKind {
    /// The kind as the catalogue shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ledgered => "ledgered",
            Self::External => "external",
        }
    }
}

/// What the catalogue says of a task: enough to draw a form for it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSpec {
    /// Its full name: `payment.tasks.<snake_case>`.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does, in a sentence or two.
    pub description: &'static str,
    /// Whether it calls the outside.
    pub kind: TaskKind,
    /// Whether its success ends the run.
    pub ends_run: bool,
    /// The JSON Schema (2020-12) of its parameters. Members that it does not name are passed on.
    pub input_schema: Value,
    /// The JSON Schema of what it yields.
    pub output_schema: Value,
    /// Parameters that work.
    pub example: Value,
}

/// The JSON Schema of a Rust type, self-contained.
pub(crate) fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let settings = settings.with_transform(RefuseNullAmounts);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// Left out, an amount has a default; null, it is a mistake. Any other member may be null to say nothing.
#[derive(Debug, Clone)]
struct RefuseNullAmounts;

impl Transform for RefuseNullAmounts {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        if members.get("format").and_then(Value::as_str) != Some("decimal") {
            return;
        }
        if let Some(Value::Array(types)) = members.get_mut("type") {
            types.retain(|name| name.as_str() != Some("null"));
        }
    }
}

/// An object from its members.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
