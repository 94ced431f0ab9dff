//! Steps that are one step to the user.

use crate::{
    edit::Edit,
    selection::{Item, Selection},
};

/// What edits must have in common to be one step: the field that is typed into, the arrow keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MergeKey(String);

impl MergeKey {
    /// Typing into a field of a node, of the rule, of a note.
    pub fn field(owner: &str, field: &str) -> Self {
        Self(format!("{owner}/{field}"))
    }

    /// Nudging what is selected.
    pub fn nudge(selection: &Selection) -> Self {
        let items = selection.items().map(|item| match item {
            Item::Node(id) | Item::Note(id) => id.clone(),
            Item::Edge(edge) => format!("{}>{}", edge.source, edge.target),
        });
        Self(format!("nudge/{}", items.collect::<Vec<_>>().join("/")))
    }
}

/// Two steps as one: the edits, forth and back.
pub(super) fn merged(first: (Edit, Edit), then: (Edit, Edit)) -> (Edit, Edit) {
    if replaces(&first.0, &then.0) {
        // Typing a long text keeps its beginning and its end, not each letter.
        return (then.0, first.1);
    }
    (Edit::All(vec![first.0, then.0]), Edit::All(vec![then.1, first.1]))
}

/// Whether the second edit leaves nothing of the first.
fn replaces(first: &Edit, then: &Edit) -> bool {
    match (first, then) {
        (
            Edit::SetMember { node, member, .. },
            Edit::SetMember {
                node: other,
                member: other_member,
                ..
            },
        ) => node == other && member == other_member,
        (Edit::SetRule { member, .. }, Edit::SetRule { member: other, .. }) => member == other,
        (Edit::SetNote(note), Edit::SetNote(other)) => note.id == other.id,
        (Edit::Place(places), Edit::Place(others)) => {
            let ids = places.iter().map(|(id, _)| id);
            ids.eq(others.iter().map(|(id, _)| id))
        }
        (Edit::All(first), Edit::All(then)) => {
            first.len() == then.len() && first.iter().zip(then).all(|(first, then)| replaces(first, then))
        }
        _ => false,
    }
}
