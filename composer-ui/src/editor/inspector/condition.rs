//! The condition builder: field, operator, value, line by line.

use leptos::prelude::*;
use rules::Operator;
use serde_json::{Map, Value, json};

use super::{
    Owner,
    values::{Arity, Kind, path_of, split, text_of},
};
use crate::{
    editor::{Editor, completions::COMPLETIONS},
    icons::{Icon, Sign},
};

/// The expectations of a condition, or of the rule itself.
#[derive(Clone, Copy)]
struct Expectations {
    editor: Editor,
    owner: StoredValue<Owner>,
}

impl Expectations {
    fn all(self) -> Vec<Value> {
        let list = self.owner.with_value(|owner| match owner {
            Owner::Node(id) => self.editor.member(id, "expect"),
            Owner::Rule => {
                let when = self.editor.board.follow(|document| document.when().cloned());
                when.and_then(|when| when.get("expect").cloned())
            }
        });
        match list {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        }
    }

    fn mode(self) -> String {
        let mode = self.owner.with_value(|owner| match owner {
            Owner::Node(id) => self.editor.member(id, "match"),
            Owner::Rule => {
                let when = self.editor.board.follow(|document| document.when().cloned());
                when.and_then(|when| when.get("match").cloned())
            }
        });
        mode.as_ref().and_then(Value::as_str).unwrap_or("all").to_owned()
    }

    fn set_mode(self, mode: &str) {
        // `all` goes without saying.
        let mode = (mode != "all").then(|| mode.into());
        self.owner.with_value(|owner| match owner {
            Owner::Node(id) => self.editor.set_member(id, "match", mode),
            Owner::Rule => self.set_when("match", mode),
        });
    }

    fn set(self, all: Vec<Value>) {
        self.owner.with_value(|owner| match owner {
            Owner::Node(id) => self.editor.set_member(id, "expect", Some(Value::Array(all))),
            Owner::Rule => self.set_when("expect", (!all.is_empty()).then_some(Value::Array(all))),
        });
    }

    fn set_when(self, member: &str, value: Option<Value>) {
        let when = self.editor.board.with(|document| document.when().cloned());
        let mut members = match when {
            Some(Value::Object(members)) => members,
            _ => Map::new(),
        };
        match value {
            Some(value) => {
                members.insert(member.to_owned(), value);
            }
            None => {
                members.shift_remove(member);
            }
        }
        let says_something = members.contains_key("expect");
        self.editor
            .set_rule("when", says_something.then_some(Value::Object(members)));
    }

    fn at(self, index: usize) -> Value {
        self.all().into_iter().nth(index).unwrap_or_default()
    }

    fn change(self, index: usize, change: impl FnOnce(&mut Map<String, Value>)) {
        let mut all = untrack(|| self.all());
        if let Some(Value::Object(members)) = all.get_mut(index) {
            change(members);
            self.set(all);
        }
    }

    fn add(self) {
        let mut all = untrack(|| self.all());
        all.push(json!({ "field": "", "operator": "eq", "value": "" }));
        self.editor.board.pause();
        self.set(all);
    }

    fn remove(self, index: usize) {
        let mut all = untrack(|| self.all());
        if index < all.len() {
            all.remove(index);
            self.editor.board.pause();
            self.set(all);
        }
    }
}

/// The builder.
#[component]
pub(super) fn ConditionBuilder(owner: Owner, hint: &'static str) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let expectations = Expectations {
        editor,
        owner: StoredValue::new(owner),
    };
    let count = Memo::new(move |_| expectations.all().len());
    let mode = Memo::new(move |_| expectations.mode());
    view! {
        <div class="builder" data-member="expect">
            {move || {
                (count.get() > 1)
                    .then(|| {
                        view! {
                            <select
                                class="field"
                                aria-label=words.expects
                                prop:value=mode
                                on:change=move |event| expectations.set_mode(&event_target_value(&event))
                            >
                                <option value="all" selected=move || mode.get() == "all">{words.match_all}</option>
                                <option value="any" selected=move || mode.get() == "any">{words.match_any}</option>
                            </select>
                        }
                    })
            }}
            {move || (count.get() == 0).then(|| view! { <p class="help">{hint}</p> })}
            <For each=move || 0..count.get() key=|index| *index let:index>
                <Line expectations=expectations index=index />
            </For>
            <button class="button small" type="button" on:click=move |_| expectations.add()>
                <Sign icon=Icon::Plus />
                {words.add_expectation}
            </button>
        </div>
    }
}

