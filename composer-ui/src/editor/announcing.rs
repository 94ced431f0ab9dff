//! What is read out to whoever does not see the canvas.

use canvas::{
    document::{Document, Node, NodeKind},
    selection::Item,
    words::exit,
};
use leptos::prelude::*;
use rules::model::EdgeState;

use super::Editor;

/// The live region.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let editor = expect_context::<Editor>();
    // Selecting by keys or pointer says what is selected.
    Effect::new(move |_| {
        let said = editor
            .board
            .selection
            .with(|selection| match (selection.only(), selection.len()) {
                (Some(item), _) => Some((editor.texts.said.selected)(&editor.name_of(item))),
                (None, 0) => None,
                (None, count) => Some((editor.texts.said.several)(count)),
            });
        if let Some(said) = said {
            editor.says.set(said);
        }
    });
    view! {
        <p class="unseen" role="status" aria-live="polite">
            {editor.says}
        </p>
    }
}

impl Editor {
    /// What something is called when it is read out.
    pub(super) fn name_of(self, item: &Item) -> String {
        let words = &self.texts.list;
        self.board.with(|document| match item {
            Item::Node(id) => name(document, id).to_owned(),
            Item::Note(id) => (words.note)(document.note(id).map_or("", |note| &note.text)),
            Item::Edge(edge) => {
                let kind = document.node(&edge.source).map(|source| source.kind);
                let state = document.edge_state(edge).unwrap_or(EdgeState::Any);
                let word = exit(kind.unwrap_or(NodeKind::Task), state, self.board.language());
                (words.edge)(name(document, &edge.source), word, name(document, &edge.target))
            }
        })
    }

    /// Says something to whoever listens.
    pub(super) fn announce(self, text: impl Into<String>) {
        self.says.set(text.into());
    }

    pub(super) fn say_connected(self, source: &str, target: &str) {
        let said = self.texts.said.connected;
        let words = self
            .board
            .with(|document| said(name(document, source), name(document, target)));
        self.announce(words);
    }
}

fn name<'d>(document: &'d Document, id: &'d str) -> &'d str {
    document.node(id).map_or(id, Node::name)
}
