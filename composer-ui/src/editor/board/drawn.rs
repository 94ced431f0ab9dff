//! A signal for each thing that is drawn, so that moving one of five hundred nodes draws it and its edges again and
//! nothing else.

use std::collections::HashMap;

use canvas::{
    document::{Document, Edge, EdgeId, Note},
    edit::Touched,
    geometry::Point,
    graph::Graph,
    hit::Scene,
};
use leptos::prelude::*;

use crate::editor::look::{EdgeLook, NodeLook, Wording};

/// What a node is drawn from.
#[derive(Debug, Clone)]
pub(in crate::editor) struct NodeSignals {
    pub(in crate::editor) place: ArcRwSignal<Point>,
    pub(in crate::editor) look: ArcRwSignal<NodeLook>,
}

/// The signals of all that there is.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    nodes: HashMap<String, NodeSignals>,
    edges: HashMap<EdgeId, ArcRwSignal<EdgeLook>>,
    notes: HashMap<String, ArcRwSignal<Note>>,
}

impl Drawn {
    pub(super) fn node(&self, id: &str) -> Option<NodeSignals> {
        self.nodes.get(id).cloned()
    }

    pub(super) fn edge(&self, id: &EdgeId) -> Option<ArcRwSignal<EdgeLook>> {
        self.edges.get(id).cloned()
    }

    pub(super) fn note(&self, id: &str) -> Option<ArcRwSignal<Note>> {
        self.notes.get(id).cloned()
    }

    /// Moves what was moved, with its edges.
    pub(super) fn follow(
        &mut self,
        document: &Document,
        touched: &Touched,
        scene: &Scene,
        rerouted: &[EdgeId],
        wording: &Wording<'_>,
    ) {
        for id in &touched.moved {
            if let (Some(signals), Some(place)) = (self.nodes.get(id), document.position(id)) {
                put(&signals.place, place);
            }
        }
        for id in rerouted {
            if let Some(state) = document.edge_state(id) {
                let (source, target) = (id.source.as_str(), id.target.as_str());
                self.put_edge(
                    Edge {
                        source,
                        state,
                        target,
                    },
                    document,
                    scene,
                    wording,
                );
            }
        }
        self.put_notes(document);
    }

    /// Draws everything as it is now. What is drawn so already is not told.
    pub(super) fn draw(&mut self, document: &Document, scene: &Scene, graph: &Graph, wording: &Wording<'_>) {
        self.nodes.retain(|id, _| document.node(id).is_some());
        self.edges.retain(|id, _| document.edge_state(id).is_some());
        for node in document.nodes() {
            let exits = graph.place(&node.id).map(|place| graph.exits(place));
            let look = NodeLook::of(node, exits.unwrap_or_default(), wording);
            let place = document.position(&node.id).unwrap_or_default();
            if let Some(signals) = self.nodes.get(&node.id) {
                put(&signals.look, look);
                put(&signals.place, place);
            } else {
                let (place, look) = (ArcRwSignal::new(place), ArcRwSignal::new(look));
                self.nodes.insert(node.id.clone(), NodeSignals { place, look });
            }
        }
        for edge in document.edges() {
            self.put_edge(edge, document, scene, wording);
        }
        self.put_notes(document);
    }

    /// Draws nodes that say something else, in the same graph. Whether all of them were drawn before, and still are.
    pub(super) fn draw_nodes<'n>(
        &self,
        document: &Document,
        ids: impl IntoIterator<Item = &'n String>,
        wording: &Wording<'_>,
    ) -> bool {
        ids.into_iter().all(|id| {
            let (Some(signals), Some(node)) = (self.nodes.get(id), document.node(id)) else {
                return false;
            };
            let exits = signals.look.with_untracked(|look| look.exits);
            put(&signals.look, NodeLook::of(node, exits, wording));
            true
        })
    }

    fn put_edge(&mut self, edge: Edge<'_>, document: &Document, scene: &Scene, wording: &Wording<'_>) {
        let id = edge.id();
        let Some(route) = scene.route(&id) else { return };
        let look = EdgeLook::of(edge, route, document, wording.language);
        match self.edges.get(&id) {
            Some(signal) => put(signal, look),
            None => {
                self.edges.insert(id, ArcRwSignal::new(look));
            }
        }
    }

    fn put_notes(&mut self, document: &Document) {
        self.notes.retain(|id, _| document.note(id).is_some());
        for note in document.notes() {
            match self.notes.get(&note.id) {
                Some(signal) => put(signal, note.clone()),
                None => {
                    self.notes.insert(note.id.clone(), ArcRwSignal::new(note.clone()));
                }
            }
        }
    }
}

/// Sets a signal only if that changes something.
fn put<T: PartialEq + Send + Sync + 'static>(signal: &ArcRwSignal<T>, value: T) {
    if signal.with_untracked(|now| *now != value) {
        signal.set(value);
    }
}
