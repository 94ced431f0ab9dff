//! The hand: what pressing, dragging and releasing the pointer does on the canvas. It knows points and buttons, and
//! nothing of the browser.

mod connecting;
mod moving;
mod resizing;

use std::{collections::HashSet, ops::Deref, sync::Arc};

use canvas::{
    document::EdgeId,
    geometry::{Point, Port, Rect},
    guides::Guide,
    hit::Hit,
    selection::{Item, Selection},
    viewport::Viewport,
};
use leptos::prelude::*;
use rules::model::EdgeState;

use self::{connecting::Connecting, moving::Moving, resizing::Resizing};
use super::board::Board;

/// So many pixels the pointer may tremble in a click.
const TREMBLE: f64 = 4.0;

/// A pointer, as an event tells of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pointer {
    pub(super) id: i32,
    /// In pixels, from the upper left corner of the drawing area.
    pub(super) at: Point,
    pub(super) button: Button,
    /// Shift is held.
    pub(super) extends: bool,
    /// Ctrl, or the command key, is held.
    pub(super) toggles: bool,
    pub(super) is_touch: bool,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Button {
    Main,
    Middle,
    Other,
}

/// An edge that is being drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Loose {
    /// SVG path data.
    pub(super) path: String,
    pub(super) state: EdgeState,
    /// Where its loose end is, on the canvas.
    pub(super) tip: Point,
    pub(super) verdict: Verdict,
}

/// What comes of letting a loose edge go.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It hangs over the empty canvas.
    Nowhere,
    /// This node takes it.
    Takes(String),
    /// This node does not.
    Refuses(String, canvas::connect::Refusal),
}

/// Where a new node is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    /// The upper middle of the node, on the canvas.
    pub(super) at: Point,
    pub(super) place: Insertion,
}

/// What a new node is connected with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Insertion {
    Free,
    After(String, EdgeState),
    Into(EdgeId),
}

#[derive(Debug, Clone)]
enum Gesture {
    Idle,
    Pan {
        last: Point,
    },
    Pinch {
        still: (i32, Point),
        other: (i32, Point),
    },
    Press {
        at: Point,
        hit: Hit,
    },
    Move(Arc<Moving>),
    Resize(Resizing),
    Box {
        from: Point,
        before: Selection,
    },
    Connect(Arc<Connecting>),
}

