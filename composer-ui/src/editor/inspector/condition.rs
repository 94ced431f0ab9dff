//! The condition builder: field, operator, value, line by line.

use leptos::prelude::*;
use rules::Operator;
use serde_json::{Map, Value, json};

use super::{
    Owner,
    expected_value::ExpectedValue,
    values::{Arity, path_of},
};
use crate::{
    editor::{Editor, completions::COMPLETIONS},
    icons::{Icon, Sign},
    parts::{Select, options},
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

    /// Where a member of an expectation stands in its node, or in the rule.
    fn pointer(self, index: usize, member: &str) -> String {
        let list = self.pointer_of("expect");
        format!("{list}/{index}/{member}")
    }

    fn pointer_of(self, member: &str) -> String {
        self.owner.with_value(|owner| match owner {
            Owner::Node(_) => format!("/{member}"),
            Owner::Rule => format!("/when/{member}"),
        })
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
    let is_several = Memo::new(move |_| count.get() > 1);
    let mode = Memo::new(move |_| expectations.mode());
    let set_mode = Callback::new(move |mode: String| {
        expectations.set_mode(&mode);
        editor.board.pause();
    });
    let modes = options([("all", words.match_all), ("any", words.match_any)]);
    view! {
        <div class="builder" data-pointer=expectations.pointer_of("expect")>
            {move || {
                is_several
                    .get()
                    .then(|| {
                        view! {
                            <Select
                                label=words.expects
                                options=modes
                                chosen=mode
                                on_choose=set_mode
                                pointer=expectations.pointer_of("match")
                            />
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
    let operator = Memo::new(move |_| Operator::from_name(&text("operator")).ok());
    let arity = Memo::new(move |_| Arity::of(operator.get().unwrap_or(Operator::Eq)));
    let named = move || {
        let known = operator.get().map(|operator| operator.as_str().to_owned());
        known.unwrap_or_else(|| text("operator"))
    };
    let value = Memo::new(move |_| line.with(|line| line.get("value").cloned().unwrap_or_default()));
    let set_field = move |field: String| {
        expectations.change(index, |members| {
            members.insert("field".to_owned(), field.into());
        });
    };
    let set_operator = Callback::new(move |name: String| {
        let Ok(chosen) = Operator::from_name(&name) else {
            return;
        };
        expectations.change(index, |members| {
            members.insert("operator".to_owned(), chosen.as_str().into());
            match Arity::of(chosen).fit(members.get("value")) {
                Some(value) => members.insert("value".to_owned(), value),
                None => members.shift_remove("value"),
            };
        });
        editor.board.pause();
    });
    let put = Callback::new(move |value: Value| {
        expectations.change(index, |members| {
            members.insert("value".to_owned(), value);
        });
    });
    let operators = Operator::ALL.map(|operator| (operator.as_str(), (words.operators)(operator)));
    let value_pointer = expectations.pointer(index, "value");
    view! {
        <div
            class="expectation"
            role="group"
            data-pointer=format!("{}/{index}", expectations.pointer_of("expect"))
        >
            <div class="expectation-head">
                <input
                    class="field path"
                    list=COMPLETIONS
                    aria-label=words.field
                    placeholder="$context.event.total"
                    spellcheck="false"
                    data-pointer=expectations.pointer(index, "field")
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
                <Select
                    label=words.operator
                    options=options(operators)
                    chosen=Signal::derive(named)
                    on_choose=set_operator
                    pointer=expectations.pointer(index, "operator")
                />
                {move || {
                    let pointer = value_pointer.clone();
                    view! { <ExpectedValue value=value arity=arity.get() pointer=pointer on_put=put /> }
                }}
            </div>
        </div>
    }
}
