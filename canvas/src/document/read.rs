//! From JSON to a [`Document`].

use indexmap::IndexMap;
use rules::Pointer;
use rules::model::EdgeState;
use serde_json::{Map, Value};

use super::note::NOTE_LENGTHS;
use super::{Dependency, Document, NOTE_SIZE, Node, NodeKind, Note};
use crate::geometry::{Point, Rect, Size};

/// The member of `layout` that holds the notes; no possible node id.
pub(super) const NOTES: &str = "$notes";

/// Why something cannot be drawn: where, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ReadError {
    /// Where, as an RFC 6901 pointer; empty for the whole.
    pub pointer: String,
    /// What is wrong and what was expected.
    pub detail: String,
}

impl ReadError {
    pub(crate) fn at(pointer: &Pointer, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.to_string(),
            detail: detail.into(),
        }
    }
}

/// Reads a document's text, keeping every digit.
///
/// # Errors
/// As [`from_json`], and what [`rules::json::parse`] refuses.
pub fn parse(text: &str) -> Result<Document, ReadError> {
    from_json(&json_of(text)?)
}

/// Reads one node's text.
///
/// # Errors
/// What is not JSON, or no node.
pub fn parse_node(text: &str) -> Result<Node, ReadError> {
    node_from_json(&json_of(text)?)
}

pub(crate) fn json_of(text: &str) -> Result<Value, ReadError> {
    rules::json::parse(text.as_bytes()).map_err(|error| ReadError::at(&Pointer::root(), error.to_string()))
}

/// Reads a document.
///
/// # Errors
/// What is no graph: nodes without an id or type, two of one id, edges from nowhere, from the node itself, or
/// two from one source. All else is left to the checks of the `rules` crate.
pub fn from_json(value: &Value) -> Result<Document, ReadError> {
    let root = Pointer::root();
    let Value::Object(members) = value else {
        return Err(ReadError::at(&root, "A rule must be a JSON object."));
    };
    let mut members = members.clone();
    let list = members.shift_remove("rules").unwrap_or(Value::Null);
    let layout = members.shift_remove("layout");
    let mut document = Document {
        members,
        nodes: read_nodes(&list, &root.child("rules"))?,
        ..Document::default()
    };
    check_edges(&document, &root.child("rules"))?;
    if let Some(Value::Object(layout)) = layout {
        read_layout(layout, &mut document);
    }
    Ok(document)
}

fn read_nodes(list: &Value, pointer: &Pointer) -> Result<IndexMap<String, Node>, ReadError> {
    let Value::Array(list) = list else {
        return Err(ReadError::at(pointer, "`rules` must be a list of nodes."));
    };
    let mut nodes = IndexMap::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        let pointer = pointer.child(index);
        let node = read_node(value, &pointer)?;
        let id = node.id.clone();
        if nodes.insert(id.clone(), node).is_some() {
            let detail = format!("Another node is called `{id}` already: ids are unique in a rule.");
            return Err(ReadError::at(&pointer.child("node_id"), detail));
        }
    }
    Ok(nodes)
}

/// Reads one node. Whether its edges begin at nodes that exist is for its document to say.
///
/// # Errors
/// What has no id, no known type, or edges that are none.
pub fn node_from_json(value: &Value) -> Result<Node, ReadError> {
    read_node(value, &Pointer::root())
}

fn read_node(value: &Value, pointer: &Pointer) -> Result<Node, ReadError> {
    let Value::Object(members) = value else {
        return Err(ReadError::at(pointer, "A node must be a JSON object."));
    };
    let mut members = members.clone();
    let id = match members.shift_remove("node_id") {
        Some(Value::String(id)) if !id.is_empty() => id,
        _ => {
            return Err(ReadError::at(
                &pointer.child("node_id"),
                "A node needs a `node_id`.",
            ));
        }
    };
    let kind = members.shift_remove("node_type");
    let kind = kind
        .as_ref()
        .and_then(Value::as_str)
        .and_then(NodeKind::from_name);
    let Some(kind) = kind else {
        let detail = format!("`node_type` of `{id}` must be `condition` or `task`.");
        return Err(ReadError::at(&pointer.child("node_type"), detail));
    };
    let list = members.shift_remove("depends_on").unwrap_or(Value::Null);
    let depends_on = read_dependencies(&id, &list, &pointer.child("depends_on"))?;
    Ok(Node {
        id,
        kind,
        depends_on,
        members,
    })
}

