//! What a task takes, as a form made of its schema.

use leptos::prelude::*;
use rules::full_task_name;
use serde_json::{Value, json};

use super::{schema_field::SchemaField, values::Step};
use crate::{
    editor::Editor,
    parts::{Prose, Select},
};

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
        let options = tasks
            .iter()
            .map(|known| (known.name.clone(), known.title.clone()));
        options.collect::<Vec<_>>()
    });
    // An alias is shown as the task that it stands for, and stays as it is written until another is chosen.
    let chosen = Signal::derive(move || full_task_name(&task.get()).into_owned());
    let choose = Callback::new(move |name: String| {
        id.with_value(|id| editor.set_member(id, "task_name", Some(name.into())));
        editor.board.pause();
    });
    let unknown = Memo::new(move |_| {
        let schema = editor.schema_of(&task.get());
        let known = schema.as_ref().and_then(|(_, schema)| schema.get("properties"));
        let said = parameters.get();
        let said = said.as_object().into_iter().flat_map(|said| said.keys());
        let unknown = said.filter(|name| known.is_none_or(|known| known.get(name.as_str()).is_none()));
        unknown.cloned().collect::<Vec<_>>()
    });
    let fields = move || {
        let (description, schema) = editor.schema_of(&task.get())?;
        let required = names(&schema, "required");
        let mut members = schema.get("properties")?.as_object()?.clone();
        for name in unknown.get() {
            members.insert(name, json!({ "description": words.unknown_parameter }));
        }
        let fields = members.into_iter().map(move |(name, schema)| {
            let is_required = required.contains(&name);
            view! {
                <SchemaField
                    name=name.clone()
                    schema=schema
                    is_required=is_required
                    base="/parameters"
                    place=vec![Step::Member(name)]
                    values=parameters
                    on_put=put
                />
            }
        });
        Some(view! {
            <p class="help"><Prose text=description /></p>
            {fields.collect_view()}
        })
    };
    view! {
        <label class="labelled" data-pointer="/task_name">
            <span>{words.task}</span>
            <Select options=Signal::stored(options) chosen=chosen on_choose=choose />
        </label>
        <div class="schema-form" data-pointer="/parameters">{fields}</div>
    }
}

impl Editor {
    /// What a task of the catalogue does, and the schema of its parameters.
    fn schema_of(self, task: &str) -> Option<(String, Value)> {
        self.with_task(task, |task| {
            Some((task.description.clone(), task.input_schema.read().ok()?))
        })?
    }
}

/// A list of names in a schema.
pub(super) fn names(schema: &Value, member: &str) -> Vec<String> {
    let list = schema.get(member).and_then(Value::as_array);
    let names = list.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}
