//! Every change as a value. Applying an [`Edit`] answers its exact inverse; an edit that cannot be applied
//! changes nothing.
//!
//! Edits are small on purpose. What a gesture means (renaming rewrites paths, deleting takes edges along) is
//! put together by [`rename`], [`remove`] and the like, by [`splice`](crate::splice) and by
//! [`clipboard`](crate::clipboard).

mod apply;
mod plan;
mod touched;

use rules::model::EdgeState;
use serde_json::Value;

pub(crate) use self::plan::is_there;
pub use self::plan::{
    add_node, connect, move_by, redirect_source, redirect_target, remove, rename, resize_note,
};
pub use self::touched::Touched;
use crate::document::{Document, EdgeId, Node, Note};
use crate::geometry::Point;

/// A change of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Adds a node. Its edges must begin at nodes that exist.
    AddNode {
        /// The node, with the edges into it.
        node: Box<Node>,
        /// Where it is drawn.
        position: Option<Point>,
        /// Its place in the document; none: the last.
        index: Option<usize>,
    },
    /// Removes nodes, all their edges, and their positions.
    RemoveNodes(Vec<String>),
    /// Places nodes; none: takes the position away.
    Place(Vec<(String, Option<Point>)>),
    /// Gives a node another id, in its edges and its position. Paths stay as they are: see [`rename`].
    ChangeId {
        /// Its id so far.
        from: String,
        /// Its id from now on.
        to: String,
    },
    /// Sets a member of a node, or takes it away: any but `node_id`, `node_type` and `depends_on`.
    SetMember {
        /// The node.
        node: String,
        /// The member's name.
        member: String,
        /// What it is from now on; none: away with it.
        value: Option<Value>,
    },
    /// Replaces all that a node is, edges into it included, by a node of the same id.
    ReplaceNode(Box<Node>),
    /// Adds an edge.
    AddEdge {
        /// Between which nodes.
        edge: EdgeId,
        /// How its source must settle.
        state: EdgeState,
        /// Its place among the edges of its target; none: the last.
        index: Option<usize>,
    },
    /// Removes an edge.
    RemoveEdge(EdgeId),
    /// Changes how an edge's source must settle.
    Restate {
        /// The edge.
        edge: EdgeId,
        /// The state from now on.
        state: EdgeState,
    },
    /// Sets a member of the rule, or takes it away: any but `rules` and `layout`.
    SetRule {
        /// The member's name: `name`, `description`, `when`…
        member: String,
        /// What it is from now on; none: away with it.
        value: Option<Value>,
    },
    /// Adds a note.
    AddNote {
        /// The note.
        note: Note,
        /// Its place among the notes; none: the last.
        index: Option<usize>,
    },
    /// Replaces a note by one of the same id: its text, place or size.
    SetNote(Note),
    /// Removes a note.
    RemoveNote(String),
    /// Replaces everything: what was edited as raw JSON.
    Replace(Box<Document>),
    /// One after another, all or none.
    All(Vec<Edit>),
}

impl Edit {
    /// Sets a member of a node.
    pub fn set(node: impl Into<String>, member: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::SetMember {
            node: node.into(),
            member: member.into(),
            value: Some(value.into()),
        }
    }

    /// Takes a member of a node away.
    pub fn unset(node: impl Into<String>, member: impl Into<String>) -> Self {
        Self::SetMember {
            node: node.into(),
            member: member.into(),
            value: None,
        }
    }

    /// Whether it does nothing at all.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::All(edits) => edits.iter().all(Self::is_empty),
            Self::RemoveNodes(ids) => ids.is_empty(),
            Self::Place(places) => places.is_empty(),
            _ => false,
        }
    }
}

/// Why an edit cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// There is no such node.
    #[error("There is no node `{0}`.")]
    UnknownNode(String),
    /// The id is taken.
    #[error("Another node is called `{0}` already.")]
    NodeExists(String),
    /// No node can be called so.
    #[error("`{0}` is no id: 1 to 64 characters of A-Z a-z 0-9 _ - .")]
    BadId(String),
    /// There is no such edge.
    #[error("There is no edge from `{}` to `{}`.", .0.source, .0.target)]
    UnknownEdge(EdgeId),
    /// The two are connected already.
    #[error("There is an edge from `{}` to `{}` already.", .0.source, .0.target)]
    EdgeExists(EdgeId),
    /// A node cannot wait for itself.
    #[error("`{0}` cannot wait for itself.")]
    SelfEdge(String),
    /// This member is not set so.
    #[error("`{0}` is not set as a member.")]
    ReservedMember(String),
    /// There is no such note.
    #[error("There is no such note.")]
    UnknownNote(String),
    /// The note's id is taken.
    #[error("There is such a note already.")]
    NoteExists(String),
    /// Nothing can be placed there.
    #[error("Nothing can be placed there.")]
    BadPlace,
}

impl Document {
    /// Applies an edit and answers its inverse: applied next, it gives back the equal document.
    ///
    /// # Errors
    /// An edit that does not fit; the document is then unchanged.
    pub fn apply(&mut self, edit: &Edit) -> Result<Edit, EditError> {
        apply::apply(self, edit)
    }
}
