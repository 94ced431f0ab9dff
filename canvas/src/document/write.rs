//! From a [`Document`] back to JSON: known members always in the same order, then the unknown ones by name.

use serde_json::{Map, Number, Value};

use super::read::NOTES;
use super::{Document, Node, Note};
use crate::geometry::Point;

const RULE_MEMBERS: [&str; 5] = ["language", "company_id", "name", "description", "when"];
const NODE_MEMBERS: [&str; 10] = [
    "label",
    "join",
    "match",
    "expect",
    "task_name",
    "parameters",
    "retry",
    "timeout_ms",
    "on_failure",
    "compensate",
];
/// Of a node's members, this one goes before its edges.
const BEFORE_EDGES: usize = 1;

impl Document {
    /// The document as JSON, as the API takes it.
    pub fn to_json(&self) -> Value {
        let mut map = self.meaning();
        let layout = self.layout();
        if !layout.is_empty() {
            map.insert("layout".to_owned(), layout.into());
        }
        map.into()
    }

    /// What the rule means: the document without its layout.
    pub fn meaning(&self) -> Map<String, Value> {
        let mut map = Map::new();
        copy_members(&self.members, &RULE_MEMBERS, &mut map);
        copy_unknown(&self.members, &RULE_MEMBERS, &mut map);
        map.insert("rules".to_owned(), self.nodes().map(Node::to_json).collect());
        map
    }

    /// The layout as JSON: positions in the order of the nodes, then what else stood there by name, then the notes.
    pub fn layout(&self) -> Map<String, Value> {
        let mut map = Map::new();
        for id in self.nodes.keys() {
            self.write_place(id, &mut map);
        }
        let mut rest: Vec<(&String, &Value)> = self.layout_rest.iter().collect();
        rest.sort_by_key(|(name, _)| *name);
        for (name, value) in rest {
            map.entry(name.clone()).or_insert_with(|| value.clone());
        }
        if !self.notes.is_empty() {
            map.insert(NOTES.to_owned(), write_notes(self.notes()));
        }
        map
    }

    fn write_place(&self, id: &str, map: &mut Map<String, Value>) {
        let Some(point) = self.places.get(id) else { return };
        let mut members = write_point(*point);
        if let Some(rest) = self.place_rest.get(id) {
            copy_unknown(rest, &[], &mut members);
        }
        map.insert(id.to_owned(), members.into());
    }
}

impl Node {
    /// The node as JSON, as it stands in a document.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("node_id".to_owned(), self.id.clone().into());
        map.insert("node_type".to_owned(), self.kind.as_str().into());
        let (before, after) = NODE_MEMBERS.split_at(BEFORE_EDGES);
        copy_members(&self.members, before, &mut map);
        if !self.depends_on.is_empty() {
            map.insert("depends_on".to_owned(), self.edges_json());
        }
        copy_members(&self.members, after, &mut map);
        copy_unknown(&self.members, &NODE_MEMBERS, &mut map);
        map.into()
    }

    fn edges_json(&self) -> Value {
        let edges = self.depends_on.iter().map(|dependency| {
            let mut edge = Map::new();
            edge.insert("node_id".to_owned(), dependency.source.clone().into());
            edge.insert("state".to_owned(), dependency.state.as_str().into());
            Value::Object(edge)
        });
        edges.collect()
    }
}

fn copy_members(from: &Map<String, Value>, names: &[&str], to: &mut Map<String, Value>) {
    for name in names {
        if let Some(value) = from.get(*name) {
            to.insert((*name).to_owned(), value.clone());
        }
    }
}

fn copy_unknown(from: &Map<String, Value>, known: &[&str], to: &mut Map<String, Value>) {
    let mut unknown: Vec<(&String, &Value)> = from
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .collect();
    unknown.sort_by_key(|(name, _)| *name);
    to.extend(
        unknown
            .into_iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
}

fn write_point(point: Point) -> Map<String, Value> {
    let members = [("x", point.x), ("y", point.y)];
    let members = members.map(|(name, value)| (name.to_owned(), number(value)));
    members.into_iter().collect()
}

fn write_notes<'n>(notes: impl Iterator<Item = &'n Note>) -> Value {
    notes.map(write_note).collect()
}

fn write_note(note: &Note) -> Value {
    let mut members = Map::new();
    members.insert("id".to_owned(), note.id.clone().into());
    members.insert("text".to_owned(), note.text.clone().into());
    members.extend(write_point(note.area.origin));
    members.insert("width".to_owned(), number(note.area.size.width));
    members.insert("height".to_owned(), number(note.area.size.height));
    members.into()
}

/// A coordinate. Finite numbers print without an exponent, and whole ones without a fraction.
fn number(value: f64) -> Value {
    Value::Number(Number::from_string_unchecked(value.to_string()))
}
