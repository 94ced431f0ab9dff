//! The rule itself: what people say of it, for which events it is, and all of it as JSON.

use leptos::prelude::*;

use super::{Owner, condition::ConditionBuilder, panel::Panel, raw::RuleJson};
use crate::{editor::Editor, parts::TextArea};

/// The rule's own members.
#[component]
pub(super) fn RulePanel() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let description = Memo::new(move |_| editor.board.follow(|document| document.description().to_owned()));
    let typed = Callback::new(move |text: String| {
        editor.set_rule("description", (!text.is_empty()).then(|| text.into()));
    });
    let rest = Callback::new(move |()| editor.board.pause());
    view! {
        <Panel title=words.rule json=|| view! { <RuleJson /> }>
            <TextArea
                label=words.description
                pointer="/description"
                rows=4
                text=description
                on_type=typed
                on_rest=rest
            />
            <h3>{words.when}</h3>
            <ConditionBuilder owner=Owner::Rule hint=words.when_hint />
        </Panel>
    }
}
