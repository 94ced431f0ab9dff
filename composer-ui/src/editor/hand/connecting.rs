//! Drawing an edge, from an exit to a node, by dragging or by two clicks; and drawing an end of an edge elsewhere.

use std::{collections::HashSet, sync::Arc};

use canvas::{
    connect::{Refusal, Targets, may_redirect_source, targets_for_redirecting, valid_targets},
    document::EdgeId,
    edit,
    geometry::{EdgeRoute, Exits, Point, Port},
    hit::Hit,
    selection::Item,
};
use leptos::prelude::*;
use rules::model::EdgeState;

use super::{Gesture, Hand, Insertion, Loose, Pointer, Verdict, Wanted};

/// How near, in pixels, an end of a selected edge is taken.
const END_REACH: f64 = 10.0;

/// An edge that is being drawn.
#[derive(Debug, Clone)]
pub(super) struct Connecting {
    what: What,
    state: EdgeState,
    /// The end that stays.
    fixed: Point,
    /// In pixels.
    pub(super) pressed_at: Point,
}

#[derive(Debug, Clone)]
enum What {
    New { source: String, targets: Targets },
    Target { edge: EdgeId, targets: Targets },
    Source { edge: EdgeId },
}

impl Hand {
    /// Draws a new edge from an exit.
    pub(in crate::editor) fn begin_connecting(self, source: &str, state: EdgeState, at: Point) {
        let begun = self.board.with(|document| {
            let area = document.area(source)?;
            let targets = valid_targets(document, source, state).ok()?;
            let exits = Exits::of(document, source);
            let from = Port::Exit(state).position(area, exits, self.board.orientation.get_untracked());
            Some((targets, from))
        });
        let Some((targets, fixed)) = begun else {
            return self.rest();
        };
        self.light_up(&targets);
        let source = source.to_owned();
        let connecting = Arc::new(Connecting {
            what: What::New { source, targets },
            state,
            fixed,
            pressed_at: at,
        });
        self.gesture.set_value(Gesture::Connect(Arc::clone(&connecting)));
        self.drag_edge(&connecting, at);
    }

    /// Takes an end of the selected edge, if one is there.
    pub(super) fn begin_redirecting(self, point: Point, at: Point) -> bool {
        let board = self.board;
        let selected = board
            .selection
            .with_untracked(|selection| selection.only().cloned());
        let Some(Item::Edge(edge)) = selected.filter(|_| !board.is_read_only.get_untracked()) else {
            return false;
        };
        let Some(look) = board.edge(&edge).map(|signal| signal.get_untracked()) else {
            return false;
        };
        let reach = END_REACH / board.view.get_untracked().scale;
        let (what, fixed) = if point.distance(look.to) <= reach {
            let Ok(targets) = board.with(|document| targets_for_redirecting(document, &edge)) else {
                return false;
            };
            self.light_up(&targets);
            (What::Target { edge, targets }, look.from)
        } else if point.distance(look.source_handle(board.orientation.get_untracked())) <= reach {
            (What::Source { edge }, look.to)
        } else {
            return false;
        };
        let state = look.state;
        self.gesture.set_value(Gesture::Connect(Arc::new(Connecting {
            what,
            state,
            fixed,
            pressed_at: at,
        })));
        true
    }

    fn light_up(self, targets: &Targets) {
        let ids: HashSet<String> = targets.iter().map(str::to_owned).collect();
        self.targets.set(Some(Arc::new(ids)));
    }

    /// Whether an edge was begun with a click, and this press ended it.
    pub(super) fn finish_clicked_edge(self, pointer: Pointer) -> bool {
        let Gesture::Connect(connecting) = self.gesture.get_value() else {
            return false;
        };
        self.drop_edge(&connecting, pointer.at);
        true
    }

    pub(super) fn drag_edge(self, connecting: &Connecting, at: Point) {
        let (board, point) = (self.board, self.board.view.get_untracked().to_canvas(at));
        let (verdict, _) = self.verdict(connecting, point);
        let orientation = board.orientation.get_untracked();
        let is_source = matches!(connecting.what, What::Source { .. });
        let entry = |node: &String| {
            let area = board.with(|document| document.area(node));
            area.map(|area| Port::Entry.position(area, Exits::Two, orientation))
        };
        let tip = match &verdict {
            Verdict::Takes(node) if !is_source => entry(node).unwrap_or(point),
            _ => point,
        };
        let (from, to) = if is_source {
            (tip, connecting.fixed)
        } else {
            (connecting.fixed, tip)
        };
        let loose = Loose {
            path: EdgeRoute::between(from, to, orientation).path_data(),
            state: connecting.state,
            tip: point,
            verdict,
        };
        if self.loose.with_untracked(|now| now.as_ref() != Some(&loose)) {
            self.loose.set(Some(loose));
        }
    }

    /// What comes of letting the edge go here, and the exit where one is taken.
    fn verdict(self, connecting: &Connecting, point: Point) -> (Verdict, EdgeState) {
        let scale = self.board.view.get_untracked().scale;
        let hit = self.board.with_scene(|scene| scene.at(point, scale));
        let (node, exit) = match hit {
            Hit::Port {
                node,
                port: Port::Exit(state),
            } => (node, Some(state)),
            Hit::Node(node) | Hit::Port { node, .. } => (node, None),
            _ => return (Verdict::Nowhere, connecting.state),
        };
        let mut state = connecting.state;
        let checked: Result<(), Refusal> = match &connecting.what {
            What::New { targets, .. } | What::Target { targets, .. } => targets.check(&node),
            What::Source { edge } => {
                state = exit.unwrap_or(state);
                self.board
                    .with(|document| may_redirect_source(document, edge, &node, state))
            }
        };
        let verdict = match checked {
            Ok(()) => Verdict::Takes(node),
            Err(refusal) => Verdict::Refuses(node, refusal),
        };
        (verdict, state)
    }

    pub(super) fn drop_edge(self, connecting: &Connecting, at: Point) {
        let board = self.board;
        let point = board.view.get_untracked().to_canvas(at);
        let (verdict, state) = self.verdict(connecting, point);
        self.rest();
        match (&connecting.what, verdict) {
            (What::New { source, .. }, Verdict::Takes(target)) => self.connect(source, state, &target),
            (What::New { source, .. }, Verdict::Nowhere) => {
                let place = Insertion::After(source.clone(), state);
                self.wanted.set(Some(Wanted { at: point, place }));
            }
            (What::Target { edge, .. }, Verdict::Takes(target)) => {
                let edited = board.with(|document| edit::redirect_target(document, edge, &target));
                self.settle(edited, EdgeId::new(&edge.source, target));
            }
            (What::Source { edge }, Verdict::Takes(source)) => {
                let edited = board.with(|document| edit::redirect_source(document, edge, &source, state));
                self.settle(edited, EdgeId::new(source, &edge.target));
            }
            _ => {}
        }
    }

    /// Draws an edge that may be drawn, and selects nothing else for it.
    pub(in crate::editor) fn connect(self, source: &str, state: EdgeState, target: &str) {
        self.settle(
            Ok(edit::connect(source, state, target)),
            EdgeId::new(source, target),
        );
    }

    fn settle(self, edited: Result<edit::Edit, edit::EditError>, edge: EdgeId) {
        let done = edited.and_then(|edit| self.board.edit(edit));
        if done.is_ok() {
            self.board
                .selection
                .update(|selection| selection.set(Item::Edge(edge)));
        }
    }
}
