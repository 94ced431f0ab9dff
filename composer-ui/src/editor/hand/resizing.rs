//! Drawing the corner of the selected note elsewhere.

use canvas::{
    edit,
    geometry::{Point, Vector},
    guides,
    selection::Item,
};
use leptos::prelude::*;

use super::{Gesture, Hand};

/// A note that is being resized.
#[derive(Debug, Clone)]
pub(super) struct Resizing {
    note: String,
    /// From the pointer to the note's corner.
    grip: Vector,
}

impl Hand {
    /// Takes the corner of the selected note, if it was pressed there.
    pub(super) fn begin_resizing(self, point: Point) -> bool {
        let board = self.board;
        let only = board.selection.with_untracked(|all| all.only().cloned());
        let Some(Item::Note(note)) = only.filter(|_| !board.is_read_only.get_untracked()) else {
            return false;
        };
        let scale = board.view.get_untracked().scale;
        let grip = board.with_scene(|scene| scene.grip_of(&note, point, scale));
        let resizing = grip.map(|grip| Resizing { note, grip });
        resizing
            .map(|resizing| self.gesture.set_value(Gesture::Resize(resizing)))
            .is_some()
    }

    pub(super) fn drag_corner(self, resizing: &Resizing, at: Point) {
        let point = self.board.view.get_untracked().to_canvas(at);
        let corner = guides::to_grid(point + resizing.grip);
        let edit = self
            .board
            .with(|document| edit::resize_note(document, &resizing.note, corner));
        if let Some(edit) = edit {
            self.board.preview(edit);
        }
    }
}
