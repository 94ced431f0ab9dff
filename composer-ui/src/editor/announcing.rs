//! What is read out to whoever does not see the canvas.

use leptos::prelude::*;

use super::Editor;

/// The live region.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let editor = expect_context::<Editor>();
    // Selecting by keys or pointer says what is selected.
    Effect::new(move |_| {
        let said = editor.board.selection.with(|selection| {
            let mut nodes = selection.nodes();
            match (nodes.next(), selection.len()) {
                (Some(id), 1) => editor.board.with(|document| {
                    document
                        .node(id)
                        .map(|node| (editor.texts.said.selected)(node.name()))
                }),
                (_, 0 | 1) => None,
                (_, count) => Some((editor.texts.said.several)(count)),
            }
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
    /// Says something to whoever listens.
    pub(super) fn announce(self, text: impl Into<String>) {
        self.says.set(text.into());
    }

    pub(super) fn say_connected(self, source: &str, target: &str) {
        let name = |id: &str| {
            self.board
                .with(|document| document.node(id).map(|node| node.name().to_owned()))
                .unwrap_or_else(|| id.to_owned())
        };
        self.announce((self.texts.said.connected)(&name(source), &name(target)));
    }
}
