//! Applying edits. Each function checks everything before it changes anything.

use rules::model::EdgeState;
use serde_json::{Map, Value};

use super::{Edit, EditError};
use crate::document::{Dependency, Document, EdgeId, NOTE_LENGTHS, Node, Note, edges_into};
use crate::geometry::Point;

const NODE_RESERVED: [&str; 3] = ["node_id", "node_type", "depends_on"];
const RULE_RESERVED: [&str; 2] = ["rules", "layout"];

pub(super) fn apply(document: &mut Document, edit: &Edit) -> Result<Edit, EditError> {
    match edit {
        Edit::AddNode {
            node,
            position,
            index,
        } => add_node(document, node, *position, *index),
        Edit::RemoveNodes(ids) => remove_nodes(document, ids),
        Edit::Place(places) => place(document, places),
        Edit::ChangeId { from, to } => change_id(document, from, to),
        Edit::SetMember { node, member, value } => set_member(document, node, member, value.as_ref()),
        Edit::ReplaceNode(node) => replace_node(document, node),
        Edit::AddEdge { edge, state, index } => add_edge(document, edge, *state, *index),
        Edit::RemoveEdge(edge) => remove_edge(document, edge),
        Edit::Restate { edge, state } => restate(document, edge, *state),
        Edit::SetRule { member, value } => set_rule(document, member, value.as_ref()),
        Edit::AddNote { note, index } => add_note(document, note, *index),
        Edit::SetNote(note) => set_note(document, note),
        Edit::RemoveNote(id) => remove_note(document, id),
        Edit::Replace(other) => {
            let before = std::mem::replace(document, other.as_ref().clone());
            Ok(Edit::Replace(Box::new(before)))
        }
        Edit::All(edits) => apply_all(document, edits),
    }
}

fn apply_all(document: &mut Document, edits: &[Edit]) -> Result<Edit, EditError> {
    let mut inverses = Vec::with_capacity(edits.len());
    for edit in edits {
        match apply(document, edit) {
            Ok(inverse) => inverses.push(inverse),
            Err(error) => {
                for inverse in inverses.iter().rev() {
                    // What was just done can be undone: every inverse fits the document that it came from.
                    let undone = apply(document, inverse);
                    debug_assert!(undone.is_ok(), "an inverse was refused: {undone:?}");
                }
                return Err(error);
            }
        }
    }
    inverses.reverse();
    Ok(Edit::All(inverses))
}

fn add_node(
    document: &mut Document,
    node: &Node,
    position: Option<Point>,
    index: Option<usize>,
) -> Result<Edit, EditError> {
    check_id(&node.id)?;
    if document.nodes.contains_key(&node.id) {
        return Err(EditError::NodeExists(node.id.clone()));
    }
    check_node(document, node)?;
    check_place(position)?;
    let index = index.unwrap_or(usize::MAX).min(document.nodes.len());
    document.nodes.shift_insert(index, node.id.clone(), node.clone());
    if let Some(position) = position {
        document.places.insert(node.id.clone(), position);
    }
    Ok(Edit::RemoveNodes(vec![node.id.clone()]))
}

/// Edges from nodes that exist, one for each source, none from the node itself.
fn check_node(document: &Document, node: &Node) -> Result<(), EditError> {
    for reserved in NODE_RESERVED {
        if node.members.contains_key(reserved) {
            return Err(EditError::ReservedMember(reserved.to_owned()));
        }
    }
    for (place, edge) in edges_into(node).enumerate() {
        if edge.source == node.id {
            return Err(EditError::SelfEdge(node.id.clone()));
        }
        require_node(document, edge.source)?;
        let earlier = node.depends_on.iter().take(place);
        if earlier.into_iter().any(|other| other.source == edge.source) {
            return Err(EditError::EdgeExists(edge.id()));
        }
    }
    Ok(())
}

fn remove_nodes(document: &mut Document, ids: &[String]) -> Result<Edit, EditError> {
    for id in ids {
        require_node(document, id)?;
    }
    let mut inverses = Vec::new();
    for id in ids {
        // An id that stands twice in the list is gone the second time.
        remove_node(document, id, &mut inverses);
    }
    inverses.reverse();
    Ok(Edit::All(inverses))
}

