//! Putting a node into an edge, and after a loose one.

use rules::model::EdgeState;

use crate::connect::valid_targets;
use crate::document::{Document, EdgeId, Node};
use crate::edit::{self, Edit};
use crate::geometry::Point;

/// Puts a new node into an edge: the edge then ends at it, and it goes on to where the edge ended when it succeeds.
/// None if there is no such edge.
pub fn insert(document: &Document, edge: &EdgeId, node: Node, position: Point) -> Option<Edit> {
    let id = node.id.clone();
    let rewiring = rewire(document, edge, &id)?;
    Some(Edit::All(vec![edit::add_node(node, position), rewiring]))
}

/// Puts a node that is there already into an edge, where it was dropped. None where that cannot be: it is an end of
/// the edge, is connected to one already, or would close a circle.
pub fn insert_existing(document: &Document, edge: &EdgeId, id: &str) -> Option<Edit> {
    let state = document.edge_state(edge)?;
    document.node(id)?;
    let into = valid_targets(document, &edge.source, state).ok()?;
    let out = valid_targets(document, id, EdgeState::Success).ok()?;
    if into.check(id).is_err() || out.check(&edge.target).is_err() {
        return None;
    }
    rewire(document, edge, id)
}

/// The target keeps the place of its edge.
fn rewire(document: &Document, edge: &EdgeId, through: &str) -> Option<Edit> {
    let target = document.node(&edge.target)?;
    let index = target
        .depends_on
        .iter()
        .position(|dependency| dependency.source == edge.source)?;
    let state = document.edge_state(edge)?;
    Some(Edit::All(vec![
        Edit::RemoveEdge(edge.clone()),
        edit::connect(&edge.source, state, through),
        Edit::AddEdge {
            edge: EdgeId::new(through, &edge.target),
            state: EdgeState::Success,
            index: Some(index),
        },
    ]))
}

/// Adds a node where an edge was dropped on the empty canvas, and connects it.
pub fn insert_after(source: &str, state: EdgeState, node: Node, position: Point) -> Edit {
    let node = Node {
        depends_on: Vec::new(),
        ..node
    };
    let edge = edit::connect(source, state, &node.id);
    Edit::All(vec![edit::add_node(node, position), edge])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{NodeKind, from_json};

    fn document() -> Document {
        from_json(&json!({"rules": [
            {"node_id": "a", "node_type": "condition", "expect": []},
            {"node_id": "b", "node_type": "task", "depends_on": [
                {"node_id": "a", "state": "failure"}, {"node_id": "c", "state": "any"}]},
            {"node_id": "c", "node_type": "condition", "expect": []}
        ]}))
        .unwrap()
    }

    #[test]
    fn a_new_node_takes_the_edge_apart() {
        let mut document = document();
        let node = Node::new("n", NodeKind::Condition);
        let edit = insert(&document, &EdgeId::new("a", "b"), node, Point::default()).unwrap();
        let before = document.clone();
        let inverse = document.apply(&edit).unwrap();
        assert_eq!(
            document.edge_state(&EdgeId::new("a", "n")),
            Some(EdgeState::Failure)
        );
        assert_eq!(document.node("b").unwrap().depends_on[0].source, "n");
        assert_eq!(document.edge_state(&EdgeId::new("a", "b")), None);
        document.apply(&inverse).unwrap();
        assert_eq!(document, before);
    }

    #[test]
    fn a_node_that_is_there_must_fit() {
        let mut document = document();
        let edge = EdgeId::new("a", "b");
        assert_eq!(insert_existing(&document, &edge, "a"), None);
        assert_eq!(
            insert_existing(&document, &edge, "c"),
            None,
            "it leads to b already"
        );
        document
            .apply(&edit::add_node(Node::new("d", NodeKind::Task), Point::default()))
            .unwrap();
        document.apply(&edit::connect("b", EdgeState::Any, "d")).unwrap();
        assert_eq!(
            insert_existing(&document, &edge, "d"),
            None,
            "it would close a circle"
        );
        document.apply(&Edit::RemoveEdge(EdgeId::new("b", "d"))).unwrap();
        let edit = insert_existing(&document, &edge, "d").unwrap();
        document.apply(&edit).unwrap();
        assert_eq!(
            document.edge_state(&EdgeId::new("d", "b")),
            Some(EdgeState::Success)
        );
    }

    #[test]
    fn a_loose_edge_ends_at_the_new_node() {
        let mut document = document();
        let node = Node::new("n", NodeKind::Task);
        document
            .apply(&insert_after("b", EdgeState::Failure, node, Point::new(5.0, 5.0)))
            .unwrap();
        assert_eq!(
            document.edge_state(&EdgeId::new("b", "n")),
            Some(EdgeState::Failure)
        );
    }
}
