//! The board: the document that is edited, and everything that is drawn of it, as signals. All changes of the document
//! go through here.

mod drawn;

use std::{collections::HashMap, ops::Deref};

use canvas::{
    document::{Document, EdgeId, Note},
    edit::{Edit, EditError, Touched},
    geometry::{EdgeRoute, Orientation, Point, Rect, Size},
    graph::Graph,
    history::{History, MergeKey},
    hit::Scene,
    layout,
    run::RunView,
    selection::{Item, Selection},
    viewport::Viewport,
    words,
};
use leptos::prelude::*;

use self::drawn::Drawn;
pub(super) use self::drawn::NodeSignals;
use super::look::{EdgeLook, Wording};

/// Up to so many nodes all are drawn, wherever the view is: leaving some out costs more than it saves.
const FEW_NODES: usize = 150;
/// What is drawn reaches beyond the view by this share of it, so that panning a little draws nothing new.
const MARGIN: f64 = 0.5;

/// A rule on the canvas; a reference, for the same reason as the [`Editor`](super::Editor).
#[derive(Clone, Copy)]
pub(super) struct Board(&'static Parts);

impl Deref for Board {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

/// What a board is made of.
pub(super) struct Parts {
    history: StoredValue<History>,
    scene: StoredValue<Scene>,
    drawn: StoredValue<Drawn>,
    titles: StoredValue<HashMap<String, String>>,
    language: words::Language,
    /// Counts every change of the document.
    revision: RwSignal<u64>,
    /// Which way the graph runs.
    pub(super) orientation: RwSignal<Orientation>,
    /// What is selected.
    pub(super) selection: RwSignal<Selection>,
    /// What part of the canvas is seen.
    pub(super) view: RwSignal<Viewport>,
    /// Nobody has looked elsewhere since all of it was looked at.
    is_whole: StoredValue<bool>,
    /// How large the drawing area is.
    pub(super) screen: RwSignal<Size>,
    /// The part of the canvas that things are drawn in.
    window: StoredValue<Option<Rect>>,
    /// What is drawn.
    pub(super) shown: RwSignal<Shown>,
    /// What a run made of it, if one is shown.
    pub(super) run: RwSignal<Option<RunView>>,
    /// Nothing is edited: an older version, a run.
    pub(super) is_read_only: RwSignal<bool>,
}

/// The things that are drawn, in the order of drawing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) nodes: Vec<String>,
    pub(super) edges: Vec<EdgeId>,
    pub(super) notes: Vec<String>,
}

impl Board {
    /// The board of a document with its past.
    pub(super) fn new(history: History, language: words::Language, titles: HashMap<String, String>) -> Self {
        let orientation = Orientation::of(history.document());
        let board = Self(Box::leak(Box::new(Parts {
            scene: StoredValue::new(Scene::of(history.document(), orientation)),
            history: StoredValue::new(history),
            drawn: StoredValue::new(Drawn::default()),
            titles: StoredValue::new(titles),
            language,
            revision: RwSignal::new(0),
            orientation: RwSignal::new(orientation),
            selection: RwSignal::new(Selection::new()),
            view: RwSignal::new(Viewport::default()),
            is_whole: StoredValue::new(true),
            screen: RwSignal::new(Size::default()),
            window: StoredValue::new(None),
            shown: RwSignal::new(Shown::default()),
            run: RwSignal::new(None),
            is_read_only: RwSignal::new(false),
        })));
        board.draw_anew();
        board
    }

    /// Looks at the document, and follows nothing.
    pub(super) fn with<R>(self, look: impl FnOnce(&Document) -> R) -> R {
        self.history.with_value(|history| look(history.document()))
    }

    /// Looks at the document, and again after every change.
    pub(super) fn follow<R>(self, look: impl FnOnce(&Document) -> R) -> R {
        self.revision.track();
        self.with(look)
    }

    /// Looks at where everything is.
    pub(super) fn with_scene<R>(self, look: impl FnOnce(&Scene) -> R) -> R {
        self.scene.with_value(look)
    }

    /// Looks at the past, and again after every change.
    pub(super) fn follow_history<R>(self, look: impl FnOnce(&History) -> R) -> R {
        self.revision.track();
        self.history.with_value(look)
    }

    /// Follows every change of the document.
    pub(super) fn track(self) {
        self.revision.track();
    }

    /// The document with its past, to go on with elsewhere.
    pub(super) fn history(self) -> History {
        self.history.get_value()
    }

    /// The language of the words on the canvas.
    pub(super) fn language(self) -> words::Language {
        self.language
    }

    /// What a task is called, by its name or alias.
    pub(super) fn title(self, task: &str) -> Option<String> {
        let name = rules::full_task_name(task);
        self.titles
            .with_value(|titles| titles.get(name.as_ref()).cloned())
    }

    /// The signals of a node that is there.
    pub(super) fn node(self, id: &str) -> Option<NodeSignals> {
        self.drawn.with_value(|drawn| drawn.node(id))
    }

    /// The signal of an edge that is there.
    pub(super) fn edge(self, id: &EdgeId) -> Option<ArcRwSignal<EdgeLook>> {
        self.drawn.with_value(|drawn| drawn.edge(id))
    }

    /// The signal of a note that is there.
    pub(super) fn note(self, id: &str) -> Option<ArcRwSignal<Note>> {
        self.drawn.with_value(|drawn| drawn.note(id))
    }

    /// Does something as a step of its own.
    ///
    /// # Errors
    /// An edit that does not fit; nothing has changed.
    pub(super) fn edit(self, edit: Edit) -> Result<(), EditError> {
        self.change(|history| history.commit(edit))
    }

    /// Does something that joins the step before it if that has the same key: typing into a field.
    ///
    /// # Errors
    /// An edit that does not fit; nothing has changed.
    pub(super) fn edit_merging(self, edit: Edit, key: MergeKey) -> Result<(), EditError> {
        self.change(|history| history.commit_merging(edit, key))
    }

    /// What is typed next is a new step.
    pub(super) fn pause(self) {
        self.history.update_value(History::pause);
    }

    /// Shows what a gesture would do.
    pub(super) fn preview(self, edit: Edit) {
        // Gestures move what is there.
        let _ = self.change(|history| history.preview(edit));
    }

    /// Ends a gesture: what it shows is a step. Edges now lead past what was moved.
    pub(super) fn finish(self) {
        self.history.update_value(History::finish);
        self.draw_anew();
    }

    /// Gives a gesture up.
    pub(super) fn cancel(self) {
        let _ = self.change(|history| Ok(history.cancel()));
        self.draw_anew();
    }

    /// Takes the last step back.
    pub(super) fn undo(self) {
        self.step(History::undo);
    }

    /// Does the step again that was taken back last.
    pub(super) fn redo(self) {
        self.step(History::redo);
    }

    /// Back or forth. Where every node has another place, the graph may run another way.
    fn step(self, step: impl FnOnce(&mut History) -> Touched) {
        let mut is_arranged = false;
        let _ = self.change(|history| {
            let touched = step(history);
            is_arranged = touched.everything || touched.moved.len() == history.document().len();
            Ok(touched)
        });
        if is_arranged {
            self.run_as_drawn();
        } else {
            self.draw_anew();
        }
    }

    /// This document is saved, as it was when saving began.
    pub(super) fn mark_saved(self, saved: Document) {
        self.history.update_value(|history| history.mark_saved_as(saved));
        self.revision.update(|revision| *revision += 1);
    }

    /// Has the graph run the way that its nodes are placed.
    pub(super) fn run_as_drawn(self) {
        self.orientation.set(self.with(Orientation::of));
        self.draw_anew();
    }

    /// Begins again with another document, which counts as saved.
    pub(super) fn restart(self, document: Document) {
        self.history.set_value(History::new(placed(document)));
        self.selection.set(Selection::new());
        self.run_as_drawn();
    }

    /// Whether anything is unsaved. Follows every change.
    pub(super) fn is_dirty(self) -> bool {
        self.follow_history(History::is_dirty)
    }

    fn change(
        self,
        change: impl FnOnce(&mut History) -> Result<Touched, EditError>,
    ) -> Result<(), EditError> {
        if self.is_read_only.get_untracked() {
            return Ok(());
        }
        let touched = self.history.try_update_value(change);
        let touched = touched.unwrap_or_else(|| Ok(Touched::default()))?;
        if touched.is_empty() {
            return Ok(());
        }
        if touched.everything || !touched.edges.is_empty() || !self.draw_nodes(&touched) {
            self.draw_anew();
            return Ok(());
        }
        self.move_drawn(&touched);
        // Until a gesture ends nobody but what is drawn needs to know.
        if !self.history.with_value(History::in_gesture) {
            self.revision.update(|revision| *revision += 1);
        }
        Ok(())
    }

    /// Only what nodes say has changed. Whether that was so.
    fn draw_nodes(self, touched: &Touched) -> bool {
        let draw = |document: &Document| {
            self.with_wording(|wording| {
                self.drawn
                    .with_value(|drawn| drawn.draw_nodes(document, &touched.nodes, wording))
            })
        };
        self.with(draw)
    }

    /// Only places have changed: what was moved and its edges are drawn again, nothing else.
    fn move_drawn(self, touched: &Touched) {
        let nodes = touched.moved.iter().cloned().map(Item::Node);
        let moved: Vec<Item> = nodes
            .chain(touched.notes.iter().cloned().map(Item::Note))
            .collect();
        self.with(|document| {
            let rerouted = self
                .scene
                .try_update_value(|scene| scene.follow(document, &moved))
                .unwrap_or_default();
            self.scene.with_value(|scene| {
                self.with_wording(|wording| {
                    self.drawn
                        .update_value(|drawn| drawn.follow(document, touched, scene, &rerouted, wording));
                });
            });
        });
        if !touched.notes.is_empty() {
            self.choose_shown();
        }
    }

    /// Everything may be different.
    fn draw_anew(self) {
        let orientation = self.orientation.get_untracked();
        self.with(|document| {
            self.scene.set_value(Scene::of(document, orientation));
            let graph = Graph::of(document);
            self.scene.with_value(|scene| {
                self.with_wording(|wording| {
                    self.drawn
                        .update_value(|drawn| drawn.draw(document, scene, &graph, wording));
                });
            });
            let mut pruned = self.selection.get_untracked();
            pruned.prune(document);
            if self.selection.with_untracked(|selection| *selection != pruned) {
                self.selection.set(pruned);
            }
        });
        self.choose_shown();
        self.revision.update(|revision| *revision += 1);
    }

    fn with_wording<R>(self, look: impl FnOnce(&Wording<'_>) -> R) -> R {
        let title = |task: &str| self.title(task);
        look(&Wording {
            language: self.language,
            title: &title,
        })
    }

    /// Places every node anew, in a direction, and looks at all of them.
    pub(super) fn arrange(self, orientation: Orientation) {
        self.orientation.set(orientation);
        let arranged = self.with(|document| layout::arrange(document, orientation));
        // It places nodes that are there.
        let _ = self.edit(arranged);
        self.draw_anew();
        self.fit();
    }

    /// Looks at another part of the canvas.
    pub(super) fn look(self, view: Viewport) {
        self.is_whole.set_value(false);
        self.view.set(view);
        self.keep_up();
    }

    /// The drawing area has another size. What was seen whole still is, unless only the width is another: what is
    /// beside it opens at a press, and nothing may move under the pointer.
    pub(super) fn resize(self, screen: Size) {
        let before = self.screen.get_untracked();
        self.screen.set(screen);
        if before == Size::default()
            || (self.is_whole.get_value() && (before.height - screen.height).abs() >= 1.0)
        {
            self.fit();
        } else {
            self.keep_up();
        }
    }

    /// Looks at all of it.
    pub(super) fn fit(self) {
        let bounds = self.with(Document::bounds);
        let screen = self.screen.get_untracked();
        let view = match bounds {
            Some(bounds) => Viewport::fitting(bounds, screen, 64.0),
            None => Viewport::default().panned(Point::new(screen.width / 2.0, 96.0) - Point::default()),
        };
        self.look(view);
        self.is_whole.set_value(true);
    }

    /// What something takes up on the canvas.
    pub(super) fn area_of(self, item: &Item) -> Option<Rect> {
        match item {
            Item::Node(id) => self.with(|document| document.area(id)),
            Item::Note(id) => self.with(|document| document.note(id).map(|note| note.area)),
            Item::Edge(id) => self.with_scene(|scene| scene.route(id).map(EdgeRoute::bounds)),
        }
    }

    /// Looks at a node, moving no more than it takes.
    pub(super) fn reveal(self, id: &str) {
        self.reveal_item(&Item::Node(id.to_owned()));
    }

    /// Looks at something, moving no more than it takes.
    pub(super) fn reveal_item(self, item: &Item) {
        if let Some(area) = self.area_of(item) {
            let view = self.view.get_untracked();
            self.look(view.revealing(area, self.screen.get_untracked(), 72.0));
        }
    }

    /// The middle of what is seen.
    pub(super) fn middle(self) -> Point {
        let screen = self.screen.get_untracked();
        let middle = Point::new(screen.width / 2.0, screen.height / 2.0);
        self.view.get_untracked().to_canvas(middle)
    }

    /// Draws what came into view, once the view has left what is drawn.
    fn keep_up(self) {
        let visible = self.view.get_untracked().visible(self.screen.get_untracked());
        let is_covered = self.window.with_value(|window| {
            window.is_some_and(|window| {
                window.contains(visible.origin)
                    && window.contains(visible.corner())
                    && window.size.width < visible.size.width * 4.0
            })
        });
        if !is_covered {
            self.choose_shown();
        }
    }

    fn choose_shown(self) {
        let visible = self.view.get_untracked().visible(self.screen.get_untracked());
        let window = visible.grown(visible.size.width.max(visible.size.height) * MARGIN);
        self.window.set_value(Some(window));
        let shown = self.with(|document| {
            if document.len() <= FEW_NODES {
                all_of(document)
            } else {
                self.with_scene(|scene| seen_of(document, scene, window))
            }
        });
        if self.shown.with_untracked(|now| *now != shown) {
            self.shown.set(shown);
        }
    }
}

/// The document with a place for every node: being drawn is no change of it.
pub(super) fn placed(mut document: Document) -> Document {
    let orientation = Orientation::of(&document);
    if let Some(edit) = layout::place_missing(&document, orientation) {
        // It places nodes that are there.
        let _ = document.apply(&edit);
    }
    document
}

fn all_of(document: &Document) -> Shown {
    Shown {
        nodes: document.nodes().map(|node| node.id.clone()).collect(),
        edges: document.edges().map(|edge| edge.id()).collect(),
        notes: document.notes().map(|note| note.id.clone()).collect(),
    }
}

fn seen_of(document: &Document, scene: &Scene, window: Rect) -> Shown {
    let mut shown = Shown::default();
    for item in scene.visible(window) {
        match item {
            Item::Node(id) => shown.nodes.push(id),
            Item::Edge(id) => shown.edges.push(id),
            Item::Note(id) => shown.notes.push(id),
        }
    }
    // As in the document, whose later nodes lie above earlier ones.
    shown.nodes.sort_by_cached_key(|id| document.index_of(id));
    shown
}