/// Removes a node; its edges first, so that putting it back can start with the node.
fn remove_node(document: &mut Document, id: &str, inverses: &mut Vec<Edit>) {
    for target in document.nodes.values_mut() {
        if let Some(index) = target.depends_on.iter().position(|edge| edge.source == id) {
            let removed = target.depends_on.remove(index);
            inverses.push(Edit::AddEdge {
                edge: EdgeId::new(id, target.id.clone()),
                state: removed.state,
                index: Some(index),
            });
        }
    }
    if let Some((index, _, node)) = document.nodes.shift_remove_full(id) {
        inverses.push(Edit::AddNode {
            node: Box::new(node),
            position: document.places.remove(id),
            index: Some(index),
        });
    }
}

fn place(document: &mut Document, places: &[(String, Option<Point>)]) -> Result<Edit, EditError> {
    for (id, point) in places {
        require_node(document, id)?;
        check_place(*point)?;
    }
    let mut before = Vec::with_capacity(places.len());
    for (id, point) in places {
        let was = match point {
            Some(point) => document.places.insert(id.clone(), *point),
            None => document.places.remove(id),
        };
        before.push((id.clone(), was));
    }
    before.reverse();
    Ok(Edit::Place(before))
}

fn change_id(document: &mut Document, from: &str, to: &str) -> Result<Edit, EditError> {
    check_id(to)?;
    require_node(document, from)?;
    let inverse = Edit::ChangeId {
        from: to.to_owned(),
        to: from.to_owned(),
    };
    if from == to {
        return Ok(inverse);
    }
    if document.nodes.contains_key(to) {
        return Err(EditError::NodeExists(to.to_owned()));
    }
    if let Some((index, _, mut node)) = document.nodes.shift_remove_full(from) {
        to.clone_into(&mut node.id);
        document.nodes.shift_insert(index, to.to_owned(), node);
    }
    for node in document.nodes.values_mut() {
        for edge in node.depends_on.iter_mut().filter(|edge| edge.source == from) {
            to.clone_into(&mut edge.source);
        }
    }
    if let Some(point) = document.places.remove(from) {
        document.places.insert(to.to_owned(), point);
    }
    // Exchanged, so that a left-over of the new name is there again when this is undone.
    let (ours, theirs) = (document.place_rest.remove(from), document.place_rest.remove(to));
    document.place_rest.extend(ours.map(|rest| (to.to_owned(), rest)));
    document
        .place_rest
        .extend(theirs.map(|rest| (from.to_owned(), rest)));
    Ok(inverse)
}

fn set_member(
    document: &mut Document,
    id: &str,
    member: &str,
    value: Option<&Value>,
) -> Result<Edit, EditError> {
    if NODE_RESERVED.contains(&member) {
        return Err(EditError::ReservedMember(member.to_owned()));
    }
    let node = node_mut(document, id)?;
    Ok(Edit::SetMember {
        node: id.to_owned(),
        member: member.to_owned(),
        value: exchange(&mut node.members, member, value),
    })
}

fn set_rule(document: &mut Document, member: &str, value: Option<&Value>) -> Result<Edit, EditError> {
    if RULE_RESERVED.contains(&member) {
        return Err(EditError::ReservedMember(member.to_owned()));
    }
    Ok(Edit::SetRule {
        member: member.to_owned(),
        value: exchange(&mut document.members, member, value),
    })
}

/// Sets or removes a member, and answers what it was.
fn exchange(members: &mut Map<String, Value>, name: &str, value: Option<&Value>) -> Option<Value> {
    match value {
        Some(value) => members.insert(name.to_owned(), value.clone()),
        None => members.shift_remove(name),
    }
}

fn replace_node(document: &mut Document, node: &Node) -> Result<Edit, EditError> {
    require_node(document, &node.id)?;
    check_node(document, node)?;
    let slot = node_mut(document, &node.id)?;
    let before = std::mem::replace(slot, node.clone());
    Ok(Edit::ReplaceNode(Box::new(before)))
}

