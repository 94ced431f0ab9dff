//! Whether an edge may be drawn, and why not.

use rules::model::{EdgeState, MAX_DEPENDENCIES};

use crate::document::{Document, EdgeId, Node};
use crate::graph::Graph;

/// Why an edge cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A node cannot wait for itself.
    #[error("A node cannot wait for itself.")]
    Itself,
    /// The nodes would wait for each other in a circle: these, in order, the first one again at the end.
    #[error("This would be a circle: {}.", .0.join(" → "))]
    Cycle(Vec<String>),
    /// There is an edge between the two; it asks for this state.
    #[error("These two are connected already: change the edge that is there.")]
    Connected(EdgeState),
    /// Such a node never settles so.
    #[error("A task succeeds or fails: only a condition can end in an error.")]
    NoSuchExit,
    /// The target waits for as many nodes as it may.
    #[error("A node waits for at most {MAX_DEPENDENCIES} others.")]
    TooMany,
    /// One of the two is not there.
    #[error("There is no node `{0}`.")]
    UnknownNode(String),
}

/// Whether an edge may be drawn.
///
/// # Errors
/// Why not.
pub fn may_connect(document: &Document, source: &str, state: EdgeState, target: &str) -> Result<(), Refusal> {
    valid_targets(document, source, state)?.check(target)
}

/// Where an edge from one exit may end, and why nowhere else: computed when a drag begins, asked at every move.
/// It keeps nothing of the document, and is good until a node or an edge comes or goes.
#[derive(Debug, Clone)]
pub struct Targets {
    graph: Graph,
    ids: Vec<String>,
    source: usize,
    verdicts: Vec<Verdict>,
}

/// A refusal, without the words: naming a circle costs a search, and only the one under the pointer is asked for.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    Valid,
    Itself,
    Connected(EdgeState),
    TooMany,
    Closes,
}

/// For a new edge from this exit.
///
/// # Errors
/// There is no such source, or it has no such exit.
pub fn valid_targets(document: &Document, source: &str, state: EdgeState) -> Result<Targets, Refusal> {
    Targets::of(document, source, state, None)
}

/// For an edge whose end is dragged elsewhere. Where it ends now is as good as before.
///
/// # Errors
/// There is no such edge, or its source has no such exit.
pub fn targets_for_redirecting(document: &Document, edge: &EdgeId) -> Result<Targets, Refusal> {
    let state = document.edge_state(edge);
    let state = state.ok_or_else(|| Refusal::UnknownNode(edge.target.clone()))?;
    Targets::of(document, &edge.source, state, Some(&edge.target))
}

impl Targets {
    fn of(
        document: &Document,
        source: &str,
        state: EdgeState,
        present: Option<&str>,
    ) -> Result<Self, Refusal> {
        let unknown = || Refusal::UnknownNode(source.to_owned());
        let node = document.node(source).ok_or_else(unknown)?;
        if !node.kind.exits().contains(&state) {
            return Err(Refusal::NoSuchExit);
        }
        let graph = Graph::of(document);
        let place = graph.place(source).ok_or_else(unknown)?;
        let ancestors = graph.ancestors(place);
        let verdicts = document.nodes().zip(ancestors).map(|(target, is_ancestor)| {
            if present == Some(&target.id) {
                Verdict::Valid
            } else {
                verdict(source, target, is_ancestor)
            }
        });
        Ok(Self {
            verdicts: verdicts.collect(),
            ids: document.nodes().map(|node| node.id.clone()).collect(),
            source: place,
            graph,
        })
    }

    /// Whether the edge may end here.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, target: &str) -> Result<(), Refusal> {
        let place = self.graph.place(target);
        let verdict = place.and_then(|place| Some((place, *self.verdicts.get(place)?)));
        match verdict {
            None => Err(Refusal::UnknownNode(target.to_owned())),
            Some((_, Verdict::Valid)) => Ok(()),
            Some((_, Verdict::Itself)) => Err(Refusal::Itself),
            Some((_, Verdict::Connected(state))) => Err(Refusal::Connected(state)),
            Some((_, Verdict::TooMany)) => Err(Refusal::TooMany),
            Some((place, Verdict::Closes)) => Err(Refusal::Cycle(self.circle(place))),
        }
    }

    /// The ids of all nodes at which the edge may end, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let nodes = self.ids.iter().zip(&self.verdicts);
        let valid = nodes.filter(|(_, verdict)| matches!(verdict, Verdict::Valid));
        valid.map(|(id, _)| id.as_str())
    }

    /// From the source over the new edge to the target, and on to the source again.
    fn circle(&self, target: usize) -> Vec<String> {
        let way = self.graph.way(target, self.source).unwrap_or_default();
        let places = std::iter::once(self.source).chain(way);
        places.filter_map(|place| self.ids.get(place).cloned()).collect()
    }
}

