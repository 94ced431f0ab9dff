//! Unsaved work: leaving it asks, and a change of the language keeps it.

use canvas::history::History;
use leptos::{ev, prelude::*};

use super::{Editor, saving::Record};
use crate::{
    navigation::{Navigation, navigation},
    parts::Confirm,
    routes::Page,
};

/// Unsaved work of a page that is being built anew, in another language.
#[derive(Clone, Copy)]
pub(crate) struct Kept(StoredValue<Option<(Page, Work)>>);

/// What was done, and on top of what.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) history: History,
    pub(super) record: Record,
}

impl Kept {
    /// Nothing is kept yet.
    pub(crate) fn nothing() -> Self {
        Self(StoredValue::new(None))
    }

    /// What was kept of a page. It is given out once.
    pub(super) fn take(self, page: &Page) -> Option<Work> {
        let kept = self.0.try_update_value(Option::take)??;
        (kept.0 == *page).then_some(kept.1)
    }
}

/// Asks before unsaved work is left, whichever way.
pub(super) fn guard(editor: Editor) {
    let navigation = navigation();
    navigation.guard(Callback::new(move |()| untrack(|| editor.board.is_dirty())));
    let closing = window_event_listener(ev::beforeunload, move |event| {
        if untrack(|| editor.board.is_dirty()) {
            event.prevent_default();
        }
    });
    let kept = expect_context::<Kept>();
    on_cleanup(move || {
        closing.remove();
        navigation.unguard();
        keep(editor, kept, navigation);
    });
}

/// The page goes, its address stays: it is built anew.
fn keep(editor: Editor, kept: Kept, navigation: Navigation) {
    let record = editor.record.get_untracked();
    let page = match record.rule_id {
        Some(id) => Page::Rule(id.to_string()),
        None => Page::NewRule,
    };
    if navigation.page_untracked() != page || !untrack(|| editor.board.is_dirty()) {
        return;
    }
    let history = editor.board.history();
    kept.0.set_value(Some((page, Work { history, record })));
}

/// The question, while it is asked.
#[component]
pub(super) fn LeaveDialog() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let navigation = navigation();
    move || {
        navigation.asked()?;
        let leave = Callback::new(move |()| navigation.leave());
        let stay = Callback::new(move |()| navigation.stay());
        Some(view! {
            <Confirm
                title=editor.texts.leave_title
                meaning=editor.texts.leave
                action=editor.texts.leave_action
                on_yes=leave
                on_close=stay
            />
        })
    }
}
