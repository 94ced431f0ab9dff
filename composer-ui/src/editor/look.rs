//! What is drawn of a node and of an edge: plain values, compared before anything is drawn again.

use canvas::{
    document::{Document, Edge, Node, NodeKind},
    geometry::{EdgeRoute, Exits, Point, Port},
    graph::Graph,
    words,
};
use rules::model::{EdgeState, Quantifier};

/// How many characters of a name fit beside its mark.
const NAME_CHARS: usize = 25;

/// What is drawn of a node, wherever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeLook {
    pub(super) kind: NodeKind,
    pub(super) task: Option<String>,
    /// What people call it, in full.
    pub(super) name: String,
    /// What it does, in full.
    pub(super) does: String,
    /// How many edges end here.
    pub(super) entries: usize,
    pub(super) join: Quantifier,
    pub(super) exits: Exits,
}

/// With which words things are drawn.
pub(super) struct Wording<'w> {
    pub(super) language: words::Language,
    pub(super) title: &'w dyn Fn(&str) -> Option<String>,
}

impl NodeLook {
    /// How a node of the document looks.
    pub(super) fn of(node: &Node, graph: &Graph, wording: &Wording<'_>) -> Self {
        let title = node.task_name().and_then(wording.title);
        let place = graph.place(&node.id);
        Self {
            kind: node.kind,
            task: node.task_name().map(str::to_owned),
            name: node.name().to_owned(),
            does: words::describe(node, title.as_deref(), wording.language),
            entries: node.depends_on.len(),
            join: node.join(),
            exits: place.map(|place| graph.exits(place)).unwrap_or_default(),
        }
    }

    /// The name, as far as it fits.
    pub(super) fn short_name(&self) -> String {
        words::ellipsis(&self.name, NAME_CHARS).into_owned()
    }

    /// What it does, as far as it fits.
    pub(super) fn short_does(&self) -> String {
        words::ellipsis(&self.does, words::LINE).into_owned()
    }
}

/// What is drawn of an edge.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EdgeLook {
    /// SVG path data.
    pub(super) path: String,
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) label_at: Point,
    pub(super) word: &'static str,
    pub(super) state: EdgeState,
}

impl EdgeLook {
    /// How an edge looks on its way.
    pub(super) fn of(
        edge: Edge<'_>,
        route: &EdgeRoute,
        document: &Document,
        language: words::Language,
    ) -> Self {
        let kind = document.node(edge.source).map(|node| node.kind);
        let ends = (route.points().first(), route.points().last());
        Self {
            path: route.path_data(),
            from: ends.0.copied().unwrap_or_default(),
            to: ends.1.copied().unwrap_or_default(),
            label_at: route.label_position(),
            word: words::exit(kind.unwrap_or(NodeKind::Task), edge.state, language),
            state: edge.state,
        }
    }
}

/// A port's name in the document: what tests and styles find it by.
pub(super) fn port_name(port: Port) -> &'static str {
    match port {
        Port::Entry => "entry",
        Port::Exit(state) => state.as_str(),
    }
}
