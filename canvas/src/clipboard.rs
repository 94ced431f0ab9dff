//! Copy, cut, paste and duplicate. What is copied is JSON, so that it can be read, kept, and pasted into another
//! rule:
//! `{"kind": "moneyflow/nodes", "version": 1, "rules": [<node>, …], "layout": {…}}`, with the edges among the copied
//! nodes only. A whole rule document can be pasted as well, and so can a single node.

use std::collections::{BTreeMap, BTreeSet};

use rules::Pointer;
use serde_json::{Map, Value};

use crate::document::{self, Dependency, Document, Node, Note, ReadError};
use crate::edit::{self, Edit};
use crate::geometry::{NODE_SIZE, Point, Rect, Vector};
use crate::naming;
use crate::selection::{Item, Selection};

const KIND: &str = "moneyflow/nodes";
const VERSION: u64 = 1;
/// How far a duplicate lies from what it was made of.
const STEP: Vector = Vector::new(32.0, 32.0);

/// What is on the clipboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    fragment: Document,
}

/// What pasting does, and what it makes, which is to be selected.
#[derive(Debug, Clone, PartialEq)]
pub struct Paste {
    /// One step.
    pub edit: Edit,
    /// The new nodes and notes.
    pub items: Selection,
}

impl Clip {
    /// The selected nodes and notes; none if there are none.
    pub fn of(document: &Document, selection: &Selection) -> Option<Self> {
        let copied: BTreeSet<&str> = selection.nodes().collect();
        let mut fragment = Document::default();
        for node in document.nodes().filter(|node| copied.contains(node.id.as_str())) {
            let mut node = node.clone();
            node.depends_on
                .retain(|edge| copied.contains(edge.source.as_str()));
            fragment
                .places
                .extend(document.position(&node.id).map(|at| (node.id.clone(), at)));
            fragment.nodes.insert(node.id.clone(), node);
        }
        for note in document.notes() {
            if selection.contains(&Item::Note(note.id.clone())) {
                fragment.notes.insert(note.id.clone(), note.clone());
            }
        }
        Self::of_fragment(fragment)
    }

    fn of_fragment(fragment: Document) -> Option<Self> {
        let holds_something = !fragment.nodes.is_empty() || !fragment.notes.is_empty();
        holds_something.then_some(Self { fragment })
    }

    /// The clip as text for the system's clipboard.
    pub fn to_text(&self) -> String {
        let mut map = Map::new();
        map.insert("kind".to_owned(), KIND.into());
        map.insert("version".to_owned(), VERSION.into());
        map.extend(self.fragment.meaning());
        map.insert("layout".to_owned(), self.fragment.layout().into());
        format!("{:#}", Value::Object(map))
    }

    /// Reads a clip, a whole rule document, or one node.
    ///
    /// # Errors
    /// What is none of these, or a clip of a later version.
    pub fn parse(text: &str) -> Result<Self, ReadError> {
        let root = Pointer::root();
        let value = document::json_of(text)?;
        let kind = value.get("kind").and_then(Value::as_str);
        let version = value.get("version").and_then(Value::as_u64);
        if kind == Some(KIND) && version != Some(VERSION) {
            let detail = "This was copied by another version of the editor.";
            return Err(ReadError::at(&root.child("version"), detail));
        }
        let mut fragment = if value.get("node_id").is_some() {
            Document::of_node(document::node_from_json(&value)?)
        } else {
            document::from_json(&value)?
        };
        fragment.members.clear();
        Self::of_fragment(fragment).ok_or_else(|| ReadError::at(&root, "There is nothing in it to paste."))
    }

    /// How to paste it so that its middle is here.
    pub fn paste_at(&self, document: &Document, middle: Point) -> Paste {
        let here = self.bounds().center();
        self.paste(document, middle - here)
    }

    /// How to paste it at an offset from where it was copied: new ids, the edges among the copies, and paths among
    /// the copies following the new ids.
    pub fn paste(&self, document: &Document, offset: Vector) -> Paste {
        let new_ids = self.new_ids(document);
        let mut edits = Vec::new();
        let mut items = Vec::new();
        // All nodes first, so that every edge has where to begin and end.
        let (nodes, edges) = self.copies(&new_ids);
        for (original, node) in nodes {
            items.push(Item::Node(node.id.clone()));
            let at = self.fragment.position(&original).unwrap_or_default();
            edits.push(edit::add_node(node, at + offset));
        }
        edits.extend(edges);
        for note in self.notes(document, offset) {
            items.push(Item::Note(note.id.clone()));
            edits.push(Edit::AddNote { note, index: None });
        }
        Paste {
            edit: Edit::All(edits),
            items: items.into_iter().collect(),
        }
    }

    /// The copies, without edges, each with the id of its original; and the edges among them.
    fn copies(&self, new_ids: &BTreeMap<&str, String>) -> (Vec<(String, Node)>, Vec<Edit>) {
        let new_id = |id: &str| new_ids.get(id).cloned();
        let mut edges = Vec::new();
        let mut nodes = Vec::new();
        for original in self.fragment.nodes() {
            let Some(id) = new_id(&original.id) else { continue };
            let mut node = original.clone();
            for value in node.members.values_mut() {
                if let Some(renamed) = naming::rename_in_value(value, &new_id) {
                    *value = renamed;
                }
            }
            for Dependency { source, state } in node.depends_on.drain(..) {
                edges.extend(new_id(&source).map(|source| edit::connect(&source, state, &id)));
            }
            node.id = id;
            nodes.push((original.id.clone(), node));
        }
        (nodes, edges)
    }

