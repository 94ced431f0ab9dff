//! What can be done in the editor, by key, button or menu alike.

use canvas::{
    clipboard,
    document::{Document, EdgeId, Node, NodeKind},
    edit::{self, Edit},
    geometry::{NODE_SIZE, Point, Vector},
    guides,
    history::{History, MergeKey},
    hit::Hit,
    naming,
    selection::{Item, Selection},
    splice,
};
use leptos::prelude::*;
use rules::model::EdgeState;

use super::{
    Editor, focus,
    hand::{Insertion, Wanted},
    picker::Choice,
};
use crate::parts::Tone;

/// How far below its source a new node stands.
const BELOW: f64 = NODE_SIZE.height + 80.0;

impl Editor {
    /// Does something, and says why if it cannot be done. Whether it was; a rule to look at is not edited.
    pub(super) fn edit(self, edit: Edit) -> bool {
        let done = self.board.edit(edit);
        if let Err(error) = &done {
            self.toasts.say(Tone::Error, (self.texts.refused)(error));
        }
        done.is_ok() && !self.board.is_read_only.get_untracked()
    }

    pub(super) fn undo(self) {
        self.board.undo();
        self.announce(self.texts.said.undone);
    }

    pub(super) fn redo(self) {
        self.board.redo();
        self.announce(self.texts.said.redone);
    }

    /// Whether there is anything to take back. Follows every change.
    pub(super) fn can_undo(self) -> bool {
        self.board.follow_history(History::can_undo)
    }

    /// Whether there is anything to do again. Follows every change.
    pub(super) fn can_redo(self) -> bool {
        self.board.follow_history(History::can_redo)
    }

    /// Removes what is selected, with the edges of nodes.
    pub(super) fn delete(self) {
        let selection = self.board.selection.get_untracked();
        let removal = self
            .board
            .with(|document| edit::remove(document, selection.items()));
        if !removal.is_empty() && self.edit(removal) {
            self.announce(self.texts.said.deleted);
        }
    }

    pub(super) fn select_all(self) {
        self.board.selection.set(self.board.with(Selection::all));
    }

    /// Puts copies of the selected nodes beside them.
    pub(super) fn duplicate(self) {
        let selection = self.board.selection.get_untracked();
        let paste = self
            .board
            .with(|document| clipboard::duplicate(document, &selection));
        if let Some(paste) = paste
            && self.edit(paste.edit)
        {
            self.board.selection.set(paste.items);
        }
    }

    /// Ends what is going on; else selects nothing.
    pub(super) fn escape(self) {
        if self.hand.is_busy() {
            self.hand.give_up();
        } else if self.hand.wanted.with_untracked(Option::is_some) {
            self.hand.wanted.set(None);
        } else {
            self.board.selection.update(Selection::clear);
            self.shows_rule.set(false);
            focus::canvas();
        }
        self.lets_go.set_value(true);
    }

    /// Zooms around the middle.
    pub(super) fn zoom_by(self, factor: f64) {
        let screen = self.board.screen.get_untracked();
        self.hand
            .zoom(factor, Point::new(screen.width / 2.0, screen.height / 2.0));
    }

    /// One unit of the canvas is one pixel.
    pub(super) fn zoom_to_life(self) {
        self.zoom_by(1.0 / self.board.view.get_untracked().scale);
    }

    /// Moves what is selected; presses of arrow keys are one step until something else is done.
    pub(super) fn nudge(self, by: Vector) -> bool {
        let selection = self.board.selection.get_untracked();
        if selection.is_empty() {
            return false;
        }
        let moved = self
            .board
            .with(|document| edit::move_by(document, selection.items(), by));
        let _ = self.board.edit_merging(moved, MergeKey::nudge(&selection));
        true
    }

    /// A double click: on a node its name is edited, on the empty canvas a node is asked for.
    pub(super) fn double_click(self, at: Point) {
        let view = self.board.view.get_untracked();
        let point = view.to_canvas(at);
        let hit = self.board.with_scene(|scene| scene.at(point, view.scale));
        let place = match hit {
            Hit::Nothing => Insertion::Free,
            Hit::Edge(edge) => Insertion::Into(edge),
            Hit::Node(_) => return self.rename(),
            Hit::Note(id) => return self.open_note(id),
            Hit::Port { .. } => return,
        };
        self.want(Wanted { at: point, place });
    }

    fn want(self, wanted: Wanted) {
        if !self.board.is_read_only.get_untracked() {
            self.hand.wanted.set(Some(wanted));
        }
    }

