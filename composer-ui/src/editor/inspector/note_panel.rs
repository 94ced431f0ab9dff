//! A note: what it says.

use canvas::{edit::Edit, history::MergeKey};
use leptos::prelude::*;

use super::Labelled;
use crate::editor::Editor;

/// A note's text.
#[component]
pub(super) fn NotePanel(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let of = id.clone();
    let text = Memo::new(move |_| {
        editor.board.follow(|document| {
            document
                .note(&of)
                .map(|note| note.text.clone())
                .unwrap_or_default()
        })
    });
    let typed = move |event| {
        let note = editor.board.with(|document| document.note(&id).cloned());
        if let Some(mut note) = note {
            note.text = event_target_value(&event);
            let _ = editor
                .board
                .edit_merging(Edit::SetNote(note), MergeKey::field(&id, "text"));
        }
    };
    view! {
        <header class="panel-head">
            <h2>{words.note}</h2>
        </header>
        <Labelled label=words.note pointer="/text">
            <textarea
                class="field"
                rows="6"
                prop:value=text
                on:input=typed
                on:change=move |_| editor.board.pause()
            ></textarea>
        </Labelled>
        <div class="panel-actions">
            <button class="button small" type="button" on:click=move |_| editor.delete()>
                {words.delete}
            </button>
        </div>
    }
}
