//! A node, or the whole rule, as JSON: to read, and to change by hand.

use canvas::{
    document::{self, Document, Node, ReadError},
    edit::Edit,
};
use leptos::{html, prelude::*, task::spawn_local};

use crate::editor::Editor;

/// A node as JSON.
#[component]
pub(super) fn NodeJson(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let of = id.clone();
    let text = Memo::new(move |_| {
        let json = editor
            .board
            .follow(|document| document.node(&of).map(Node::to_json));
        json.and_then(|json| serde_json::to_string_pretty(&json).ok())
            .unwrap_or_default()
    });
    let apply = Callback::new(move |text: String| {
        let mut node = document::parse_node(&text)?;
        let new = std::mem::replace(&mut node.id, id.clone());
        let replaced = Edit::ReplaceNode(Box::new(node));
        if new == id {
            editor.edit(replaced);
        } else {
            // The paths that name it go with its id, as they do in the form.
            editor.rename_id(&id, &new, replaced);
        }
        Ok(())
    });
    view! { <JsonField text=text on_apply=apply /> }
}

/// The rule as JSON.
#[component]
pub(super) fn RuleJson() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let text = Memo::new(move |_| {
        let json = editor.board.follow(Document::to_json);
        serde_json::to_string_pretty(&json).unwrap_or_default()
    });
    let apply = Callback::new(move |text: String| {
        let document = document::parse(&text)?;
        // A rule that is saved is told apart by its name.
        let is_saved = editor.record.with_untracked(|record| record.rule_id.is_some());
        let kept: &[&str] = if is_saved {
            &["company_id", "name"]
        } else {
            &["company_id"]
        };
        editor.replace(document, kept);
        Ok(())
    });
    view! { <JsonField text=text on_apply=apply /> }
}

/// JSON that is taken when it is said to be whole. Of a version that is only looked at it is read.
#[component]
fn JsonField(text: Memo<String>, on_apply: Callback<String, Result<(), ReadError>>) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let is_read_only = editor.board.is_read_only;
    let fault = RwSignal::new(None::<String>);
    let area = NodeRef::<html::Textarea>::new();
    let apply = move |_| {
        let Some(area) = area.get_untracked() else {
            return;
        };
        fault.set(None);
        let tried = area.value();
        if let Err(error) = on_apply.run(tried.clone()) {
            spawn_local(async move {
                let said = editor.engine.say_one(error.to_string()).await;
                // It may be mended by now.
                if area.value() == tried {
                    let _ = fault.try_set(Some(said));
                }
            });
        }
    };
    let button = move || {
        (!is_read_only.get()).then(|| {
            view! {
                <button class="button small" type="button" on:click=apply>
                    {words.apply}
                </button>
            }
        })
    };
    view! {
        <textarea
            node_ref=area
            class="field code-field whole"
            spellcheck="false"
            aria-label=words.json
            aria-invalid=move || fault.with(Option::is_some).to_string()
            data-pointer=""
            readonly=is_read_only
            prop:value=text
        ></textarea>
        {move || fault.get().map(|fault| view! { <p class="wrong" role="alert">{fault}</p> })}
        {button}
    }
}
