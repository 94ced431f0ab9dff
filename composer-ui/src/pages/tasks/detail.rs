//! A task, opened: what it takes, what it yields, and an example.

use api_types::{JsonText, Task, TaskKind};
use leptos::prelude::*;
use serde_json::{Value, json};

use super::schema::{self, Member};
use crate::{
    parts::{Badge, Code, Prose, Tone},
    words::words,
};

/// A task of the catalogue.
#[component]
pub(super) fn Detail(task: Task) -> impl IntoView {
    let all = words();
    let words = &all.tasks;
    let (kind, hint, tone) = match task.kind {
        TaskKind::Ledgered => (words.ledgered, words.ledgered_hint, Tone::Success),
        TaskKind::External => (words.external, words.external_hint, Tone::Waiting),
    };
    let example = example(&task);
    // Nobody has to say what a task yields.
    let outputs = schema::members(&read(&task.output_schema), all)
        .into_iter()
        .map(|member| Member {
            is_required: false,
            ..member
        });
    let outputs = outputs.collect();
    view! {
        <article class="task">
            <header>
                <h2>{task.title}</h2>
                <span title=hint><Badge tone=tone text=kind /></span>
            </header>
            <code class="task-name">{task.name}</code>
            <p class="meaning"><Prose text=task.description /></p>
            <h3>{words.parameters}</h3>
            <Members members=schema::members(&read(&task.input_schema), all) none=words.no_parameters />
            <h3>{words.outputs}</h3>
            <Members members=outputs none=words.no_outputs />
            <h3>{words.example}</h3>
            <Code text=example />
        </article>
    }
}

/// A node that runs the task, as it stands in a rule.
fn example(task: &Task) -> String {
    let short = task.name.rsplit('.').next().unwrap_or_default().replace('_', "-");
    let node = json!({
        "node_id": format!("{short}-1"),
        "node_type": "task",
        "task_name": task.name,
        "parameters": read(&task.example),
    });
    serde_json::to_string_pretty::<Value>(&node).unwrap_or_default()
}

fn read(text: &JsonText) -> Value {
    serde_json::from_str(text.text()).unwrap_or_default()
}

#[component]
fn Members(members: Vec<Member>, none: &'static str) -> impl IntoView {
    if members.is_empty() {
        return view! { <p class="muted">{none}</p> }.into_any();
    }
    let words = words();
    let rows = members.into_iter().map(|member| {
        let required = member
            .is_required
            .then(|| view! { <em>{words.common.required}</em> });
        let default = member
            .default
            .map(|value| view! { <small>{(words.tasks.default_is)(&value)}</small> });
        view! {
            <tr>
                <td><code>{member.name}</code> " " {required}</td>
                <td>{member.kind}</td>
                <td><Prose text=member.description /> " " {default}</td>
            </tr>
        }
    });
    view! {
        <table class="members">
            <thead>
                <tr>
                    <th scope="col">{words.tasks.name}</th>
                    <th scope="col">{words.tasks.kind}</th>
                    <th scope="col">{words.tasks.meaning}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
