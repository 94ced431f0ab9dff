//! A task that a node calls, with what it takes, as a form made of its schema.

use leptos::prelude::*;
use rules::full_task_name;
use serde_json::{Value, json};

use super::{
    schema_field::SchemaField,
    values::{Step, with},
};
use crate::{
    editor::Editor,
    parts::{Prose, Select},
};

/// Where in a task node a task is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// What the node does.
    Own,
    /// What undoes it, if the run ends badly.
    Undoing,
}

/// A task that a node calls, and its parameters.
#[derive(Clone, Copy)]
pub(super) struct Call {
    editor: Editor,
    node: StoredValue<String>,
    role: Role,
}

impl Call {
    /// What a node does.
    pub(super) fn own(editor: Editor, node: &str) -> Self {
        Self::of(editor, node, Role::Own)
    }

    /// What undoes a node.
    pub(super) fn undoing(editor: Editor, node: &str) -> Self {
        Self::of(editor, node, Role::Undoing)
    }

    fn of(editor: Editor, node: &str, role: Role) -> Self {
        let node = StoredValue::new(node.to_owned());
        Self { editor, node, role }
    }

    /// The task's name as it is written; empty, if none is called.
    pub(super) fn task(self) -> String {
        let name = self.member("task_name");
        name.and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    fn member(self, member: &str) -> Option<Value> {
        self.node.with_value(|node| match self.role {
            Role::Own => self.editor.member(node, member),
            Role::Undoing => self.editor.member(node, COMPENSATE)?.get(member).cloned(),
        })
    }

    fn set(self, member: &str, value: Option<Value>) {
        self.node.with_value(|node| match self.role {
            Role::Own => self.editor.set_member(node, member, value),
            Role::Undoing => {
                let before = untrack(|| self.editor.member(node, COMPENSATE));
                let after = with(before, &[Step::Member(member.to_owned())], value);
                self.editor.set_member(node, COMPENSATE, after);
            }
        });
    }

    /// Calls another task. Who has nothing undone says nothing of it.
    fn choose(self, task: String) {
        if task.is_empty() && self.role == Role::Undoing {
            self.node
                .with_value(|node| self.editor.set_member(node, COMPENSATE, None));
        } else {
            self.set("task_name", Some(task.into()));
        }
        self.editor.board.pause();
    }

    /// Where the task's name stands in the node, as findings name it; and where its parameters do.
    fn pointers(self) -> (&'static str, &'static str) {
        match self.role {
            Role::Own => ("/task_name", "/parameters"),
            Role::Undoing => ("/compensate/task_name", "/compensate/parameters"),
        }
    }

    fn options(self) -> Vec<(String, String)> {
        let nothing = (self.role == Role::Undoing).then(|| {
            (
                String::new(),
                self.editor.texts.inspector.undone_by_nothing.to_owned(),
            )
        });
        self.editor.tasks.with_value(|tasks| {
            let tasks = tasks
                .iter()
                .map(|known| (known.name.clone(), known.title.clone()));
            nothing.into_iter().chain(tasks).collect()
        })
    }
}

/// The member that says what undoes a node.
const COMPENSATE: &str = "compensate";

/// Which task is called, and with which parameters.
#[component]
pub(super) fn CallForm(call: Call) -> impl IntoView {
    let words = &call.editor.texts.inspector;
    let label = match call.role {
        Role::Own => words.task,
        Role::Undoing => words.undone_by,
    };
    // An alias is shown as the task that it stands for, and stays as it is written until another is chosen.
    let chosen = Signal::derive(move || full_task_name(&call.task()).into_owned());
    let (name_pointer, pointer) = call.pointers();
    view! {
        <label class="labelled" data-pointer=name_pointer>
            <span>{label}</span>
            <Select
                options=Signal::stored(call.options())
                chosen=chosen
                on_choose=Callback::new(move |task| call.choose(task))
            />
        </label>
        <div class="schema-form" data-pointer=pointer>
            <Parameters call=call />
        </div>
    }
}

/// The parameters, those first that the task says it takes.
#[component]
fn Parameters(call: Call) -> impl IntoView {
    let editor = call.editor;
    let words = &editor.texts.inspector;
    let (_, base) = call.pointers();
    let task = Memo::new(move |_| call.task());
    let parameters = Memo::new(move |_| call.member("parameters").unwrap_or_default());
    let put = Callback::new(move |parameters: Option<Value>| {
        let says_nothing = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
        call.set("parameters", parameters.filter(|value| !says_nothing(value)));
    });
    let unknown = Memo::new(move |_| {
        let schema = editor.schema_of(&task.get());
        let known = schema.as_ref().and_then(|(_, schema)| schema.get("properties"));
        let said = parameters.get();
        let said = said.as_object().into_iter().flat_map(|said| said.keys());
        let unknown = said.filter(|name| known.is_none_or(|known| known.get(name.as_str()).is_none()));
        unknown.cloned().collect::<Vec<_>>()
    });
    move || {
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
                    base=base
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