    /// Asks for a node after the one that is selected, or in the middle.
    pub(super) fn insert_next(self) -> bool {
        self.want(self.next_place());
        true
    }

    /// Asks for a node after what is selected, or for the first one. Else the key is not the canvas's: the focus goes on.
    /// Escape selects nothing and lets go of an empty canvas, so that Escape and Tab always lead out (WCAG 2.1.2).
    pub(super) fn insert_after_selected(self) -> bool {
        let is_first = self.board.with(Document::is_empty) && !self.lets_go.get_value();
        let is_wanted = is_first || self.board.selection.with_untracked(|all| all.only().is_some());
        is_wanted && !self.board.is_read_only.get_untracked() && self.insert_next()
    }

    /// Puts the focus on the first field of what is selected.
    pub(super) fn open_inspector(self) -> bool {
        let member = self.board.selection.with_untracked(|all| match all.only()? {
            Item::Node(_) => Some("label"),
            Item::Edge(_) => Some("state"),
            Item::Note(_) => Some("text"),
        });
        member.map(focus::member).is_some()
    }

    /// Asks what the selected node is to be connected with.
    pub(super) fn connect_selected(self) -> bool {
        let only = self.board.selection.with_untracked(|all| all.only().cloned());
        match only {
            Some(Item::Node(id)) if !self.board.is_read_only.get_untracked() => {
                self.connects.set(Some(id));
                true
            }
            _ => false,
        }
    }

    /// Adds a node after the one that is selected, or in the middle.
    pub(super) fn insert_beside(self, choice: &Choice) {
        self.insert(choice.kind, choice.task.as_deref(), &self.next_place());
    }

    fn next_place(self) -> Wanted {
        let only = self.board.selection.with_untracked(|all| all.only().cloned());
        let wanted = match only {
            Some(Item::Node(id)) => self.after(&id),
            Some(Item::Edge(edge)) => self.board.edge(&edge).map(|look| Wanted {
                at: look.with_untracked(|look| look.from.middle(look.to)),
                place: Insertion::Into(edge),
            }),
            _ => None,
        };
        let at = self.board.middle();
        let free = Wanted {
            at,
            place: Insertion::Free,
        };
        wanted.unwrap_or(free)
    }

    /// Below a node, from the first of its exits that nothing waits for.
    fn after(self, id: &str) -> Option<Wanted> {
        self.board.with(|document| {
            let area = document.area(id)?;
            let taken: Vec<EdgeState> = document
                .edges_of(id)
                .filter(|edge| edge.source == id)
                .map(|edge| edge.state)
                .collect();
            let free = [EdgeState::Success, EdgeState::Failure]
                .into_iter()
                .find(|state| !taken.contains(state));
            let aside = f64::from(u8::try_from(taken.len()).unwrap_or(u8::MAX)) * (NODE_SIZE.width + 40.0);
            let at = Point::new(area.center().x + aside, area.top() + BELOW);
            let place = Insertion::After(id.to_owned(), free.unwrap_or(EdgeState::Success));
            Some(Wanted { at, place })
        })
    }

    /// Adds a node, connected as it is wanted, and selects it.
    pub(super) fn insert(self, kind: NodeKind, task: Option<&str>, wanted: &Wanted) {
        let node = self.board.with(|document| new_node(document, kind, task));
        let id = node.id.clone();
        let corner = Point::new(wanted.at.x - NODE_SIZE.width / 2.0, wanted.at.y);
        let at = guides::to_grid(corner);
        let edit = match &wanted.place {
            Insertion::Free => edit::add_node(node, at),
            Insertion::After(source, state) => splice::insert_after(source, *state, node, at),
            Insertion::Into(edge) => {
                let spliced = self
                    .board
                    .with(|document| splice::insert(document, edge, node.clone(), at));
                spliced.unwrap_or_else(|| edit::add_node(node, at))
            }
        };
        if self.edit(edit) {
            self.select(Item::Node(id.clone()));
            self.board.reveal(&id);
        }
    }

    /// Selects one thing.
    pub(super) fn select(self, item: Item) {
        self.board.selection.update(|selection| selection.set(item));
    }

    /// Asks otherwise for how an edge's source must settle.
    pub(super) fn restate(self, edge: EdgeId, state: EdgeState) {
        self.edit(Edit::Restate { edge, state });
    }
}

fn new_node(document: &Document, kind: NodeKind, task: Option<&str>) -> Node {
    let id = naming::fresh_node_id(document, &naming::stem(kind, task));
    let node = Node::new(id, kind);
    match task {
        Some(task) => node.with("task_name", task),
        None => node.with("expect", serde_json::Value::Array(Vec::new())),
    }
}
