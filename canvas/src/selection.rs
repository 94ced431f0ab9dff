//! What is selected. It is no part of the document and of its history.

use std::collections::BTreeSet;

use crate::document::{Document, EdgeId};
use crate::edit;

/// Something that can be selected.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Item {
    /// A node, by its id.
    Node(String),
    /// An edge.
    Edge(EdgeId),
    /// A note, by its id.
    Note(String),
}

/// A set of nodes, edges and notes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    items: BTreeSet<Item>,
}

impl Selection {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything: Ctrl+A. Edges come with their nodes, and are left out.
    pub fn all(document: &Document) -> Self {
        let mut all: Self = document.nodes().map(|node| Item::Node(node.id.clone())).collect();
        all.add(document.notes().map(|note| Item::Note(note.id.clone())));
        all
    }

    /// The items, in a stable order.
    pub fn items(&self) -> impl ExactSizeIterator<Item = &Item> {
        self.items.iter()
    }

    /// The selected nodes.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|item| match item {
            Item::Node(id) => Some(id.as_str()),
            _ => None,
        })
    }

    /// The one item, if there is exactly one.
    pub fn only(&self) -> Option<&Item> {
        self.items.first().filter(|_| self.items.len() == 1)
    }

    /// Whether this is selected.
    pub fn contains(&self, item: &Item) -> bool {
        self.items.contains(item)
    }

    /// Whether this node is selected.
    pub fn contains_node(&self, id: &str) -> bool {
        self.contains(&Item::Node(id.to_owned()))
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// A plain click: this alone.
    pub fn set(&mut self, item: Item) {
        self.items = BTreeSet::from([item]);
    }

    /// Pressing on something in order to drag it: what is selected stays so, anything else is selected alone.
    pub fn press(&mut self, item: Item) {
        if !self.items.contains(&item) {
            self.set(item);
        }
    }

    /// Ctrl-click: in or out.
    pub fn toggle(&mut self, item: Item) {
        if !self.items.remove(&item) {
            self.items.insert(item);
        }
    }

    /// Adds what a box caught.
    pub fn add(&mut self, items: impl IntoIterator<Item = Item>) {
        self.items.extend(items);
    }

    /// Escape, or a click on the empty canvas.
    pub fn clear(&mut self) {
        self.items.clear();
    }

    /// Forgets what is no longer there, after any change of the document.
    pub fn prune(&mut self, document: &Document) {
        self.items.retain(|item| edit::is_there(document, item));
    }

    /// Follows a node to its new id.
    pub fn rename(&mut self, from: &str, to: &str) {
        let renamed = |id: &String| if id == from { to.to_owned() } else { id.clone() };
        let items = std::mem::take(&mut self.items).into_iter();
        self.items = items
            .map(|item| match item {
                Item::Node(id) => Item::Node(renamed(&id)),
                Item::Edge(edge) => Item::Edge(EdgeId::new(renamed(&edge.source), renamed(&edge.target))),
                note @ Item::Note(_) => note,
            })
            .collect();
    }
}

impl FromIterator<Item> for Selection {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        Self {
            items: items.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rules::model::EdgeState;

    use super::*;
    use crate::document::{Node, NodeKind};
    use crate::geometry::Point;

    fn node(id: &str) -> Item {
        Item::Node(id.to_owned())
    }

    #[test]
    fn clicks_toggles_and_presses() {
        let mut selection = Selection::new();
        selection.set(node("a"));
        selection.toggle(node("b"));
        assert_eq!(selection.len(), 2);
        selection.press(node("a"));
        assert_eq!(
            selection.len(),
            2,
            "pressing what is selected keeps the rest, for dragging"
        );
        selection.toggle(node("a"));
        assert_eq!(selection.only(), Some(&node("b")));
        selection.press(node("c"));
        assert_eq!(selection.only(), Some(&node("c")));
    }

    #[test]
    fn forgets_what_is_gone_and_follows_new_names() {
        let mut document = Document::new("", "r");
        for id in ["a", "b"] {
            let node = Node::new(id, NodeKind::Condition);
            document.apply(&edit::add_node(node, Point::default())).unwrap();
        }
        document
            .apply(&edit::connect("a", EdgeState::Success, "b"))
            .unwrap();
        let edge = Item::Edge(EdgeId::new("a", "b"));
        let mut selection: Selection = [node("a"), edge].into_iter().collect();
        let renaming = edit::rename(&document, "a", "c").unwrap();
        document.apply(&renaming).unwrap();
        selection.rename("a", "c");
        selection.prune(&document);
        assert_eq!(selection.len(), 2);
        document.apply(&edit::remove(&document, &[node("c")])).unwrap();
        selection.prune(&document);
        assert!(selection.is_empty());
        assert_eq!(Selection::all(&document).only(), Some(&node("b")));
    }
}