/// One expectation.
#[component]
fn Line(expectations: Expectations, index: usize) -> impl IntoView {
    let editor = expectations.editor;
    let words = &editor.texts.inspector;
    let line = Memo::new(move |_| expectations.at(index));
    let text = move |member: &'static str| {
        line.with(|line| {
            line.get(member)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        })
    };
    let operator = Memo::new(move |_| Operator::from_name(&text("operator")).unwrap_or(Operator::Eq));
    let set_field = move |field: String| {
        expectations.change(index, |members| {
            members.insert("field".to_owned(), field.into());
        });
    };
    let set_operator = move |event| {
        let Ok(chosen) = Operator::from_name(&event_target_value(&event)) else {
            return;
        };
        expectations.change(index, |members| {
            members.insert("operator".to_owned(), chosen.as_str().into());
            match Arity::of(chosen).fit(members.get("value")) {
                Some(value) => members.insert("value".to_owned(), value),
                None => members.shift_remove("value"),
            };
        });
    };
    let options = Operator::ALL.into_iter().map(|option| {
        view! {
            <option value=option.as_str() selected=move || operator.get() == option>
                {(words.operators)(option)}
            </option>
        }
    });
    view! {
        <div class="expectation" role="group">
            <div class="expectation-head">
                <input
                    class="field path"
                    list=COMPLETIONS
                    aria-label=words.field
                    placeholder="$context.event.total"
                    spellcheck="false"
                    prop:value=move || text("field")
                    on:input=move |event| set_field(event_target_value(&event))
                    on:change=move |event| {
                        set_field(path_of(&event_target_value(&event)));
                        editor.board.pause();
                    }
                />
                <button
                    class="button quiet icon"
                    type="button"
                    title=words.remove
                    aria-label=words.remove
                    on:click=move |_| expectations.remove(index)
                >
                    <Sign icon=Icon::Close />
                </button>
            </div>
            <div class="expectation-tail">
                <select class="field" aria-label=words.operator on:change=set_operator>
                    {options.collect_view()}
                </select>
                {move || view! { <ValueFields expectations=expectations index=index arity=Arity::of(operator.get()) /> }}
            </div>
        </div>
    }
}

/// The values of an expectation, as many as its operator takes.
#[component]
fn ValueFields(expectations: Expectations, index: usize, arity: Arity) -> impl IntoView {
    let words = &expectations.editor.texts.inspector;
    let value = Memo::new(move |_| expectations.at(index).get("value").cloned().unwrap_or_default());
    let kind = RwSignal::new(value.with_untracked(Kind::of));
    // What was chosen stays as long as nothing is typed that says otherwise: an empty text may become a number.
    Effect::new(move |_| match value.with(Kind::of) {
        Kind::Text => {}
        said => kind.set(said),
    });
    let put = move |value: Value| {
        expectations.change(index, |members| {
            members.insert("value".to_owned(), value);
        });
    };
    let part = move |place: usize| {
        value.with(|value| match value {
            Value::Array(all) => all.get(place).map(text_of).unwrap_or_default(),
            one if place == 0 => text_of(one),
            _ => String::new(),
        })
    };
    let set_part = move |place: usize, text: &str| {
        let read = kind.get_untracked().read(text);
        match arity {
            Arity::One => put(read),
            Arity::Two => {
                let other = kind.get_untracked().read(&untrack(|| part(1 - place)));
                let pair = if place == 0 {
                    vec![read, other]
                } else {
                    vec![other, read]
                };
                put(Value::Array(pair));
            }
            Arity::List => {
                let kind = kind.get_untracked();
                put(Value::Array(split(text).map(|text| kind.read(text)).collect()));
            }
            Arity::None => {}
        }
    };
    let set_kind = move |event| {
        let chosen = event_target_value(&event);
        let Some(chosen) = Kind::ALL.into_iter().find(|kind| kind.name() == chosen) else {
            return;
        };
        kind.set(chosen);
        let reread = |value: &Value| chosen.read(&text_of(value));
        put(match value.get_untracked() {
            Value::Array(all) => Value::Array(all.iter().map(reread).collect()),
            one => reread(&one),
        });
    };
    if arity == Arity::None {
        return None;
    }
    let kinds = [words.kind_text, words.kind_number, words.kind_bool];
    let kinds = Kind::ALL.into_iter().zip(kinds).map(move |(option, word)| {
        view! { <option value=option.name() selected=move || kind.get() == option>{word}</option> }
    });
    let input = move |place: usize, label: &'static str| {
        view! {
            <input
                class="field"
                aria-label=label
                placeholder=label
                prop:value=move || match arity {
                    Arity::List => value.with(text_of),
                    _ => part(place),
                }
                on:change=move |event| {
                    set_part(place, &event_target_value(&event));
                    expectations.editor.board.pause();
                }
                on:input=move |event| {
                    // A list is read when it is whole: a comma that is being typed stands between nothing.
                    if arity != Arity::List {
                        set_part(place, &event_target_value(&event));
                    }
                }
            />
        }
    };
    let fields = move || {
        if kind.get() == Kind::Bool && arity == Arity::One {
            return view! {
                <select
                    class="field"
                    aria-label=words.value
                    on:change=move |event| set_part(0, &event_target_value(&event))
                >
                    <option value="true" selected=move || part(0) == "true">{words.yes}</option>
                    <option value="false" selected=move || part(0) != "true">{words.no}</option>
                </select>
            }
            .into_any();
        }
        match arity {
            Arity::Two => view! {
                {input(0, words.value)}
                {input(1, words.value_to)}
            }
            .into_any(),
            Arity::List => input(0, words.value_list).into_any(),
            _ => input(0, words.value).into_any(),
        }
    };
    Some(view! {
        {fields}
        <select class="field kind" aria-label=words.kind_of_value on:change=set_kind>
            {kinds.collect_view()}
        </select>
    })
}
