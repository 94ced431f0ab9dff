//! What a gesture means, as edits.

use std::collections::BTreeSet;

use rules::model::EdgeState;

use super::{Edit, EditError};
use crate::document::{Document, EdgeId, LEAST_NOTE_SIZE, NOTE_LENGTHS, Node};
use crate::geometry::{Point, Rect, Size, Vector};
use crate::naming;
use crate::selection::Item;

/// Adds a node at a place.
pub fn add_node(node: Node, position: Point) -> Edit {
    Edit::AddNode {
        node: Box::new(node),
        position: Some(position),
        index: None,
    }
}

/// Draws an edge. Ask [`may_connect`](crate::connect::may_connect) first: this makes cycles if told to.
pub fn connect(source: &str, state: EdgeState, target: &str) -> Edit {
    Edit::AddEdge {
        edge: EdgeId::new(source, target),
        state,
        index: None,
    }
}

/// Gives a node another id, and with it the paths of all other nodes that look at its outcome.
///
/// # Errors
/// There is no such node, or the id is bad or taken.
pub fn rename(document: &Document, from: &str, to: &str) -> Result<Edit, EditError> {
    if document.node(from).is_none() {
        return Err(EditError::UnknownNode(from.to_owned()));
    }
    if !naming::is_node_id(to) {
        return Err(EditError::BadId(to.to_owned()));
    }
    if from != to && document.node(to).is_some() {
        return Err(EditError::NodeExists(to.to_owned()));
    }
    let mut edits = Vec::new();
    let new_id = |id: &str| (id == from).then(|| to.to_owned());
    for node in document.nodes() {
        for (member, value) in &node.members {
            if let Some(renamed) = naming::rename_in_value(value, &new_id) {
                edits.push(Edit::set(&node.id, member, renamed));
            }
        }
    }
    edits.push(Edit::ChangeId {
        from: from.to_owned(),
        to: to.to_owned(),
    });
    Ok(Edit::All(edits))
}

/// Removes nodes with their edges, edges, and notes. What is not there is left out.
pub fn remove<'i>(document: &Document, items: impl IntoIterator<Item = &'i Item>) -> Edit {
    let items = items.into_iter().filter(|item| is_there(document, item));
    let items: BTreeSet<&Item> = items.collect();
    let goes = |id: &str| items.contains(&Item::Node(id.to_owned()));
    let mut nodes = Vec::new();
    let mut edits = Vec::new();
    for item in &items {
        match item {
            Item::Node(id) => nodes.push(id.clone()),
            // This one goes with its node.
            Item::Edge(edge) if goes(&edge.source) || goes(&edge.target) => {}
            Item::Edge(edge) => edits.push(Edit::RemoveEdge(edge.clone())),
            Item::Note(id) => edits.push(Edit::RemoveNote(id.clone())),
        }
    }
    if !nodes.is_empty() {
        edits.push(Edit::RemoveNodes(nodes));
    }
    Edit::All(edits)
}

pub(crate) fn is_there(document: &Document, item: &Item) -> bool {
    match item {
        Item::Node(id) => document.node(id).is_some(),
        Item::Edge(edge) => document.edge_state(edge).is_some(),
        Item::Note(id) => document.note(id).is_some(),
    }
}

/// Moves nodes and notes by an offset from where the document has them. What is not there is left out.
pub fn move_by<'i>(document: &Document, items: impl IntoIterator<Item = &'i Item>, offset: Vector) -> Edit {
    let mut places = Vec::new();
    let mut edits = Vec::new();
    for item in items {
        match item {
            Item::Node(id) => {
                let area = document.area(id);
                places.extend(area.map(|area| (id.clone(), Some(area.origin + offset))));
            }
            Item::Note(id) => edits.extend(document.note(id).map(|note| {
                let mut note = note.clone();
                note.area = note.area.moved(offset);
                Edit::SetNote(note)
            })),
            Item::Edge(_) => {}
        }
    }
    if !places.is_empty() {
        edits.push(Edit::Place(places));
    }
    Edit::All(edits)
}

/// Draws a note's lower right corner to a point. It becomes no smaller than can be read and taken; none if there is no
/// such note.
pub fn resize_note(document: &Document, id: &str, corner: Point) -> Option<Edit> {
    let mut note = document.note(id)?.clone();
    let wanted = corner - note.area.origin;
    let most = *NOTE_LENGTHS.end();
    let size = Size::new(
        wanted.dx.clamp(LEAST_NOTE_SIZE.width, most),
        wanted.dy.clamp(LEAST_NOTE_SIZE.height, most),
    );
    note.area = Rect::new(note.area.origin, size);
    Some(Edit::SetNote(note))
}

/// Draws an edge's end to another node. It keeps its state.
///
/// # Errors
/// There is no such edge.
pub fn redirect_target(document: &Document, edge: &EdgeId, target: &str) -> Result<Edit, EditError> {
    redirect(document, edge, EdgeId::new(&edge.source, target))
}

/// Draws an edge's beginning to another node's exit.
///
/// # Errors
/// There is no such edge.
pub fn redirect_source(
    document: &Document,
    edge: &EdgeId,
    source: &str,
    state: EdgeState,
) -> Result<Edit, EditError> {
    if source == edge.source {
        let edge = edge.clone();
        return Ok(Edit::Restate { edge, state });
    }
    let target = document.node(&edge.target);
    let index = target.and_then(|node| {
        node.depends_on
            .iter()
            .position(|other| other.source == edge.source)
    });
    if index.is_none() {
        return Err(EditError::UnknownEdge(edge.clone()));
    }
    Ok(Edit::All(vec![
        Edit::RemoveEdge(edge.clone()),
        Edit::AddEdge {
            edge: EdgeId::new(source, &edge.target),
            state,
            index,
        },
    ]))
}

fn redirect(document: &Document, edge: &EdgeId, to: EdgeId) -> Result<Edit, EditError> {
    let state = document.edge_state(edge);
    let state = state.ok_or_else(|| EditError::UnknownEdge(edge.clone()))?;
    if *edge == to {
        return Ok(Edit::All(Vec::new()));
    }
    Ok(Edit::All(vec![
        Edit::RemoveEdge(edge.clone()),
        Edit::AddEdge {
            edge: to,
            state,
            index: None,
        },
    ]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_json;
    use crate::history::{History, MergeKey};

    #[test]
    fn a_note_is_resized_by_its_corner_and_stays_one_that_can_be_taken() {
        let document = from_json(&json!({"rules": [], "layout": {
            "$notes": [{"id": "n", "text": "why", "x": 100, "y": 100, "width": 220, "height": 96}]
        }}))
        .unwrap();
        let mut history = History::new(document.clone());
        for corner in [Point::new(400.0, 300.0), Point::new(110.0, -50.0)] {
            let resized = resize_note(history.document(), "n", corner).unwrap();
            history
                .commit_merging(resized, MergeKey::field("n", "size"))
                .unwrap();
        }
        let area = history.document().note("n").unwrap().area;
        assert_eq!(area, Rect::new(Point::new(100.0, 100.0), LEAST_NOTE_SIZE));
        history.undo();
        assert_eq!(*history.document(), document, "several presses are one step");
        assert_eq!(resize_note(&document, "m", Point::default()), None);
    }
}
