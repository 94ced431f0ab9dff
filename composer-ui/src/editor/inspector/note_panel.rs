//! A note: what it says.

use canvas::{document::Note, edit::Edit, history::MergeKey};
use leptos::prelude::*;

use super::panel::Panel;
use crate::{editor::Editor, parts::TextArea};

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
    let typed = Callback::new(move |text: String| {
        let note = editor.board.with(|document| document.note(&id).cloned());
        if let Some(note) = note {
            let key = MergeKey::field(&id, "text");
            editor.type_edit(Edit::SetNote(Note { text, ..note }), key);
        }
    });
    let rest = Callback::new(move |()| editor.board.pause());
    view! {
        <Panel title=words.note>
            <TextArea label=words.note pointer="/text" rows=6 text=text on_type=typed on_rest=rest />
        </Panel>
    }
}
