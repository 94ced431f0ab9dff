//! What differs between two documents: two versions, or one's own and somebody else's.

use serde_json::{Map, Value};

use crate::document::{Document, EdgeId, Node};
use rules::model::EdgeState;

/// All that differs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// Members of the rule itself: name, description, `when`…
    pub rule: Vec<MemberChange>,
    /// Nodes that are only in the second document, in its order.
    pub added: Vec<String>,
    /// Nodes that are only in the first, in its order.
    pub removed: Vec<String>,
    /// Nodes that say something else, in the order of the second.
    pub changed: Vec<NodeChange>,
    /// Nodes that say the same elsewhere on the canvas.
    pub moved: Vec<String>,
    /// Edges that differ, between nodes that are in both documents or not.
    pub edges: Vec<EdgeChange>,
    /// Whether notes differ.
    pub notes: bool,
}

/// What became of a member.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberChange {
    /// Its name.
    pub member: String,
    /// What it was; none: it was not there.
    pub before: Option<Value>,
    /// What it is; none: it is not there.
    pub after: Option<Value>,
}

/// What became of a node. Its edges are told apart from it.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeChange {
    /// The node.
    pub id: String,
    /// The members that differ; `node_type` among them.
    pub members: Vec<MemberChange>,
}

/// What became of an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeChange {
    /// The edge.
    pub edge: EdgeId,
    /// The state it asked for; none: it was not there.
    pub before: Option<EdgeState>,
    /// The state it asks for; none: it is not there.
    pub after: Option<EdgeState>,
}

impl Difference {
    /// What differs from the first document to the second.
    pub fn between(first: &Document, second: &Document) -> Self {
        let mut difference = Self {
            rule: member_changes(&first.members, &second.members),
            removed: ids_only_in(first, second),
            added: ids_only_in(second, first),
            edges: edge_changes(first, second),
            notes: first.notes.as_slice() != second.notes.as_slice(),
            ..Self::default()
        };
        for after in second.nodes() {
            let Some(before) = first.node(&after.id) else {
                continue;
            };
            let members = node_changes(before, after);
            if !members.is_empty() {
                let id = after.id.clone();
                difference.changed.push(NodeChange { id, members });
            } else if first.position(&after.id) != second.position(&after.id) {
                difference.moved.push(after.id.clone());
            }
        }
        difference
    }

    /// Whether the two are the same, drawn in the same way.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the two mean the same: nothing differs but where things are drawn.
    pub fn is_cosmetic(&self) -> bool {
        let drawing = Self {
            moved: self.moved.clone(),
            notes: self.notes,
            ..Self::default()
        };
        *self == drawing
    }
}

fn ids_only_in(one: &Document, other: &Document) -> Vec<String> {
    let ids = one.nodes().map(|node| &node.id);
    ids.filter(|id| other.node(id).is_none()).cloned().collect()
}

fn node_changes(before: &Node, after: &Node) -> Vec<MemberChange> {
    let mut changes = Vec::new();
    if before.kind != after.kind {
        changes.push(MemberChange {
            member: "node_type".to_owned(),
            before: Some(before.kind.as_str().into()),
            after: Some(after.kind.as_str().into()),
        });
    }
    changes.extend(member_changes(&before.members, &after.members));
    changes
}

/// Null is nothing said: it differs from nothing in no way that matters.
fn member_changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<MemberChange> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let said = |members: &Map<String, Value>, name: &str| {
        let value = members.get(name).filter(|value| !value.is_null());
        value.cloned()
    };
    let changes = names.into_iter().map(|name| MemberChange {
        member: name.clone(),
        before: said(before, name),
        after: said(after, name),
    });
    changes.filter(|change| change.before != change.after).collect()
}

fn edge_changes(first: &Document, second: &Document) -> Vec<EdgeChange> {
    let gone = first.edges().filter_map(|edge| {
        let id = edge.id();
        second.edge_state(&id).is_none().then_some(EdgeChange {
            edge: id,
            before: Some(edge.state),
            after: None,
        })
    });
    let here = second.edges().filter_map(|edge| {
        let id = edge.id();
        let before = first.edge_state(&id);
        (before != Some(edge.state)).then_some(EdgeChange {
            edge: id,
            before,
            after: Some(edge.state),
        })
    });
    gone.chain(here).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_json;

    fn node(id: &str, after: &str, state: &str) -> Value {
        json!({"node_id": id, "node_type": "task", "task_name": "t", "depends_on": [{"node_id": after, "state": state}]})
    }

    #[test]
    fn tells_changes_from_moves() {
        let condition = json!({"node_id": "a", "node_type": "condition", "expect": [], "label": null});
        let first = from_json(&json!({
            "name": "r",
            "rules": [condition, node("b", "a", "success"), node("c", "a", "failure"), node("d", "a", "any")],
            "layout": {"a": {"x": 0, "y": 0}, "b": {"x": 0, "y": 0}}
        }))
        .unwrap();
        let mut changed = node("b", "a", "failure");
        changed["parameters"] = json!({"amount": 5});
        let second = from_json(&json!({
            "name": "s",
            "rules": [{"node_id": "a", "node_type": "condition", "expect": []}, changed, node("c", "a", "failure"), node("e", "c", "any")],
            "layout": {"a": {"x": 50, "y": 0}, "b": {"x": 9, "y": 9}}
        }))
        .unwrap();
        let difference = Difference::between(&first, &second);
        assert_eq!(difference.rule[0].member, "name");
        assert_eq!(
            (difference.added, difference.removed),
            (vec!["e".to_owned()], vec!["d".to_owned()])
        );
        assert_eq!(difference.moved, ["a"]);
        let parameters = MemberChange {
            member: "parameters".to_owned(),
            before: None,
            after: Some(json!({"amount": 5})),
        };
        assert_eq!(
            difference.changed,
            [NodeChange {
                id: "b".to_owned(),
                members: vec![parameters]
            }]
        );
        let edge = |source: &str, target: &str, before, after| EdgeChange {
            edge: EdgeId::new(source, target),
            before,
            after,
        };
        assert_eq!(
            difference.edges,
            [
                edge("a", "d", Some(EdgeState::Any), None),
                edge("a", "b", Some(EdgeState::Success), Some(EdgeState::Failure)),
                edge("c", "e", None, Some(EdgeState::Any)),
            ]
        );
    }

    #[test]
    fn moving_is_cosmetic() {
        let first = from_json(&json!({"rules": [{"node_id": "a", "node_type": "condition"}]})).unwrap();
        let mut second = first.clone();
        assert!(Difference::between(&first, &second).is_empty());
        let moving =
            crate::edit::Edit::Place(vec![("a".to_owned(), Some(crate::geometry::Point::default()))]);
        second.apply(&moving).unwrap();
        let difference = Difference::between(&first, &second);
        assert!(difference.is_cosmetic() && !difference.is_empty());
    }
}
