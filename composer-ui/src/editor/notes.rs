//! What is done with notes: they are added, opened and resized. Everything else they share with nodes.

use canvas::{
    document::{self, Note},
    edit::{self, Edit},
    geometry::{Rect, Vector},
    guides,
    history::MergeKey,
    naming,
    selection::Item,
};
use leptos::prelude::*;

use super::{Editor, focus};

impl Editor {
    /// Puts a note in the middle of what is seen.
    pub(super) fn add_note(self) {
        let id = self.board.with(naming::fresh_note_id);
        let area = Rect::new(guides::to_grid(self.board.middle()), document::NOTE_SIZE);
        let note = Note {
            id: id.clone(),
            text: self.texts.menu.new_note.to_owned(),
            area,
        };
        self.edit(Edit::AddNote { note, index: None });
        self.open_note(id);
    }

    /// Selects a note, and goes on with its text.
    pub(super) fn open_note(self, id: String) {
        self.select(Item::Note(id));
        focus::member("text");
    }

    /// Makes the selected note so much larger; presses of keys are one step until something else is done.
    /// Whether there is one that can be.
    pub(super) fn resize_by(self, by: Vector) -> bool {
        let only = self.board.selection.with_untracked(|all| all.only().cloned());
        let Some(Item::Note(id)) = only.filter(|_| !self.board.is_read_only.get_untracked()) else {
            return false;
        };
        let resized = self.board.with(|document| {
            let corner = document.note(&id)?.area.corner();
            edit::resize_note(document, &id, corner + by)
        });
        if let Some(resized) = resized {
            self.type_edit(resized, MergeKey::field(&id, "size"));
            self.say_size(&id);
        }
        true
    }

    fn say_size(self, id: &str) {
        let size = self
            .board
            .with(|document| document.note(id).map(|note| note.area.size));
        if let Some(size) = size {
            self.announce((self.texts.said.size)(size.width, size.height));
        }
    }
}
