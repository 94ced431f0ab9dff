//! `GET /tasks`: what nodes can do.

use poem_openapi::{Enum, Object, OpenApi, payload::Json};
use serde_json::Value;
use service::Page;
use tasks::{TaskKind, TaskSpec};

use crate::{endpoint::State, tags::Chapter};

/// The catalogue.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    ListTasks(state.clone())
}

struct ListTasks(State);

/// What the catalogue says of a task: enough to draw a form for it.
#[derive(Debug, Object)]
struct Task {
    /// Its full name, for `task_name`.
    name: String,
    /// Its name for people.
    title: String,
    /// What it does, in a sentence or two.
    description: String,
    /// Whether it calls the outside.
    kind: Kind,
    /// The JSON Schema (2020-12) of its parameters. Members that it does not name are passed on.
    input_schema: Value,
    /// The JSON Schema of what it yields.
    output_schema: Value,
    /// Parameters that work.
    example: Value,
}

/// Whether a task only touches the ledger, or calls the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "TaskKind", rename_all = "snake_case")]
enum Kind {
    /// It takes effect at once, with the rest of its run.
    Ledgered,
    /// It calls the outside, and its run waits for it.
    External,
}

#[OpenApi(tag = "Chapter::Tasks")]
impl ListTasks {
    /// List the tasks
    ///
    /// All of them, on one page.
    #[oai(path = "/tasks", method = "get", operation_id = "list_tasks")]
    #[expect(
        clippy::unused_async,
        reason = "operations are async; this one has nothing to wait for"
    )]
    async fn list(&self) -> Json<Page<Task>> {
        Json(Page {
            items: self.0.tasks.specs().map(Task::of).collect(),
            next_cursor: None,
        })
    }
}

impl Task {
    fn of(spec: &TaskSpec) -> Self {
        Self {
            name: spec.name.to_owned(),
            title: spec.title.to_owned(),
            description: spec.description.to_owned(),
            kind: match spec.kind {
                TaskKind::Ledgered => Kind::Ledgered,
                TaskKind::External => Kind::External,
            },
            input_schema: spec.input_schema.clone(),
            output_schema: spec.output_schema.clone(),
            example: spec.example.clone(),
        }
    }
}
