//! The rule itself: what people say of it, for which events it is, and all of it as JSON.

use leptos::prelude::*;

use super::{
    Labelled, Owner,
    condition::ConditionBuilder,
    raw::{Form, RuleJson},
};
use crate::editor::Editor;

/// The rule's own members.
#[component]
pub(super) fn RulePanel() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let form = RwSignal::new(Form::Fields);
    let description = Memo::new(move |_| editor.board.follow(|document| document.description().to_owned()));
    let typed = move |event| {
        let text = event_target_value(&event);
        editor.set_rule("description", (!text.is_empty()).then(|| text.into()));
    };
    let fields = move || {
        view! {
            <Labelled label=words.description pointer="/description">
                <textarea
                    class="field"
                    rows="4"
                    prop:value=description
                    on:input=typed
                    on:change=move |_| editor.board.pause()
                ></textarea>
            </Labelled>
            <h3>{words.when}</h3>
            <ConditionBuilder owner=Owner::Rule hint=words.when_hint />
        }
    };
    view! {
        <header class="panel-head">
            <h2>{words.rule}</h2>
            <button
                class="button quiet small"
                type="button"
                aria-pressed=move || (form.get() == Form::Json).to_string()
                on:click=move |_| form.update(|form| *form = form.other())
            >
                {move || if form.get() == Form::Json { words.form } else { words.json }}
            </button>
        </header>
        {move || match form.get() {
            Form::Fields => fields().into_any(),
            Form::Json => view! { <RuleJson /> }.into_any(),
        }}
    }
}