fn verdict(source: &str, target: &Node, is_ancestor: bool) -> Verdict {
    if target.id == source {
        Verdict::Itself
    } else if let Some(state) = target.state_of(source) {
        Verdict::Connected(state)
    } else if target.depends_on.len() >= MAX_DEPENDENCIES {
        Verdict::TooMany
    } else if is_ancestor {
        Verdict::Closes
    } else {
        Verdict::Valid
    }
}

/// Whether an edge's beginning may be drawn to another exit.
///
/// # Errors
/// Why not.
pub fn may_redirect_source(
    document: &Document,
    edge: &EdgeId,
    source: &str,
    state: EdgeState,
) -> Result<(), Refusal> {
    let targets = valid_targets(document, source, state)?;
    if source == edge.source {
        return Ok(());
    }
    match targets.check(&edge.target) {
        // It waits for one less, then for one more.
        Err(Refusal::TooMany) => may_connect(&without(document, edge), source, state, &edge.target),
        other => other,
    }
}

fn without(document: &Document, edge: &EdgeId) -> Document {
    let mut without = document.clone();
    if let Some(target) = without.nodes.get_mut(&edge.target) {
        target
            .depends_on
            .retain(|dependency| dependency.source != edge.source);
    }
    without
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{NodeKind, from_json};
    use crate::edit;

    /// c → t → u → v, and x alone.
    fn document() -> Document {
        let after = |source: &str| json!([{"node_id": source, "state": "success"}]);
        from_json(&json!({"rules": [
            {"node_id": "c", "node_type": "condition", "expect": []},
            {"node_id": "t", "node_type": "task", "depends_on": after("c")},
            {"node_id": "u", "node_type": "task", "depends_on": after("t")},
            {"node_id": "v", "node_type": "task", "depends_on": after("u")},
            {"node_id": "x", "node_type": "condition", "expect": []}
        ]}))
        .unwrap()
    }

    #[test]
    fn refuses_with_the_reason() {
        let document = document();
        let ask = |source, state, target| may_connect(&document, source, state, target);
        assert_eq!(ask("c", EdgeState::Error, "x"), Ok(()));
        assert_eq!(ask("c", EdgeState::Error, "c"), Err(Refusal::Itself));
        assert_eq!(ask("t", EdgeState::Error, "x"), Err(Refusal::NoSuchExit));
        assert_eq!(
            ask("c", EdgeState::Failure, "t"),
            Err(Refusal::Connected(EdgeState::Success))
        );
        assert_eq!(
            ask("c", EdgeState::Any, "y"),
            Err(Refusal::UnknownNode("y".to_owned()))
        );
        let circle = ["v", "c", "t", "u", "v"].map(str::to_owned).to_vec();
        assert_eq!(ask("v", EdgeState::Any, "c"), Err(Refusal::Cycle(circle)));
    }

    #[test]
    fn at_most_so_many_dependencies() {
        let mut document = document();
        for number in 0..MAX_DEPENDENCIES {
            let node = crate::document::Node::new(format!("n{number}"), NodeKind::Task);
            document
                .apply(&edit::add_node(node, crate::geometry::Point::default()))
                .unwrap();
            document
                .apply(&edit::connect(&format!("n{number}"), EdgeState::Any, "x"))
                .unwrap();
        }
        assert_eq!(
            may_connect(&document, "c", EdgeState::Any, "x"),
            Err(Refusal::TooMany)
        );
        let full = EdgeId::new("n0", "x");
        assert_eq!(may_redirect_source(&document, &full, "c", EdgeState::Any), Ok(()));
    }

    #[test]
    fn lists_the_targets_of_a_drag() {
        let document = document();
        let targets = valid_targets(&document, "t", EdgeState::Failure).unwrap();
        assert_eq!(targets.iter().collect::<Vec<_>>(), ["v", "x"]);
    }

    #[test]
    fn an_edge_in_the_hand_does_not_stand_in_its_own_way() {
        let document = document();
        let edge = EdgeId::new("t", "u");
        let targets = targets_for_redirecting(&document, &edge).unwrap();
        assert_eq!(targets.iter().collect::<Vec<_>>(), ["u", "v", "x"]);
        assert!(may_redirect_source(&document, &edge, "v", EdgeState::Any).is_err());
        assert_eq!(
            may_redirect_source(&document, &edge, "c", EdgeState::Error),
            Ok(())
        );
        assert_eq!(
            may_redirect_source(&document, &edge, "t", EdgeState::Error),
            Err(Refusal::NoSuchExit)
        );
    }
}
