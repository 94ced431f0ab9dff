//! Copy, cut and paste through the system's clipboard, as JSON.

use canvas::clipboard::{Clip, cut};
use leptos::{ev, prelude::*, task::spawn_local};
use web_sys::ClipboardEvent;

use super::{Editor, keys};

/// Listens as long as the editor is open. The browser's own events need no permission.
pub(super) fn listen(editor: Editor) {
    let copying = window_event_listener(ev::copy, move |event: ClipboardEvent| {
        if keys::are_the_canvas() && !has_selected_text() {
            editor.copy(&event);
        }
    });
    let cutting = window_event_listener(ev::cut, move |event: ClipboardEvent| {
        if keys::are_the_canvas() {
            editor.cut(&event);
        }
    });
    let pasting = window_event_listener(ev::paste, move |event: ClipboardEvent| {
        if keys::are_the_canvas() {
            editor.paste(&event);
        }
    });
    on_cleanup(move || {
        copying.remove();
        cutting.remove();
        pasting.remove();
    });
}

/// Whether text of the page is marked: then that is what is copied.
fn has_selected_text() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

fn put(event: &ClipboardEvent, clip: &Clip) -> bool {
    let Some(data) = event.clipboard_data() else {
        return false;
    };
    let is_put = data.set_data("text/plain", &clip.to_text()).is_ok();
    if is_put {
        event.prevent_default();
    }
    is_put
}

impl Editor {
    fn copy(self, event: &ClipboardEvent) {
        let selection = self.board.selection.get_untracked();
        let clip = self.board.with(|document| Clip::of(document, &selection));
        if clip.is_some_and(|clip| put(event, &clip)) {
            self.announce(self.texts.said.copied);
        }
    }

    fn cut(self, event: &ClipboardEvent) {
        let selection = self.board.selection.get_untracked();
        let Some((clip, removal)) = self.board.with(|document| cut(document, &selection)) else {
            return;
        };
        if put(event, &clip) && !self.board.is_read_only.get_untracked() {
            self.edit(removal);
        }
    }

    fn paste(self, event: &ClipboardEvent) {
        let text = event
            .clipboard_data()
            .and_then(|data| data.get_data("text/plain").ok());
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return;
        };
        event.prevent_default();
        match Clip::parse(&text) {
            Ok(clip) => {
                let at = self.hand.pointer_or(self.board.middle());
                let paste = self.board.with(|document| clip.paste_at(document, at));
                if self.edit(paste.edit) {
                    self.board.selection.set(paste.items);
                }
            }
            Err(error) => spawn_local(self.say_unreadable(error)),
        }
    }
}
