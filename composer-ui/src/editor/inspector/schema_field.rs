//! A field for a value that a JSON Schema describes: typed, chosen, or taken from the context.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::{
    call::names,
    values::{Step, at, is_path, number, pointer, text_of, with},
};
use crate::{
    editor::{Editor, completions::COMPLETIONS},
    icons::{Icon, Sign},
    parts::{Prose, Select},
};

/// What kind of field a schema asks for.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Text,
    Number,
    Bool,
    Choice(Vec<String>),
    /// A list, with the schema of what it holds.
    List(Value),
    /// An object with known members.
    Members(Value),
    /// Any JSON.
    Free,
}

impl Shape {
    fn of(schema: &Value) -> Self {
        let choices = names(schema, "enum");
        if !choices.is_empty() {
            return Self::Choice(choices);
        }
        let types = match schema.get("type") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let is = |name: &str| types.contains(&name);
        let members = schema.get("properties").filter(|members| members.is_object());
        match (members, schema.get("items")) {
            (Some(_), _) if is("object") => Self::Members(schema.clone()),
            (_, Some(items)) if is("array") => Self::List(items.clone()),
            _ if is("string") => Self::Text,
            _ if is("integer") || is("number") => Self::Number,
            _ if is("boolean") => Self::Bool,
            _ => Self::Free,
        }
    }

    /// What a new item of a list is.
    fn blank(&self) -> Value {
        match self {
            Self::Members(_) => json!({}),
            Self::List(_) => json!([]),
            _ => json!(""),
        }
    }
}

/// A field for what is at a place of the parameters.
#[component]
pub(super) fn SchemaField(
    #[prop(into)] name: String,
    schema: Value,
    is_required: bool,
    /// Where in the node the values stand.
    base: &'static str,
    place: Vec<Step>,
    #[prop(into)] values: Signal<Value>,
    on_put: Callback<Option<Value>>,
) -> impl IntoView {
    let help = schema
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let shape = Shape::of(&schema);
    let field = Field {
        base,
        place: StoredValue::new(place),
        values,
        on_put,
    };
    match shape {
        Shape::List(items) => view! { <ListField name=name help=help items=items field=field /> }.into_any(),
        Shape::Members(schema) => view! { <MemberFields schema=schema field=field /> }.into_any(),
        shape => view! { <OneField name=name help=help is_required=is_required shape=shape field=field /> }
            .into_any(),
    }
}

/// A place in the parameters.
#[derive(Clone, Copy)]
struct Field {
    base: &'static str,
    place: StoredValue<Vec<Step>>,
    values: Signal<Value>,
    on_put: Callback<Option<Value>>,
}

impl Field {
    fn get(self) -> Option<Value> {
        let values = self.values;
        values.with(|values| self.place.with_value(|place| at(values, place).cloned()))
    }

    /// Where it stands in the node, as findings name it.
    fn pointer(self) -> String {
        self.place
            .with_value(|place| format!("{}{}", self.base, pointer(place)))
    }

    fn put(self, value: Option<Value>) {
        let before = self.values.get_untracked();
        let after = self.place.with_value(|place| with(Some(before), place, value));
        self.on_put.run(after);
    }

    fn inner(self, step: Step) -> Vec<Step> {
        let mut place = self.place.get_value();
        place.push(step);
        place
    }
}

/// A value that is typed or chosen, or taken from the context.
#[component]
fn OneField(name: String, help: String, is_required: bool, shape: Shape, field: Field) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let value = Memo::new(move |_| field.get());
    let is_path = Memo::new(move |_| value.with(|value| value.as_ref().is_some_and(is_path)));
    let shape = StoredValue::new(shape);
    let label = name.clone();
    let typed = move |text: &str| {
        let read = shape.with_value(|shape| read(shape, text));
        field.put(read);
    };
    let text = move || value.with(|value| value.as_ref().map(text_of).unwrap_or_default());
    let input = move |class: &'static str| {
        let label = label.clone();
        view! {
            <input
                class=class
                list=COMPLETIONS
                aria-label=label
                spellcheck="false"
                prop:value=text
                on:input=move |event| typed(&event_target_value(&event))
                on:change=move |_| editor.board.pause()
            />
        }
    };
    let choose = Callback::new(move |text: String| {
        typed(&text);
        editor.board.pause();
    });
    let name_of_choice = name.clone();
    let chosen = move |mut options: Vec<(String, String)>| {
        options.insert(0, (String::new(), words.unset.to_owned()));
        view! {
            <Select
                label=name_of_choice.clone()
                options=Signal::stored(options)
                chosen=Signal::derive(text)
                on_choose=choose
            />
        }
    };
    let control = {
        let input = input.clone();
        move || {
            if is_path.get() {
                return input("field path").into_any();
            }
            match shape.get_value() {
                Shape::Bool => {
                    let options = [("true", words.yes), ("false", words.no)];
                    let options = options.map(|(option, word)| (option.to_owned(), word.to_owned()));
                    chosen(options.into()).into_any()
                }
                Shape::Choice(choices) => chosen(
                    choices
                        .into_iter()
                        .map(|choice| (choice.clone(), choice))
                        .collect(),
                )
                .into_any(),
                Shape::Free => view! { <FreeField field=field /> }.into_any(),
                _ => input("field").into_any(),
            }
        }
    };
    let switch = move |_| {
        let other = if is_path.get_untracked() {
            None
        } else {
            Some("$context.event.".into())
        };
        field.put(other);
        editor.board.pause();
    };
    let switch_label = move || {
        if is_path.get() {
            words.type_a_value
        } else {
            words.take_from_event
        }
    };
    view! {
        <div class="labelled" data-pointer=field.pointer()>
            <span>
                <code>{name}</code>
                {is_required.then(|| view! { <b class="required" aria-hidden="true">"*"</b> })}
            </span>
            <div class="with-switch">
                {control}
                <button
                    class="button quiet icon switch"
                    type="button"
                    title=switch_label
                    aria-label=switch_label
                    aria-pressed=move || is_path.get().to_string()
                    on:click=switch
                >
                    "$"
                </button>
            </div>
            <small class="help"><Prose text=help /></small>
        </div>
    }
}

