//! Checks the rule a moment after the last change, in the worker.

use std::time::Duration;

use canvas::document::Document;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::{Editor, engine::Question, problems::Findings};

/// Typing is left to itself for so long.
const PAUSE: Duration = Duration::from_millis(150);

/// Does something a moment after the last time that it was asked for.
#[derive(Clone, Copy)]
pub(super) struct Later(StoredValue<Option<TimeoutHandle>>);

impl Later {
    /// Nothing is due. What is due when the editor closes is dropped.
    pub(super) fn new() -> Self {
        let later = Self(StoredValue::new(None));
        on_cleanup(move || later.clear());
        later
    }

    /// Does this after a pause, instead of what was due.
    pub(super) fn at(self, pause: Duration, work: impl FnOnce() + 'static) {
        self.clear();
        self.0.set_value(set_timeout_with_handle(work, pause).ok());
    }

    fn clear(self) {
        if let Some(Some(due)) = self.0.try_get_value() {
            due.clear();
        }
    }
}

/// Checks the rule whenever it says something else. What is merely moved says the same.
pub(super) fn follow(editor: Editor) {
    let later = Later::new();
    let checked: StoredValue<Option<Document>> = StoredValue::new(None);
    Effect::new(move |_| {
        editor.board.track();
        later.at(PAUSE, move || {
            let is_known = checked.with_value(|checked| {
                let known = checked.as_ref();
                known.is_some_and(|known| editor.board.with(|now| known.means_the_same(now)))
            });
            if !is_known {
                checked.set_value(Some(editor.board.with(Document::clone)));
                spawn_local(check(editor, checked));
            }
        });
    });
}

async fn check(editor: Editor, checked: StoredValue<Option<Document>>) {
    let Some(document) = checked.get_value() else {
        return;
    };
    let found = found_in(editor, &document).await;
    // The editor is closed, or a later check was asked for.
    if checked.try_get_value().flatten().as_ref() != Some(&document) {
        return;
    }
    match found {
        Some(findings) => editor.problems.take(&document, findings),
        // Asked again with the next change.
        None => checked.set_value(None),
    }
}

/// Checks the rule as it is now, also while another check is under way. Without an answer what was known stays.
pub(super) async fn check_now(editor: Editor) {
    let document = editor.board.with(Document::clone);
    let found = found_in(editor, &document).await;
    if let Some(findings) = found.filter(|_| editor.is_open()) {
        editor.problems.take(&document, findings);
    }
}

async fn found_in(editor: Editor, document: &Document) -> Option<Findings> {
    let text = document.to_json().to_string();
    let answer = editor.engine.ask(Question::Check, &text).await.ok()?;
    serde_json::from_str(&answer).ok()
}
