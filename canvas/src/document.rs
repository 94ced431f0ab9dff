//! A rule that is being edited: what it means, and where its nodes are drawn.
//!
//! Nodes keep the order of the document. Node ids are unique, every edge begins at a node that exists and is no
//! self-edge, and there is one edge for each pair of nodes: [`from_json`] refuses anything else, and no
//! [`Edit`](crate::edit::Edit) leads away from it. Cycles can be read (they are for the `rules` crate to
//! complain about); drawing one is refused by [`connect`](crate::connect).
//!
//! Notes are kept in `layout` under `$notes`, which is no possible node id, so that the server stores them with
//! the positions and nothing else looks at them:
//! `"layout": {"condition-1": {"x": 0, "y": 0}, "$notes": [{"id", "text", "x", "y", "width", "height"}]}`.

mod node;
mod note;
mod read;
mod write;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rules::model::EdgeState;
use serde_json::{Map, Value};

pub use self::node::{Dependency, Node, NodeKind};
pub(crate) use self::note::{LEAST_NOTE_SIZE, NOTE_LENGTHS};
pub use self::note::{NOTE_SIZE, Note};
pub(crate) use self::read::json_of;
pub use self::read::{ReadError, from_json, from_stored, node_from_json, parse, parse_node};
use crate::geometry::{NODE_SIZE, Point, Rect};

/// Names an edge: there is one for each pair of nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EdgeId {
    /// Where it begins.
    pub source: String,
    /// Where it ends.
    pub target: String,
}

impl EdgeId {
    /// The edge between two nodes.
    pub fn new(source: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            target: target.into(),
        }
    }
}

/// An edge, borrowed from its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge<'d> {
    /// Where it begins.
    pub source: &'d str,
    /// How its source must settle.
    pub state: EdgeState,
    /// Where it ends.
    pub target: &'d str,
}

impl Edge<'_> {
    /// Its name.
    pub fn id(&self) -> EdgeId {
        EdgeId::new(self.source, self.target)
    }
}

/// A rule that is being edited.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The rule's own members: all but `rules` and `layout`.
    pub(crate) members: Map<String, Value>,
    pub(crate) nodes: IndexMap<String, Node>,
    /// Where nodes are drawn; no others.
    pub(crate) places: BTreeMap<String, Point>,
    pub(crate) notes: IndexMap<String, Note>,
    /// What `layout` says of nodes beside their positions.
    pub(crate) place_rest: BTreeMap<String, Map<String, Value>>,
    /// What else stands in `layout`.
    pub(crate) layout_rest: Map<String, Value>,
}

/// Equal documents are written alike: the order of nodes, edges and notes counts, that of members does not.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.means_the_same(other)
            && self.places == other.places
            && self.notes.as_slice() == other.notes.as_slice()
            && self.place_rest == other.place_rest
            && self.layout_rest == other.layout_rest
    }
}

impl Document {
    /// An empty rule of a company.
    pub fn new(company_id: &str, name: &str) -> Self {
        let mut document = Self::default();
        let members = [("company_id", company_id), ("name", name)];
        document
            .members
            .extend(members.map(|(key, value)| (key.to_owned(), value.into())));
        document
    }

    /// A document of nothing but this node, without its edges.
    pub(crate) fn of_node(mut node: Node) -> Self {
        node.depends_on.clear();
        let mut document = Self::default();
        document.nodes.insert(node.id.clone(), node);
        document
    }

    /// The company's id; empty if the document has none.
    pub fn company_id(&self) -> &str {
        self.text("company_id").unwrap_or_default()
    }

    /// The rule's name.
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or(rules::model::DEFAULT_NAME)
    }

    /// What people say about it.
    pub fn description(&self) -> &str {
        self.text("description").unwrap_or_default()
    }

    /// Which events it is for, as it came; none: every one.
    pub fn when(&self) -> Option<&Value> {
        self.members.get("when").filter(|when| !when.is_null())
    }

    /// A member of the rule itself: any but `rules` and `layout`.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes, in the order of the document.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &Node> {
        self.nodes.values()
    }

    /// The node of this id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// The node's place in the document: the index in `rules`, which findings' pointers name.
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.nodes.get_index_of(id)
    }

    /// The node at a place in the document.
    pub fn node_at(&self, index: usize) -> Option<&Node> {
        self.nodes.get_index(index).map(|(_, node)| node)
    }

    /// All edges, by target in the order of the document, then in the order of its `depends_on`.
    pub fn edges(&self) -> impl Iterator<Item = Edge<'_>> {
        self.nodes.values().flat_map(edges_into)
    }

    /// The edges that begin or end at a node.
    pub fn edges_of<'d>(&'d self, id: &'d str) -> impl Iterator<Item = Edge<'d>> {
        self.edges()
            .filter(move |edge| edge.source == id || edge.target == id)
    }

    /// How an edge asks for its source to settle, if there is such an edge.
    pub fn edge_state(&self, edge: &EdgeId) -> Option<EdgeState> {
        self.node(&edge.target)?.state_of(&edge.source)
    }

    /// Where a node's upper left corner is, if it was placed.
    pub fn position(&self, id: &str) -> Option<Point> {
        self.places.get(id).copied()
    }

    /// The rectangle of a node; at the origin if it was never placed.
    pub fn area(&self, id: &str) -> Option<Rect> {
        self.node(id)?;
        Some(Rect::new(self.position(id).unwrap_or_default(), NODE_SIZE))
    }

    /// The nodes that have no position.
    pub fn unplaced(&self) -> impl Iterator<Item = &Node> {
        self.nodes
            .values()
            .filter(|node| !self.places.contains_key(&node.id))
    }

    /// The notes, in their order.
    pub fn notes(&self) -> impl ExactSizeIterator<Item = &Note> {
        self.notes.values()
    }

    /// The note of this id.
    pub fn note(&self, id: &str) -> Option<&Note> {
        self.notes.get(id)
    }

    /// What encloses all nodes and notes; none if there are none.
    pub fn bounds(&self) -> Option<Rect> {
        let nodes = self.nodes.keys().filter_map(|id| self.area(id));
        nodes
            .chain(self.notes().map(|note| note.area))
            .reduce(Rect::union)
    }

    /// Whether two documents mean the same, wherever things are drawn.
    pub fn means_the_same(&self, other: &Self) -> bool {
        self.members == other.members && self.nodes.as_slice() == other.nodes.as_slice()
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.members.get(member).and_then(Value::as_str)
    }
}

/// The edges into a node.
pub fn edges_into(node: &Node) -> impl Iterator<Item = Edge<'_>> {
    node.depends_on.iter().map(|dependency| Edge {
        source: &dependency.source,
        state: dependency.state,
        target: &node.id,
    })
}