/// Nothing typed is nothing said. A path is a path whatever the schema says.
fn read(shape: &Shape, text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    let is_path = text.starts_with('$') || text.contains("{{");
    Some(match shape {
        Shape::Number if !is_path => number(text).map_or_else(|| text.into(), Value::Number),
        Shape::Bool if !is_path => (text == "true").into(),
        _ => text.into(),
    })
}

/// Any JSON; it is taken once it can be read.
#[component]
fn FreeField(field: Field) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let is_wrong = RwSignal::new(false);
    // What cannot be read stays in the field as long as the value is what it was.
    let shown = Memo::new(move |_| field.get().as_ref().map(json_of).unwrap_or_default());
    Effect::new(move |_| {
        shown.track();
        is_wrong.set(false);
    });
    let typed = move |event| {
        let text = event_target_value(&event);
        editor.board.pause();
        if text.trim().is_empty() {
            is_wrong.set(false);
            return field.put(None);
        }
        let read = rules::json::parse(text.as_bytes());
        is_wrong.set(read.is_err());
        if let Ok(value) = read {
            field.put(Some(value));
        }
    };
    view! {
        <textarea
            class="field code-field"
            rows="3"
            spellcheck="false"
            aria-label=words.json
            aria-invalid=move || is_wrong.get().to_string()
            prop:value=shown
            on:change=typed
        ></textarea>
        {move || is_wrong.get().then(|| view! { <small class="wrong">{words.not_json}</small> })}
    }
}

fn json_of(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The members of an object, one below the other.
#[component]
fn MemberFields(schema: Value, field: Field) -> impl IntoView {
    let required = names(&schema, "required");
    let members = schema
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let fields = members.into_iter().map(move |(name, schema)| {
        let is_required = required.contains(&name);
        let place = field.inner(Step::Member(name.clone()));
        view! {
            <SchemaField
                name=name
                schema=schema
                is_required=is_required
                base=field.base
                place=place
                values=field.values
                on_put=field.on_put
            />
        }
        .into_any()
    });
    view! { <div class="inner-fields" data-pointer=field.pointer()>{fields.collect_view()}</div> }
}

/// A list: each item with its fields, one to add, each to remove.
#[component]
fn ListField(name: String, help: String, items: Value, field: Field) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let count = Memo::new(move |_| {
        field
            .get()
            .and_then(|value| value.as_array().map(Vec::len))
            .unwrap_or_default()
    });
    let blank = Shape::of(&items).blank();
    let items = StoredValue::new(items);
    let add = move |_| {
        editor.board.pause();
        let place = field.inner(Step::Item(untrack(|| count.get())));
        let before = field.values.get_untracked();
        field.on_put.run(with(Some(before), &place, Some(blank.clone())));
    };
    let remove = move |index: usize| {
        editor.board.pause();
        let place = field.inner(Step::Item(index));
        field
            .on_put
            .run(with(Some(field.values.get_untracked()), &place, None));
    };
    view! {
        <div class="labelled" data-pointer=field.pointer()>
            <span><code>{name.clone()}</code></span>
            <small class="help"><Prose text=help /></small>
            <For each=move || 0..count.get() key=|index| *index let:index>
                <div class="list-item">
                    <div class="list-item-head">
                        <span class="muted">{index + 1}</span>
                        <button
                            class="button quiet icon"
                            type="button"
                            title=words.remove
                            aria-label=words.remove
                            on:click=move |_| remove(index)
                        >
                            <Sign icon=Icon::Close />
                        </button>
                    </div>
                    <SchemaField
                        name=name.clone()
                        schema=items.get_value()
                        is_required=true
                        base=field.base
                        place=field.inner(Step::Item(index))
                        values=field.values
                        on_put=field.on_put
                    />
                </div>
            </For>
            <button class="button small" type="button" on:click=add>
                <Sign icon=Icon::Plus />
                {words.add_item}
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_asks_for_its_kind_of_field() {
        assert_eq!(Shape::of(&json!({"type": ["string", "number"]})), Shape::Text);
        assert_eq!(Shape::of(&json!({"type": ["integer", "null"]})), Shape::Number);
        assert_eq!(Shape::of(&json!({"type": "boolean"})), Shape::Bool);
        let choice = json!({"type": ["string", "null"], "enum": ["a", null]});
        assert_eq!(Shape::of(&choice), Shape::Choice(vec!["a".to_owned()]));
        assert_eq!(Shape::of(&json!({"description": "any"})), Shape::Free);
        let list = json!({"type": "array", "items": {"type": "object", "properties": {}}});
        assert!(matches!(Shape::of(&list), Shape::List(_)));
    }

    #[test]
    fn a_typed_value_is_what_the_schema_says_unless_it_is_a_path() {
        assert_eq!(read(&Shape::Number, "30"), Some(json!(30)));
        assert_eq!(
            read(&Shape::Number, "$context.event.days"),
            Some(json!("$context.event.days"))
        );
        assert_eq!(read(&Shape::Number, "3x"), Some(json!("3x")));
        assert_eq!(read(&Shape::Text, "30"), Some(json!("30")));
        assert_eq!(read(&Shape::Text, ""), None);
    }
}
