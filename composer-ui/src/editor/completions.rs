//! What a path can name: the members of the sample event, the company and the run, and what nodes yield.

use canvas::{graph::Graph, selection::Item};
use leptos::prelude::*;
use serde_json::Value;

use super::Editor;

/// The id of the list that fields of paths refer to.
pub(super) const COMPLETIONS: &str = "path-completions";
/// The most that is offered from one event.
const MOST: usize = 120;
/// What every context has.
const ALWAYS: [&str; 8] = [
    "$context.company.company_id",
    "$context.company.name",
    "$context.company.plan",
    "$context.company.region",
    "$context.company.currency",
    "$context.run.id",
    "$context.run.rule_version",
    "$context.run.accepted_at",
];

/// The list of completions. It is drawn once; fields name it.
#[component]
pub(super) fn Completions() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let before = Memo::new(move |_| editor.before_selected());
    let all = Memo::new(move |_| {
        let event = editor.event.with(|text| rules::json::parse(text.as_bytes()).ok());
        let mut paths = Vec::new();
        if let Some(event) = event {
            collect("$context.event", &event, &mut paths);
        }
        paths.extend(ALWAYS.map(str::to_owned));
        let outputs = before.get().into_iter().rev();
        paths.extend(
            outputs
                .flat_map(|(id, task)| editor.outputs(&id, task.as_deref()))
                .take(MOST),
        );
        paths
    });
    view! {
        <datalist id=COMPLETIONS>
            {move || all.get().into_iter().map(|path| view! { <option value=path></option> }).collect_view()}
        </datalist>
    }
}

/// The paths of all members.
fn collect(place: &str, value: &Value, paths: &mut Vec<String>) {
    if paths.len() >= MOST {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(&step(place, name), value, paths);
            }
        }
        Value::Array(items) => {
            paths.push(place.to_owned());
            if let Some(first) = items.first() {
                collect(&format!("{place}[0]"), first, paths);
            }
        }
        _ => paths.push(place.to_owned()),
    }
}

/// A name that is none in the short notation is written in brackets.
fn step(place: &str, name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_plain {
        format!("{place}.{name}")
    } else {
        let escaped = name.replace('\\', "\\\\").replace('\'', "\\'");
        format!("{place}['{escaped}']")
    }
}

impl Editor {
    /// The nodes that the selected one waits for, directly or not, with their tasks: no others can be looked at.
    fn before_selected(self) -> Vec<(String, Option<String>)> {
        let selected = self.board.selection.with(|all| all.only().cloned());
        let Some(Item::Node(id)) = selected else {
            return Vec::new();
        };
        self.board.follow(|document| {
            let graph = Graph::of(document);
            let Some(place) = graph.place(&id) else {
                return Vec::new();
            };
            let before = document.nodes().zip(graph.ancestors(place));
            let before = before.filter(|(node, is_before)| *is_before && node.id != id);
            before
                .map(|(node, _)| (node.id.clone(), node.task_name().map(str::to_owned)))
                .collect()
        })
    }

    /// What a node says of itself, and what its task yields.
    fn outputs(self, id: &str, task: Option<&str>) -> Vec<String> {
        let place = step("$context.nodes", id);
        let schema =
            task.and_then(|task| self.with_task(task, |task| task.output_schema.read::<Value>().ok())?);
        let members = schema
            .as_ref()
            .and_then(|schema| schema.get("properties")?.as_object());
        let names = members.into_iter().flat_map(|members| members.keys());
        let outputs = names.map(|name| step(&format!("{place}.output"), name));
        std::iter::once(format!("{place}.state")).chain(outputs).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_member_of_an_event_is_offered() {
        let mut paths = Vec::new();
        collect(
            "$context.event",
            &json!({"a": {"b-c": 1}, "l": [{"x": 1}], "n": null}),
            &mut paths,
        );
        assert_eq!(
            paths,
            [
                "$context.event.a['b-c']",
                "$context.event.l",
                "$context.event.l[0].x",
                "$context.event.n"
            ]
        );
    }
}
