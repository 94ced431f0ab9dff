//! What has to be drawn again.

use std::collections::BTreeSet;

use super::Edit;
use crate::document::EdgeId;

/// What a change touched. An edge is drawn again if it is named here, or if one of its nodes is among `moved`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Everything may be different: read the whole document again.
    pub everything: bool,
    /// The rule's own members.
    pub rule: bool,
    /// Nodes that came, went, or say something else.
    pub nodes: BTreeSet<String>,
    /// Nodes that are elsewhere.
    pub moved: BTreeSet<String>,
    /// Edges that came, went, or ask for another state.
    pub edges: BTreeSet<EdgeId>,
    /// Notes that came, went, moved, or say something else.
    pub notes: BTreeSet<String>,
}

impl Touched {
    /// What an edit touched, given the inverse that applying it answered: only both together name the edges of
    /// nodes that are gone.
    pub fn of(edit: &Edit, inverse: &Edit) -> Self {
        let mut touched = Self::default();
        touched.add(edit);
        touched.add(inverse);
        touched
    }

    /// Whether the graph itself is different: nodes or edges came, went or changed.
    pub fn is_structural(&self) -> bool {
        self.everything || !self.nodes.is_empty() || !self.edges.is_empty()
    }

    /// Whether nothing was touched.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes in what another change touched.
    pub fn merge(&mut self, other: Self) {
        self.everything |= other.everything;
        self.rule |= other.rule;
        self.nodes.extend(other.nodes);
        self.moved.extend(other.moved);
        self.edges.extend(other.edges);
        self.notes.extend(other.notes);
    }

    fn add(&mut self, edit: &Edit) {
        match edit {
            Edit::AddNode { node, .. } | Edit::ReplaceNode(node) => {
                self.nodes.insert(node.id.clone());
                let sources = node.depends_on.iter().map(|edge| &edge.source);
                self.edges
                    .extend(sources.map(|source| EdgeId::new(source, &node.id)));
            }
            Edit::RemoveNodes(ids) => self.nodes.extend(ids.iter().cloned()),
            Edit::Place(places) => self.moved.extend(places.iter().map(|(id, _)| id.clone())),
            Edit::SetMember { node, .. } => drop(self.nodes.insert(node.clone())),
            Edit::AddEdge { edge, .. } | Edit::RemoveEdge(edge) | Edit::Restate { edge, .. } => {
                self.edges.insert(edge.clone());
            }
            Edit::SetRule { .. } => self.rule = true,
            Edit::AddNote { note, .. } | Edit::SetNote(note) => drop(self.notes.insert(note.id.clone())),
            Edit::RemoveNote(id) => drop(self.notes.insert(id.clone())),
            // The edges of a node that has another name are other edges.
            Edit::ChangeId { .. } | Edit::Replace(_) => self.everything = true,
            Edit::All(edits) => edits.iter().for_each(|edit| self.add(edit)),
        }
    }
}
