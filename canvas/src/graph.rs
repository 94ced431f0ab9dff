//! The shape of a document's graph: who follows whom, and in which wave.

use std::collections::HashMap;

use rules::model::EdgeState;

use crate::document::Document;
use crate::geometry::Exits;

/// A document's graph by the places of its nodes, computed once and asked often. It is good until a node or an
/// edge comes or goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    places: HashMap<String, usize>,
    /// For each node, what it waits for.
    sources: Vec<Vec<usize>>,
    /// For each node, what waits for it, and for which of its states.
    targets: Vec<Vec<(usize, EdgeState)>>,
}

impl Graph {
    /// The graph of a document.
    pub fn of(document: &Document) -> Self {
        let places: HashMap<String, usize> = document
            .nodes()
            .enumerate()
            .map(|(place, node)| (node.id.clone(), place))
            .collect();
        let mut sources = vec![Vec::new(); places.len()];
        let mut targets = vec![Vec::new(); places.len()];
        for edge in document.edges() {
            let (Some(&source), Some(&target)) = (places.get(edge.source), places.get(edge.target)) else {
                continue;
            };
            push(&mut sources, target, source);
            push(&mut targets, source, (target, edge.state));
        }
        Self {
            places,
            sources,
            targets,
        }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// A node's place in the document.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// What a node waits for.
    pub fn sources(&self, place: usize) -> &[usize] {
        self.sources.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    /// What waits for a node, and for which of its states.
    pub fn targets(&self, place: usize) -> &[(usize, EdgeState)] {
        self.targets.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    /// The exits that a node shows.
    pub fn exits(&self, place: usize) -> Exits {
        let asks_for_error = self
            .targets(place)
            .iter()
            .any(|(_, state)| *state == EdgeState::Error);
        if asks_for_error {
            Exits::WithError
        } else {
            Exits::Two
        }
    }

    /// For each node whether it waits for this one, directly or not; itself included.
    pub fn descendants(&self, place: usize) -> Vec<bool> {
        let mut seen = vec![false; self.len()];
        let mut open = vec![place];
        while let Some(here) = open.pop() {
            if let Some(mark @ false) = seen.get_mut(here) {
                *mark = true;
                open.extend(self.targets(here).iter().map(|(target, _)| *target));
            }
        }
        seen
    }

    /// For each node whether this one waits for it, directly or not; itself included.
    pub fn ancestors(&self, place: usize) -> Vec<bool> {
        let mut seen = vec![false; self.len()];
        let mut open = vec![place];
        while let Some(here) = open.pop() {
            if let Some(mark @ false) = seen.get_mut(here) {
                *mark = true;
                open.extend_from_slice(self.sources(here));
            }
        }
        seen
    }

    /// A shortest way along edges from one node to another, both included.
    pub fn way(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let mut came_from = vec![None; self.len()];
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(here) = queue.pop_front() {
            if here == to {
                return Some(trail(&came_from, from, to));
            }
            for &(next, _) in self.targets(here) {
                if let Some(mark @ None) = came_from.get_mut(next).filter(|_| next != from) {
                    *mark = Some(here);
                    queue.push_back(next);
                }
            }
        }
        None
    }

    /// The nodes, sources before targets, and otherwise in the order of the document. Nodes of cycles come where
    /// their cycle is entered first, as if the edge that closes it were not there.
    pub fn order(&self) -> Vec<usize> {
        let mut waiting: Vec<usize> = self.sources.iter().map(Vec::len).collect();
        let mut ready: std::collections::BTreeSet<usize> = (0..self.len())
            .filter(|place| self.sources(*place).is_empty())
            .collect();
        let mut left: std::collections::BTreeSet<usize> = (0..self.len()).collect();
        let mut order = Vec::with_capacity(self.len());
        // Without a ready node what is left waits for cycles: the first of it has to go ahead.
        while let Some(here) = ready.pop_first().or_else(|| left.first().copied()) {
            if !left.remove(&here) {
                continue;
            }
            order.push(here);
            for &(target, _) in self.targets(here) {
                if let Some(count) = waiting.get_mut(target) {
                    *count = count.saturating_sub(1);
                    if *count == 0 && left.contains(&target) {
                        ready.insert(target);
                    }
                }
            }
        }
        order
    }

    /// For each node its wave: 1, or one more than the latest wave among what it waits for. Edges that close a
    /// cycle do not count.
    pub fn waves(&self) -> Vec<u32> {
        let order = self.order();
        let mut waves = vec![0; self.len()];
        for place in order {
            // What has no wave yet comes later in the order: the edge from there closes a cycle.
            let latest = self
                .sources(place)
                .iter()
                .filter_map(|source| waves.get(*source).copied());
            let wave = 1 + latest.max().unwrap_or(0);
            if let Some(slot) = waves.get_mut(place) {
                *slot = wave;
            }
        }
        waves
    }
}

fn push<T>(lists: &mut [Vec<T>], place: usize, value: T) {
    if let Some(list) = lists.get_mut(place) {
        list.push(value);
    }
}

fn trail(came_from: &[Option<usize>], from: usize, to: usize) -> Vec<usize> {
    let mut trail = vec![to];
    let mut here = to;
    while here != from
        && let Some(Some(before)) = came_from.get(here)
    {
        here = *before;
        trail.push(here);
    }
    trail.reverse();
    trail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_json;

    fn graph(edges: &[(&str, &[&str])]) -> (Document, Graph) {
        let nodes: Vec<serde_json::Value> = edges
            .iter()
            .map(|(id, sources)| {
                let sources: Vec<_> = sources
                    .iter()
                    .map(|source| serde_json::json!({"node_id": source, "state": "success"}))
                    .collect();
                serde_json::json!({"node_id": id, "node_type": "condition", "depends_on": sources, "expect": []})
            })
            .collect();
        let document = from_json(&serde_json::json!({ "rules": nodes })).unwrap();
        let graph = Graph::of(&document);
        (document, graph)
    }

    #[test]
    fn waves_are_the_longest_ways() {
        let (_, graph) = graph(&[("d", &["b", "a"]), ("a", &[]), ("b", &["a"]), ("e", &[])]);
        assert_eq!(graph.waves(), [3, 1, 2, 1]);
        assert_eq!(graph.order(), [1, 2, 0, 3]);
        assert_eq!(graph.way(1, 0), Some(vec![1, 0]));
        assert_eq!(graph.descendants(2), [true, false, true, false]);
        assert_eq!(graph.ancestors(2), [false, true, true, false]);
    }

    #[test]
    fn cycles_are_walked_all_the_same() {
        let (_, graph) = graph(&[("a", &["c"]), ("b", &["a"]), ("c", &["b"]), ("d", &["c"])]);
        assert_eq!(graph.order(), [0, 1, 2, 3]);
        assert_eq!(graph.waves(), [1, 2, 3, 4]);
        assert_eq!(graph.way(0, 0), Some(vec![0]));
        assert_eq!(graph.way(3, 0), None);
    }
}