fn read_dependencies(id: &str, list: &Value, pointer: &Pointer) -> Result<Vec<Dependency>, ReadError> {
    let list = match list {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => {
            let detail = format!("`depends_on` of `{id}` must be a list.");
            return Err(ReadError::at(pointer, detail));
        }
    };
    let mut dependencies: Vec<Dependency> = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        let pointer = pointer.child(index);
        let dependency = read_dependency(id, value, &pointer)?;
        if dependency.source == id {
            return Err(ReadError::at(&pointer, format!("`{id}` cannot wait for itself.")));
        }
        if dependencies.iter().any(|other| other.source == dependency.source) {
            let detail = format!("There are two edges from `{}` to `{id}`.", dependency.source);
            return Err(ReadError::at(&pointer, detail));
        }
        dependencies.push(dependency);
    }
    Ok(dependencies)
}

fn read_dependency(id: &str, value: &Value, pointer: &Pointer) -> Result<Dependency, ReadError> {
    let text = |member| value.get(member).and_then(Value::as_str);
    let Some(source) = text("node_id") else {
        let detail = format!("A dependency of `{id}` needs the `node_id` of the node to wait for.");
        return Err(ReadError::at(pointer, detail));
    };
    let state = EdgeState::ALL
        .into_iter()
        .find(|state| text("state") == Some(state.as_str()));
    let Some(state) = state else {
        let detail = format!("`{id}` must wait for `success`, `failure`, `error` or `any` of `{source}`.");
        return Err(ReadError::at(&pointer.child("state"), detail));
    };
    let source = source.to_owned();
    Ok(Dependency { source, state })
}

fn check_edges(document: &Document, pointer: &Pointer) -> Result<(), ReadError> {
    for (index, node) in document.nodes().enumerate() {
        for (place, dependency) in node.depends_on.iter().enumerate() {
            if document.node(&dependency.source).is_none() {
                let pointer = pointer.child(index).child("depends_on").child(place);
                let detail = format!(
                    "`{}` waits for `{}`, which is not there.",
                    node.id, dependency.source
                );
                return Err(ReadError::at(&pointer, detail));
            }
        }
    }
    Ok(())
}

/// Takes what can be understood of a layout, and keeps the rest: a layout is never a reason to refuse a rule.
fn read_layout(layout: Map<String, Value>, document: &mut Document) {
    for (name, value) in layout {
        if name == NOTES
            && let Some(notes) = read_notes(&value)
        {
            document.notes = notes;
        } else if document.nodes.contains_key(&name)
            && let Some(point) = read_point(&value)
        {
            keep_rest(&name, &value, document);
            document.places.insert(name, point);
        } else {
            document.layout_rest.insert(name, value);
        }
    }
}

fn keep_rest(id: &str, value: &Value, document: &mut Document) {
    let members = value.as_object().into_iter().flatten();
    let rest = members.filter(|(name, _)| !matches!(name.as_str(), "x" | "y"));
    let rest: Map<String, Value> = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
    if !rest.is_empty() {
        document.place_rest.insert(id.to_owned(), rest);
    }
}

fn read_point(value: &Value) -> Option<Point> {
    let point = Point::new(value.get("x")?.as_f64()?, value.get("y")?.as_f64()?);
    point.is_sound().then_some(point)
}

fn read_notes(value: &Value) -> Option<IndexMap<String, Note>> {
    let notes = value.as_array()?.iter().map(read_note);
    let notes = notes.collect::<Option<Vec<Note>>>()?;
    let count = notes.len();
    let notes: IndexMap<String, Note> = notes.into_iter().map(|note| (note.id.clone(), note)).collect();
    (notes.len() == count).then_some(notes)
}

fn read_note(value: &Value) -> Option<Note> {
    let length = |member, usual| match value.get(member) {
        Some(length) => length.as_f64().filter(|length| NOTE_LENGTHS.contains(length)),
        None => Some(usual),
    };
    Some(Note {
        id: value.get("id")?.as_str()?.to_owned(),
        text: value.get("text")?.as_str()?.to_owned(),
        area: Rect::new(
            read_point(value)?,
            Size::new(
                length("width", NOTE_SIZE.width)?,
                length("height", NOTE_SIZE.height)?,
            ),
        ),
    })
}

/// The members that a rule is uploaded with, apart from `rules` and `layout`.
const OWN_MEMBERS: [&str; 5] = ["language", "company_id", "name", "description", "when"];

/// Reads a document out of a stored rule, as the API answers it: with its id, version, state and times around
/// it, which are no part of the document.
///
/// # Errors
/// As [`from_json`].
pub fn from_stored(value: &Value) -> Result<Document, ReadError> {
    let mut document = from_json(value)?;
    document.members.retain(|name, value| {
        let says_nothing = value.is_null() || (name == "description" && value.as_str() == Some(""));
        OWN_MEMBERS.contains(&name.as_str()) && !says_nothing
    });
    Ok(document)
}
