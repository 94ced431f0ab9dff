//! Somebody else saved a newer version: what differs, and what is to become of both.

use canvas::{difference::Difference, document::Document};
use leptos::{prelude::*, task::spawn_local};

use super::{Editor, differences::Differences, saving::Record, stored};
use crate::{api, parts::Dialog, words::words};

/// A newer version than the one that the canvas began with.
#[derive(Debug, Clone)]
pub(super) struct Conflict {
    theirs: Document,
    record: Record,
}

impl Editor {
    /// Reads the newer version and asks what is to be done.
    pub(super) async fn ask_about_conflict(self) {
        let Some(rule_id) = self.record.with_untracked(|record| record.rule_id) else {
            return;
        };
        let rule = match api::rule(&rule_id.to_string()).await {
            Ok(rule) => rule,
            Err(error) => return self.say(&error),
        };
        if !self.is_open() {
            return;
        }
        match stored::of_rule(&rule) {
            Ok(theirs) => {
                let record = Record::of(&rule);
                self.conflict.set(Some(Conflict { theirs, record }));
            }
            Err(_) => self.say(&api::ApiError::Unreadable),
        }
    }

    /// Saves what is on the canvas on top of theirs.
    fn keep_mine(self, conflict: Conflict) {
        self.record.set(conflict.record);
        spawn_local(async move {
            self.save_draft().await;
        });
    }

    /// Goes on with theirs.
    fn take_theirs(self, conflict: Conflict) {
        self.record.set(conflict.record);
        self.board.restart(conflict.theirs);
    }
}

/// The question, while there is a conflict.
#[component]
pub(super) fn ConflictDialog() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let texts = &editor.texts.versions;
    move || {
        let conflict = editor.conflict.get()?;
        let close = Callback::new(move |()| editor.conflict.set(None));
        let version = conflict.record.version.unwrap_or_default();
        let difference = editor
            .board
            .with(|mine| Difference::between(&conflict.theirs, mine));
        let before = conflict.theirs.clone();
        let (mine, theirs) = (conflict.clone(), conflict);
        Some(view! {
            <Dialog title=(texts.conflict)(version) on_close=close>
                <p class="meaning">{texts.conflict_meaning}</p>
                <Differences difference=difference before=before />
                <footer>
                    <button class="button" type="button" on:click=move |_| close.run(())>
                        {words().common.cancel}
                    </button>
                    <button
                        class="button"
                        type="button"
                        on:click=move |_| {
                            close.run(());
                            editor.take_theirs(theirs.clone());
                        }
                    >
                        {texts.take_theirs}
                    </button>
                    <button
                        class="button primary"
                        type="button"
                        on:click=move |_| {
                            close.run(());
                            editor.keep_mine(mine.clone());
                        }
                    >
                        {texts.keep_mine}
                    </button>
                </footer>
            </Dialog>
        })
    }
}