/// The hand on a board; a reference, for the same reason as the [`Editor`](super::Editor).
#[derive(Clone, Copy)]
pub(super) struct Hand(&'static Parts);

impl Deref for Hand {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

/// What a hand is made of.
pub(super) struct Parts {
    pub(super) board: Board,
    gesture: StoredValue<Gesture>,
    /// The pointer that the gesture began with.
    holder: StoredValue<i32>,
    /// The space bar is held: dragging moves the view.
    pub(super) pans: RwSignal<bool>,
    pub(super) is_panning: RwSignal<bool>,
    pub(super) loose: RwSignal<Option<Loose>>,
    /// The nodes that would take the loose edge.
    pub(super) targets: RwSignal<Option<Arc<HashSet<String>>>>,
    pub(super) guides: RwSignal<Vec<Guide>>,
    pub(super) lasso: RwSignal<Option<Rect>>,
    /// The edge that what is dragged would be put into.
    pub(super) splices: RwSignal<Option<EdgeId>>,
    pub(super) hover: RwSignal<Hit>,
    pub(super) wanted: RwSignal<Option<Wanted>>,
    /// Where the pointer was last, in pixels.
    last: StoredValue<Option<Point>>,
}

impl Hand {
    pub(super) fn new(board: Board) -> Self {
        Self(Box::leak(Box::new(Parts {
            board,
            gesture: StoredValue::new(Gesture::Idle),
            holder: StoredValue::new(0),
            pans: RwSignal::new(false),
            is_panning: RwSignal::new(false),
            loose: RwSignal::new(None),
            targets: RwSignal::new(None),
            guides: RwSignal::new(Vec::new()),
            lasso: RwSignal::new(None),
            splices: RwSignal::new(None),
            hover: RwSignal::new(Hit::Nothing),
            wanted: RwSignal::new(None),
            last: StoredValue::new(None),
        })))
    }

    /// Where the pointer is on the canvas, if it is there.
    pub(super) fn pointer_or(self, other: Point) -> Point {
        let view = self.board.view.get_untracked();
        self.last.get_value().map_or(other, |at| view.to_canvas(at))
    }

    /// The pointer went elsewhere.
    pub(super) fn leave(self) {
        self.last.set_value(None);
        if self.hover.with_untracked(|hover| *hover != Hit::Nothing) {
            self.hover.set(Hit::Nothing);
        }
    }

    /// Whether something is going on that Escape ends.
    pub(super) fn is_busy(self) -> bool {
        self.gesture
            .with_value(|gesture| !matches!(gesture, Gesture::Idle))
    }

    /// A button went down, a finger touched.
    pub(super) fn press(self, pointer: Pointer) {
        if self.is_held_by_another(pointer) {
            return self.begin_pinch(pointer);
        }
        if self.finish_clicked_edge(pointer) {
            return;
        }
        self.holder.set_value(pointer.id);
        let board = self.board;
        let view = board.view.get_untracked();
        let point = view.to_canvas(pointer.at);
        if pointer.button == Button::Middle || (pointer.button == Button::Main && self.pans.get_untracked()) {
            return self.begin_pan(pointer.at);
        }
        if pointer.button != Button::Main {
            return;
        }
        let hit = board.with_scene(|scene| scene.at(point, view.scale));
        // An exit begins an edge of its own, also where a selected one begins.
        let is_exit = matches!(
            hit,
            Hit::Port {
                port: Port::Exit(_),
                ..
            }
        );
        if !is_exit && self.begin_redirecting(point, pointer.at) {
            return;
        }
        match hit {
            Hit::Port {
                node,
                port: Port::Exit(state),
            } if !board.is_read_only.get_untracked() => self.begin_connecting(&node, state, pointer.at),
            Hit::Nothing if pointer.extends => {
                let before = board.selection.get_untracked();
                self.gesture.set_value(Gesture::Box { from: point, before });
            }
            hit => self.gesture.set_value(Gesture::Press { at: pointer.at, hit }),
        }
    }

    /// The pointer moved, pressed or not.
    pub(super) fn drag(self, pointer: Pointer) {
        self.last.set_value(Some(pointer.at));
        if self.is_held_by_another(pointer) {
            return;
        }
        match self.gesture.get_value() {
            Gesture::Idle => self.hover_over(pointer.at),
            Gesture::Pan { last } => {
                self.pan(pointer.at - last);
                self.gesture.set_value(Gesture::Pan { last: pointer.at });
            }
            Gesture::Pinch { still, other } => self.pinch(still, other, pointer),
            Gesture::Press { at, hit } if at.distance(pointer.at) > TREMBLE => {
                self.begin_dragging(at, hit, pointer);
            }
            Gesture::Press { .. } => {}
            Gesture::Move(moving) => self.drag_moving(&moving, pointer),
            Gesture::Resize(resizing) => self.drag_corner(&resizing, pointer.at),
            Gesture::Box { from, before } => self.draw_box(from, &before, pointer.at),
            Gesture::Connect(connecting) => self.drag_edge(&connecting, pointer.at),
        }
    }

    /// The button was released.
    pub(super) fn release(self, pointer: Pointer) {
        if self.is_held_by_another(pointer) {
            return;
        }
        match self.gesture.get_value() {
            Gesture::Press { hit, .. } => self.click(hit, pointer),
            Gesture::Move(moving) => self.drop_moving(&moving, pointer),
            Gesture::Resize(_) => self.board.finish(),
            Gesture::Connect(connecting) => {
                // Pressed and released in one place: the other end is chosen by another click.
                if connecting.pressed_at.distance(pointer.at) > TREMBLE {
                    self.drop_edge(&connecting, pointer.at);
                }
                return;
            }
            Gesture::Idle | Gesture::Pan { .. } | Gesture::Pinch { .. } | Gesture::Box { .. } => {}
        }
        self.rest();
    }

    /// Gives up what is going on: Escape, or the browser took the pointer.
    pub(super) fn give_up(self) {
        match self.gesture.get_value() {
            Gesture::Move(_) | Gesture::Resize(_) => self.board.cancel(),
            Gesture::Box { before, .. } => self.board.selection.set(before),
            _ => {}
        }
        self.rest();
    }

    fn rest(self) {
        self.gesture.set_value(Gesture::Idle);
        self.loose.set(None);
        self.targets.set(None);
        self.lasso.set(None);
        self.splices.set(None);
        self.is_panning.set(false);
        if self.guides.with_untracked(|guides| !guides.is_empty()) {
            self.guides.set(Vec::new());
        }
    }

    fn click(self, hit: Hit, pointer: Pointer) {
        let selection = self.board.selection;
        match item_of(hit) {
            Some(item) if pointer.toggles || pointer.extends => {
                selection.update(|selection| selection.toggle(item));
            }
            Some(item) => selection.update(|selection| selection.set(item)),
            None if !pointer.toggles => selection.update(Selection::clear),
            None => {}
        }
    }

    fn begin_dragging(self, from: Point, hit: Hit, pointer: Pointer) {
        let board = self.board;
        let start = board.view.get_untracked().to_canvas(from);
        if self.begin_resizing(start) {
            return self.drag(pointer);
        }
        match item_of(hit) {
            Some(item @ (Item::Node(_) | Item::Note(_))) if !board.is_read_only.get_untracked() => {
                board.selection.update(|selection| selection.press(item));
                let moving = Arc::new(Moving::begin(board, start));
                self.gesture.set_value(Gesture::Move(Arc::clone(&moving)));
                self.drag_moving(&moving, pointer);
            }
            _ => {
                self.begin_pan(from);
                self.drag(pointer);
            }
        }
    }

    fn hover_over(self, at: Point) {
        let view = self.board.view.get_untracked();
        let hit = self
            .board
            .with_scene(|scene| scene.at(view.to_canvas(at), view.scale));
        if self.hover.with_untracked(|hover| *hover != hit) {
            self.hover.set(hit);
        }
    }

    fn begin_pan(self, at: Point) {
        self.is_panning.set(true);
        self.gesture.set_value(Gesture::Pan { last: at });
    }

    /// Moves the view by so many pixels.
    pub(super) fn pan(self, by: canvas::geometry::Vector) {
        self.board.look(self.board.view.get_untracked().panned(by));
    }

    /// Zooms by a factor; what is at this point of the screen stays there.
    pub(super) fn zoom(self, factor: f64, at: Point) {
        self.board
            .look(self.board.view.get_untracked().zoomed(factor, at));
    }

    /// Whether another pointer is at work: a second finger moves nothing. An edge that was begun with a click, and a
    /// pinch, are everybody's.
    fn is_held_by_another(self, pointer: Pointer) -> bool {
        let is_held = self.gesture.with_value(|gesture| {
            matches!(
                gesture,
                Gesture::Pan { .. }
                    | Gesture::Press { .. }
                    | Gesture::Move(_)
                    | Gesture::Resize(_)
                    | Gesture::Box { .. }
            )
        });
        is_held && self.holder.get_value() != pointer.id
    }

    /// A second finger beside one that presses or pans zooms with it.
    fn begin_pinch(self, pointer: Pointer) {
        let first = match self.gesture.get_value() {
            Gesture::Pan { last } => last,
            Gesture::Press { at, .. } => at,
            _ => return,
        };
        if pointer.is_touch {
            let still = (self.holder.get_value(), first);
            let other = (pointer.id, pointer.at);
            self.gesture.set_value(Gesture::Pinch { still, other });
        }
    }

    fn pinch(self, still: (i32, Point), other: (i32, Point), pointer: Pointer) {
        let (now_still, now_other) = if pointer.id == other.0 {
            (still, (other.0, pointer.at))
        } else if pointer.id == still.0 {
            ((still.0, pointer.at), other)
        } else {
            return;
        };
        let (before, after) = (still.1.distance(other.1), now_still.1.distance(now_other.1));
        let (middle, now_middle) = (still.1.middle(other.1), now_still.1.middle(now_other.1));
        let view: Viewport = self.board.view.get_untracked();
        let view = view
            .panned(now_middle - middle)
            .zoomed(after / before.max(1.0), now_middle);
        self.board.look(view);
        self.gesture.set_value(Gesture::Pinch {
            still: now_still,
            other: now_other,
        });
    }

    fn draw_box(self, from: Point, before: &Selection, at: Point) {
        let to = self.board.view.get_untracked().to_canvas(at);
        let lasso = Rect::between(from, to);
        self.lasso.set(Some(lasso));
        let mut selection = before.clone();
        selection.add(self.board.with_scene(|scene| scene.in_box(lasso)));
        if self.board.selection.with_untracked(|now| *now != selection) {
            self.board.selection.set(selection);
        }
    }

    /// The edge nearest to a point, within a few pixels, that has nothing to do with this node.
    fn edge_beside(self, point: Point, node: &str) -> Option<EdgeId> {
        let reach = 12.0 / self.board.view.get_untracked().scale;
        let near = Rect::between(point, point).grown(reach);
        self.board.with_scene(|scene| {
            let edges = scene.visible(near).into_iter().filter_map(|item| match item {
                Item::Edge(edge) if edge.source != node && edge.target != node => Some(edge),
                _ => None,
            });
            let distance = |edge: &EdgeId| {
                scene
                    .route(edge)
                    .map_or(f64::INFINITY, |route| route.distance(point))
            };
            edges
                .filter(|edge| distance(edge) <= reach)
                .min_by(|one, other| distance(one).total_cmp(&distance(other)))
        })
    }
}

fn item_of(hit: Hit) -> Option<Item> {
    match hit {
        Hit::Port { node, .. } | Hit::Node(node) => Some(Item::Node(node)),
        Hit::Edge(edge) => Some(Item::Edge(edge)),
        Hit::Note(note) => Some(Item::Note(note)),
        Hit::Nothing => None,
    }
}
