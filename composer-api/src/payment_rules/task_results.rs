//! Reading the results that take the place of tasks in a simulation.

use std::collections::BTreeMap;

use rules::Pointer;
use serde_json::{Map, Value};
use tasks::TaskResult;

use super::simulation::Reader;

impl Reader {
    /// The results by node; none for what cannot be read.
    pub(super) fn results(&mut self, results: Option<Value>) -> BTreeMap<String, TaskResult> {
        let place = Pointer::root().child("task_results");
        match results {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(Value::Object(results)) => results
                .into_iter()
                .filter_map(|(node_id, result)| {
                    let result = self.result(result, &place.child(&node_id))?;
                    Some((node_id, result))
                })
                .collect(),
            Some(_) => {
                self.note(
                    &place,
                    "invalid",
                    "`task_results` must be an object, with a result for each node.",
                );
                BTreeMap::new()
            }
        }
    }

    fn result(&mut self, result: Value, place: &Pointer) -> Option<TaskResult> {
        if !result.is_object() {
            self.note(
                place,
                "invalid",
                "A result is an object: `{\"state\": \"success\"}`.",
            );
            return None;
        }
        let mut members = self.object(result, place, &["state", "output", "error"]);
        let (output, error) = (members.shift_remove("output"), members.shift_remove("error"));
        let state = members.shift_remove("state").unwrap_or_default();
        let (member, fault) = match (state.as_str(), output, error) {
            (Some("success"), output, None) => {
                let output = output.unwrap_or_else(|| Value::Object(Map::new()));
                return Some(TaskResult::Success(output));
            }
            (Some("failure"), None, error) => return Some(self.failure(error, &place.child("error"))),
            (Some("success"), ..) => ("error", "A task that succeeds has no `error`."),
            (Some("failure"), ..) => ("output", "A task that fails has no `output`."),
            _ => ("state", "`state` must be `success` or `failure`."),
        };
        self.note(&place.child(member), "invalid", fault);
        None
    }

    fn failure(&mut self, error: Option<Value>, place: &Pointer) -> TaskResult {
        let mut members = error
            .map(|error| self.object(error, place, &["code", "message"]))
            .unwrap_or_default();
        let mut text = |name: &str, unsaid: &str| match members.shift_remove(name) {
            None => unsaid.to_owned(),
            Some(Value::String(text)) => text,
            Some(_) => {
                self.note(
                    &place.child(name),
                    "invalid",
                    format!("`{name}` must be a string."),
                );
                String::new()
            }
        };
        let code = text("code", "simulated_failure");
        let message = text("message", "The simulation was told that this task fails.");
        TaskResult::Failure { code, message }
    }
}
