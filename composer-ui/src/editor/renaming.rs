//! Renaming in place: a field above the node's name.

use canvas::{edit::Edit, geometry::NODE_SIZE, selection::Item};
use leptos::{html, prelude::*};

use super::{Editor, focus};

impl Editor {
    /// Types the name of the selected node, or the text of the selected note.
    pub(super) fn rename(self) {
        if self.board.is_read_only.get_untracked() {
            return;
        }
        match self.board.selection.with_untracked(|all| all.only().cloned()) {
            Some(Item::Node(id)) => {
                self.board.reveal(&id);
                self.renaming.set(Some(id));
            }
            Some(Item::Note(id)) => self.open_note(id),
            Some(Item::Edge(_)) | None => {}
        }
    }

    /// Calls a node so; by its id, if the name is empty.
    pub(super) fn name_node(self, id: &str, name: &str) {
        let name = name.trim();
        let before = self
            .board
            .with(|document| document.node(id).and_then(|node| node.label().map(str::to_owned)));
        let edit = if name.is_empty() || name == id {
            Edit::unset(id, "label")
        } else {
            Edit::set(id, "label", name)
        };
        if before.as_deref().unwrap_or_default() != name {
            self.edit(edit);
        }
    }
}

/// The field, while a name is typed.
#[component]
pub(super) fn Renaming() -> impl IntoView {
    let editor = expect_context::<Editor>();
    move || {
        let id = editor.renaming.get()?;
        Some(view! { <NameField id=id /> })
    }
}

#[component]
fn NameField(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let board = editor.board;
    let place = board.node(&id)?.place;
    let shown = board.with(|document| document.node(&id).map(|node| node.name().to_owned()));
    let shown = shown.unwrap_or_default();
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // Marked as a whole, so it stands there before it is marked.
            input.set_value(&shown);
            let _ = input.focus();
            input.select();
        }
    });
    let is_done = StoredValue::new(false);
    let id = StoredValue::new(id);
    // Whoever pressed elsewhere is there; whoever typed goes on with the canvas.
    let done = move |keeps: bool, goes_back: bool| {
        if is_done.get_value() {
            return;
        }
        is_done.set_value(true);
        let typed = input.get_untracked().map(|input| input.value());
        if let Some(typed) = typed.filter(|_| keeps) {
            editor.name_node(&id.get_value(), &typed);
        }
        let _ = editor.renaming.try_set(None);
        if goes_back {
            focus::canvas();
        }
    };
    let at = move || board.view.get().to_screen(place.get());
    let (left, top) = (at.clone(), at);
    let width = move || format!("{}px", (NODE_SIZE.width * board.view.get().scale).max(160.0));
    Some(view! {
        <input
            node_ref=input
            class="field rename"
            aria-label=editor.texts.rename
            maxlength="120"
            style:left=move || format!("{}px", left().x)
            style:top=move || format!("{}px", top().y)
            style:width=width
            on:blur=move |_| done(true, false)
            on:keydown=move |key| {
                match key.key().as_str() {
                    "Enter" => done(true, true),
                    "Escape" => done(false, true),
                    _ => {}
                }
                key.stop_propagation();
            }
        />
    })
}
