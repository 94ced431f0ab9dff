//! `GET /tasks`: what nodes can do.

use api_types::{JsonText, Page, Task, TaskKind};
use poem_openapi::OpenApi;
use serde_json::Value;
use service::{Problem, RawJson};
use tasks::TaskSpec;
use views::stored_json;

use crate::{Refused, endpoint::State, tags::Chapter};

/// The catalogue.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    ListTasks(state.clone())
}

struct ListTasks(State);

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
    async fn list(&self) -> Result<RawJson<Page<Task>>, Refused> {
        let items = self.0.tasks.specs().map(shown).collect::<Result<_, _>>()?;
        Ok(stored_json::write(&Page {
            items,
            next_cursor: None,
        })?)
    }
}

fn shown(spec: &TaskSpec) -> Result<Task, Problem> {
    let text = |value: &Value| JsonText::of(value).map_err(Problem::internal);
    Ok(Task {
        name: spec.name.to_owned(),
        title: spec.title.to_owned(),
        description: spec.description.to_owned(),
        kind: match spec.kind {
            tasks::TaskKind::Ledgered => TaskKind::Ledgered,
            tasks::TaskKind::External => TaskKind::External,
        },
        input_schema: text(&spec.input_schema)?,
        output_schema: text(&spec.output_schema)?,
        example: text(&spec.example)?,
    })
}