    fn new_ids(&self, document: &Document) -> BTreeMap<&str, String> {
        let mut new_ids = BTreeMap::new();
        let mut given = BTreeSet::new();
        for node in self.fragment.nodes() {
            let is_taken = |id: &str| document.node(id).is_some() || given.contains(id);
            let id = if is_taken(&node.id) {
                naming::fresh_copy(&node.id, is_taken)
            } else {
                node.id.clone()
            };
            given.insert(id.clone());
            new_ids.insert(node.id.as_str(), id);
        }
        new_ids
    }

    fn notes(&self, document: &Document, offset: Vector) -> Vec<Note> {
        let mut copies: Vec<Note> = Vec::new();
        for note in self.fragment.notes() {
            let is_taken = |id: &str| document.note(id).is_some() || copies.iter().any(|copy| copy.id == id);
            let mut copy = note.clone();
            if is_taken(&note.id) {
                copy.id = naming::fresh_copy(&note.id, is_taken);
            }
            copy.area = copy.area.moved(offset);
            copies.push(copy);
        }
        copies
    }

    fn bounds(&self) -> Rect {
        let none = Rect::new(Point::default(), NODE_SIZE);
        self.fragment.bounds().unwrap_or(none)
    }
}

/// Ctrl+D: copies of the selected nodes beside them.
pub fn duplicate(document: &Document, selection: &Selection) -> Option<Paste> {
    Some(Clip::of(document, selection)?.paste(document, STEP))
}

/// Ctrl+X: what to put on the clipboard, and the removal.
pub fn cut(document: &Document, selection: &Selection) -> Option<(Clip, Edit)> {
    let clip = Clip::of(document, selection)?;
    Some((clip, edit::remove(document, selection.items())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_json;

    fn document() -> Document {
        from_json(&json!({
            "rules": [
                {"node_id": "condition-1", "node_type": "condition", "expect": []},
                {"node_id": "invoice", "node_type": "task",
                 "depends_on": [{"node_id": "condition-1", "state": "success"}]},
                {"node_id": "tell", "node_type": "task", "depends_on": [{"node_id": "invoice", "state": "any"}],
                 "parameters": {"a": "$context.nodes.invoice.output.x", "b": "{{ $context.nodes['condition-1'].state }}"}}
            ],
            "layout": {"invoice": {"x": 10, "y": 20}, "tell": {"x": 10, "y": 140},
                       "$notes": [{"id": "note-1", "text": "Hi", "x": 0, "y": 0}]}
        }))
        .unwrap()
    }

    fn selected() -> Selection {
        let items = ["invoice", "tell"].map(|id| Item::Node(id.to_owned()));
        items
            .into_iter()
            .chain([Item::Note("note-1".to_owned())])
            .collect()
    }

    #[test]
    fn a_copy_has_new_ids_and_its_inner_edges_and_paths() {
        let mut document = document();
        let clip = Clip::of(&document, &selected()).unwrap();
        let clip = Clip::parse(&clip.to_text()).unwrap();
        let paste = clip.paste(&document, Vector::new(100.0, 0.0));
        document.apply(&paste.edit).unwrap();
        let copy = document.node("tell-2").unwrap();
        assert_eq!(
            copy.depends_on,
            [Dependency {
                source: "invoice-2".to_owned(),
                state: rules::model::EdgeState::Any
            }]
        );
        let parameters = copy.parameters().unwrap();
        assert_eq!(parameters["a"], "$context.nodes['invoice-2'].output.x");
        assert_eq!(parameters["b"], "{{ $context.nodes['condition-1'].state }}");
        assert!(
            document.node("invoice-2").unwrap().depends_on.is_empty(),
            "its source was not copied"
        );
        assert_eq!(document.position("tell-2"), Some(Point::new(110.0, 140.0)));
        assert_eq!(paste.items.len(), 3);
        assert_eq!(document.note("note-2").unwrap().text, "Hi");
    }

    #[test]
    fn pasting_elsewhere_keeps_ids_and_centres() {
        let clip = Clip::of(&document(), &selected()).unwrap();
        let mut empty = Document::new("", "other");
        empty
            .apply(&clip.paste_at(&empty, Point::new(500.0, 500.0)).edit)
            .unwrap();
        assert!(empty.node("invoice").is_some());
        assert_eq!(empty.bounds().unwrap().center(), Point::new(500.0, 500.0));
    }

    #[test]
    fn cutting_and_pasting_back() {
        let mut document = document();
        let (clip, removal) = cut(&document, &selected()).unwrap();
        document.apply(&removal).unwrap();
        assert_eq!(document.len(), 1);
        document
            .apply(&clip.paste(&document, Vector::default()).edit)
            .unwrap();
        assert_eq!(document.len(), 3);
        assert!(Clip::of(&document, &Selection::new()).is_none());
        assert!(duplicate(&document, &selected()).is_some());
    }

    #[test]
    fn takes_whole_rules_and_single_nodes_and_nothing_else() {
        let whole = document().to_json().to_string();
        assert_eq!(Clip::parse(&whole).unwrap().fragment.len(), 3);
        let node =
            r#"{"node_id": "x", "node_type": "condition", "depends_on": [{"node_id": "y", "state": "any"}]}"#;
        assert_eq!(Clip::parse(node).unwrap().fragment.len(), 1);
        for text in [
            "",
            "hello",
            "[]",
            "{}",
            r#"{"rules": []}"#,
            r#"{"kind":"moneyflow/nodes","version":2,"rules":[]}"#,
        ] {
            assert!(Clip::parse(text).is_err(), "{text}");
        }
    }
}
