//! What an expectation compares with: as many values as its operator takes, of a chosen kind.

use leptos::prelude::*;
use serde_json::Value;

use super::values::{Arity, Kind, split, text_of};
use crate::{
    editor::Editor,
    parts::{Select, options},
};

/// The values of an expectation.
#[component]
pub(super) fn ExpectedValue(
    value: Memo<Value>,
    arity: Arity,
    pointer: String,
    on_put: Callback<Value>,
) -> impl IntoView {
    if arity == Arity::None {
        return None;
    }
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let typed = Typed {
        editor,
        value,
        arity,
        meant: RwSignal::new(None),
        on_put,
    };
    let kind = Memo::new(move |_| typed.kind());
    let is_choice = Memo::new(move |_| kind.get() == Kind::Bool && arity == Arity::One);
    let pointer = StoredValue::new(pointer);
    let field = move |place: usize, label: &'static str| {
        // Of a pair each has its own place in the document.
        let pointer = pointer.with_value(|pointer| match arity {
            Arity::Two => format!("{pointer}/{place}"),
            _ => pointer.clone(),
        });
        view! { <ValueField typed=typed place=place label=label pointer=pointer /> }
    };
    let fields = move || match arity {
        _ if is_choice.get() => view! {
            <Select
                label=words.value
                options=options([("true", words.yes), ("false", words.no)])
                chosen=Signal::derive(move || typed.part(0))
                on_choose=Callback::new(move |text: String| typed.set(0, &text))
                pointer=pointer.get_value()
            />
        }
        .into_any(),
        Arity::Two => view! {
            {field(0, words.value)}
            {field(1, words.value_to)}
        }
        .into_any(),
        Arity::List => field(0, words.value_list).into_any(),
        _ => field(0, words.value).into_any(),
    };
    let kinds = [words.kind_text, words.kind_number, words.kind_bool];
    let kinds = Kind::ALL.into_iter().zip(kinds);
    let kinds: Vec<_> = kinds
        .map(|(kind, word)| (kind.name().to_owned(), word.to_owned()))
        .collect();
    Some(view! {
        {fields}
        <Select
            label=words.kind_of_value
            class="field kind"
            options=Signal::stored(kinds)
            chosen=Signal::derive(move || kind.get().name().to_owned())
            on_choose=Callback::new(move |name: String| typed.set_kind(&name))
        />
    })
}

/// One of the values, or all of a list, as text.
#[component]
fn ValueField(typed: Typed, place: usize, label: &'static str, pointer: String) -> impl IntoView {
    view! {
        <input
            class="field"
            aria-label=label
            placeholder=label
            data-pointer=pointer
            prop:value=move || typed.part(place)
            on:change=move |event| {
                typed.set(place, &event_target_value(&event));
                typed.editor.board.pause();
            }
            on:input=move |event| {
                // A list is read when it is whole: a comma that is being typed stands between nothing.
                if typed.arity != Arity::List {
                    typed.set(place, &event_target_value(&event));
                }
            }
        />
    }
}

/// A value with what it was meant to be when it was typed here.
#[derive(Clone, Copy)]
struct Typed {
    editor: Editor,
    value: Memo<Value>,
    arity: Arity,
    meant: RwSignal<Option<(Value, Kind)>>,
    on_put: Callback<Value>,
}

impl Typed {
    fn kind(self) -> Kind {
        self.value
            .with(|value| self.meant.with(|meant| Kind::of_typed(value, meant.as_ref())))
    }

    fn part(self, place: usize) -> String {
        self.value.with(|value| match value {
            Value::Array(all) if self.arity != Arity::List => all.get(place).map(text_of).unwrap_or_default(),
            one if place == 0 => text_of(one),
            _ => String::new(),
        })
    }

    fn set(self, place: usize, text: &str) {
        let kind = untrack(|| self.kind());
        let read = kind.read(text);
        let value = match self.arity {
            Arity::One => read,
            Arity::Two => {
                let other = kind.read(&untrack(|| self.part(1 - place)));
                let pair = if place == 0 { [read, other] } else { [other, read] };
                Value::Array(pair.into())
            }
            Arity::List => Value::Array(split(text).map(|text| kind.read(text)).collect()),
            Arity::None => return,
        };
        self.put(value, kind);
    }

    fn set_kind(self, name: &str) {
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) else {
            return;
        };
        let reread = |value: &Value| kind.read(&text_of(value));
        let value = match self.value.get_untracked() {
            Value::Array(all) => Value::Array(all.iter().map(reread).collect()),
            one => reread(&one),
        };
        self.put(value, kind);
        self.editor.board.pause();
    }

    fn put(self, value: Value, kind: Kind) {
        self.meant.set(Some((value.clone(), kind)));
        self.on_put.run(value);
    }
}
