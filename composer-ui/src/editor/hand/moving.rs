//! Moving what is selected: it snaps to its neighbours and to the grid, and a node let go on an edge is put into it.

use canvas::{
    document::Document,
    edit::{Edit, move_by},
    geometry::{Point, Rect},
    guides,
    selection::Item,
    splice,
};
use leptos::prelude::*;

use super::{Hand, Pointer};
use crate::editor::board::Board;

/// How near, in pixels, things align.
const REACH: f64 = 6.0;

/// What is moved, and what it may align with.
#[derive(Debug, Clone)]
pub(super) struct Moving {
    /// Where on the canvas it was taken.
    start: Point,
    items: Vec<Item>,
    /// The document as it was.
    before: Document,
    area: Rect,
    others: Vec<Rect>,
}

impl Moving {
    /// Takes what is selected.
    pub(super) fn begin(board: Board, start: Point) -> Self {
        let items: Vec<Item> = board
            .selection
            .with_untracked(|selection| selection.items().cloned().collect());
        let before = board.with(Document::clone);
        let area_of = |item: &Item| match item {
            Item::Node(id) => before.area(id),
            Item::Note(id) => before.note(id).map(|note| note.area),
            Item::Edge(_) => None,
        };
        let area = items.iter().filter_map(area_of).reduce(Rect::union);
        let shown = board.shown.get_untracked();
        let nodes = shown.nodes.into_iter().map(Item::Node);
        let others = nodes.chain(shown.notes.into_iter().map(Item::Note));
        let others = others
            .filter(|item| !items.contains(item))
            .filter_map(|item| area_of(&item));
        Self {
            start,
            area: area.unwrap_or_default(),
            others: others.collect(),
            items,
            before,
        }
    }

    /// The one node that is moved, if it is one.
    fn only_node(&self) -> Option<&str> {
        match self.items.as_slice() {
            [Item::Node(id)] => Some(id),
            _ => None,
        }
    }
}

impl Hand {
    pub(super) fn drag_moving(self, moving: &Moving, pointer: Pointer) {
        let view = self.board.view.get_untracked();
        let point = view.to_canvas(pointer.at);
        let offset = point - moving.start;
        // Ctrl switches aligning off.
        let snapped = if pointer.toggles {
            guides::Snapped {
                offset,
                guides: Vec::new(),
            }
        } else {
            guides::align(moving.area, offset, &moving.others, REACH / view.scale)
        };
        let edit = move_by(&moving.before, &moving.items, snapped.offset);
        self.board.preview(edit);
        if self.guides.with_untracked(|guides| *guides != snapped.guides) {
            self.guides.set(snapped.guides);
        }
        let splices = moving.only_node().and_then(|id| self.splice(id, point));
        let splices = splices.map(|(edge, _)| edge);
        if self.splices.with_untracked(|now| *now != splices) {
            self.splices.set(splices);
        }
    }

    pub(super) fn drop_moving(self, moving: &Moving, pointer: Pointer) {
        let point = self.board.view.get_untracked().to_canvas(pointer.at);
        if let Some(id) = moving.only_node()
            && let Some((_, splicing)) = self.splice(id, point)
            && let Some(place) = self.board.with(|document| document.position(id))
        {
            let moved = Edit::Place(vec![(id.to_owned(), Some(place))]);
            self.board.preview(Edit::All(vec![moved, splicing]));
        }
        self.board.finish();
    }

    /// The edge that a node without edges would be put into here, and how.
    fn splice(self, id: &str, point: Point) -> Option<(canvas::document::EdgeId, Edit)> {
        let is_alone = self.board.with(|document| document.edges_of(id).next().is_none());
        let edge = is_alone.then(|| self.edge_beside(point, id)).flatten()?;
        let edit = self
            .board
            .with(|document| splice::insert_existing(document, &edge, id))?;
        Some((edge, edit))
    }
}
