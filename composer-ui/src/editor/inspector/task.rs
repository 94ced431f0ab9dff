//! What a task takes, as a form made of its schema.

use leptos::prelude::*;
use serde_json::Value;

use super::{schema_field::SchemaField, values::Step};
use crate::editor::Editor;

/// The parameters of a node's task.
#[component]
pub(super) fn TaskForm(node: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let id = StoredValue::new(node);
    let task = Memo::new(move |_| {
        let name = id.with_value(|id| editor.member(id, "task_name"));
        name.and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default()
    });
    let parameters = Memo::new(move |_| {
        id.with_value(|id| editor.member(id, "parameters"))
            .unwrap_or_default()
    });
    let put = Callback::new(move |parameters: Option<Value>| {
        let says_nothing = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
        let parameters = parameters.filter(|value| !says_nothing(value));
        id.with_value(|id| editor.set_member(id, "parameters", parameters));
    });
    let options = editor.tasks.with_value(|tasks| {
        let options = tasks.iter().map(|known| {
            let (name, title) = (known.name.clone(), known.title.clone());
            let is_it = name.clone();
            view! { <option value=name selected=move || task.get() == is_it>{title}</option> }
        });
        options.collect_view()
    });
    let choose = move |event| {
        id.with_value(|id| editor.set_member(id, "task_name", Some(event_target_value(&event).into())));
        editor.board.pause();
    };
    let fields = move || {
        let name = canonical(&task.get());
        let schema = editor.tasks.with_value(|tasks| {
            let task = tasks.iter().find(|known| known.name == name)?;
            Some((task.description.clone(), task.input_schema.read::<Value>().ok()?))
        });
        let (description, schema) = schema?;
        let required = names(&schema, "required");
        let members = schema.get("properties")?.as_object()?.clone();
        let fields = members.into_iter().map(move |(name, schema)| {
            let is_required = required.contains(&name);
            view! {
                <SchemaField
                    name=name.clone()
                    schema=schema
                    is_required=is_required
                    place=vec![Step::Member(name)]
                    values=parameters
                    on_put=put
                />
            }
        });
        Some(view! {
            <p class="help">{description}</p>
            {fields.collect_view()}
        })
    };
    view! {
        <label class="labelled" data-member="task_name">
            <span>{words.task}</span>
            <select class="field" on:change=choose>{options}</select>
        </label>
        <div class="schema-form" data-member="parameters">{fields}</div>
    }
}

/// Tasks have two names; the catalogue knows one.
fn canonical(name: &str) -> String {
    match name.strip_prefix("payments.tasks.") {
        Some(own) => format!("payment.tasks.{own}"),
        None => name.to_owned(),
    }
}

/// A list of names in a schema.
pub(super) fn names(schema: &Value, member: &str) -> Vec<String> {
    let list = schema.get(member).and_then(Value::as_array);
    let names = list.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}