fn add_edge(
    document: &mut Document,
    edge: &EdgeId,
    state: EdgeState,
    index: Option<usize>,
) -> Result<Edit, EditError> {
    if edge.source == edge.target {
        return Err(EditError::SelfEdge(edge.source.clone()));
    }
    require_node(document, &edge.source)?;
    let node = node_mut(document, &edge.target)?;
    if node.state_of(&edge.source).is_some() {
        return Err(EditError::EdgeExists(edge.clone()));
    }
    let index = index.unwrap_or(usize::MAX).min(node.depends_on.len());
    let source = edge.source.clone();
    node.depends_on.insert(index, Dependency { source, state });
    Ok(Edit::RemoveEdge(edge.clone()))
}

fn remove_edge(document: &mut Document, edge: &EdgeId) -> Result<Edit, EditError> {
    let node = node_mut(document, &edge.target)?;
    let index = index_of(node, edge)?;
    let removed = node.depends_on.remove(index);
    Ok(Edit::AddEdge {
        edge: edge.clone(),
        state: removed.state,
        index: Some(index),
    })
}

fn restate(document: &mut Document, edge: &EdgeId, state: EdgeState) -> Result<Edit, EditError> {
    let node = node_mut(document, &edge.target)?;
    let dependency = node
        .depends_on
        .iter_mut()
        .find(|other| other.source == edge.source);
    let dependency = dependency.ok_or_else(|| EditError::UnknownEdge(edge.clone()))?;
    Ok(Edit::Restate {
        edge: edge.clone(),
        state: std::mem::replace(&mut dependency.state, state),
    })
}

fn add_note(document: &mut Document, note: &Note, index: Option<usize>) -> Result<Edit, EditError> {
    check_note(note)?;
    if document.notes.contains_key(&note.id) {
        return Err(EditError::NoteExists(note.id.clone()));
    }
    let index = index.unwrap_or(usize::MAX).min(document.notes.len());
    document.notes.shift_insert(index, note.id.clone(), note.clone());
    Ok(Edit::RemoveNote(note.id.clone()))
}

fn set_note(document: &mut Document, note: &Note) -> Result<Edit, EditError> {
    check_note(note)?;
    let slot = document.notes.get_mut(&note.id);
    let slot = slot.ok_or_else(|| EditError::UnknownNote(note.id.clone()))?;
    Ok(Edit::SetNote(std::mem::replace(slot, note.clone())))
}

fn remove_note(document: &mut Document, id: &str) -> Result<Edit, EditError> {
    let removed = document.notes.shift_remove_full(id);
    let (index, _, note) = removed.ok_or_else(|| EditError::UnknownNote(id.to_owned()))?;
    Ok(Edit::AddNote {
        note,
        index: Some(index),
    })
}

/// A document may come with ids that the rules' checks refuse, and undoing must be able to give them back.
fn check_id(id: &str) -> Result<(), EditError> {
    if id.is_empty() {
        Err(EditError::BadId(String::new()))
    } else {
        Ok(())
    }
}

fn check_place(point: Option<Point>) -> Result<(), EditError> {
    if point.is_none_or(Point::is_sound) {
        Ok(())
    } else {
        Err(EditError::BadPlace)
    }
}

fn check_note(note: &Note) -> Result<(), EditError> {
    let size = note.area.size;
    let sizes_are_sound = [size.width, size.height]
        .iter()
        .all(|length| NOTE_LENGTHS.contains(length));
    check_place(Some(note.area.origin))?;
    if sizes_are_sound {
        Ok(())
    } else {
        Err(EditError::BadPlace)
    }
}

fn require_node(document: &Document, id: &str) -> Result<(), EditError> {
    if document.nodes.contains_key(id) {
        Ok(())
    } else {
        Err(EditError::UnknownNode(id.to_owned()))
    }
}

fn node_mut<'d>(document: &'d mut Document, id: &str) -> Result<&'d mut Node, EditError> {
    let node = document.nodes.get_mut(id);
    node.ok_or_else(|| EditError::UnknownNode(id.to_owned()))
}

fn index_of(node: &Node, edge: &EdgeId) -> Result<usize, EditError> {
    let index = node
        .depends_on
        .iter()
        .position(|other| other.source == edge.source);
    index.ok_or_else(|| EditError::UnknownEdge(edge.clone()))
}
