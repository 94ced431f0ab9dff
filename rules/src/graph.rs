//! The graph of a rule: who waits for whom, in which wave, and who can never run.

use fixedbitset::FixedBitSet;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::finding::Finding;
use crate::ids::Ids;
use crate::model::EdgeState;
use crate::read::DraftNode;

/// The edges of a draft, by the places of its nodes. Edges whose source is unknown are left out, with a
/// finding each.
pub(crate) struct Graph<'d> {
    pub(crate) ids: Ids<'d>,
    /// For each node its edges: the source, and how it must settle.
    pub(crate) edges: Vec<Vec<(usize, EdgeState)>>,
}

/// What only a graph without cycles has.
pub(crate) struct Layers {
    /// The nodes, sources before targets.
    pub(crate) order: Vec<usize>,
    /// For each node 1, or one more than the latest wave among its dependencies.
    pub(crate) waves: Vec<u32>,
    /// For each node, all nodes that it waits for, directly or not.
    pub(crate) ancestors: Vec<FixedBitSet>,
}

impl<'d> Graph<'d> {
    pub(crate) fn of(nodes: &'d [DraftNode], findings: &mut Vec<Finding>) -> Self {
        let ids = Ids::of(nodes, findings);
        let edges = nodes
            .iter()
            .map(|node| collect_edges(node, &ids, findings))
            .collect();
        Self { ids, edges }
    }

    /// Sorts the graph into waves, or finds its cycles: one finding for each set of nodes that wait for each
    /// other.
    pub(crate) fn layers(&self, nodes: &[DraftNode], findings: &mut Vec<Finding>) -> Option<Layers> {
        let mut graph = DiGraph::<(), ()>::with_capacity(self.edges.len(), 0);
        for _ in &self.edges {
            graph.add_node(());
        }
        for (target, edges) in self.edges.iter().enumerate() {
            for (source, _) in edges {
                graph.add_edge(NodeIndex::new(*source), NodeIndex::new(target), ());
            }
        }
        // Components come in reverse topological order; without cycles each is a single node.
        let components = tarjan_scc(&graph);
        let cycles: Vec<&Vec<NodeIndex>> = components.iter().filter(|nodes| nodes.len() > 1).collect();
        for members in &cycles {
            findings.extend(self.cycle_finding(nodes, members));
        }
        if !cycles.is_empty() {
            return None;
        }
        let order = components
            .iter()
            .rev()
            .flatten()
            .map(|node| node.index())
            .collect();
        Some(self.measure(order))
    }

    fn measure(&self, order: Vec<usize>) -> Layers {
        let count = self.edges.len();
        let mut waves = vec![1_u32; count];
        let mut ancestors = vec![FixedBitSet::with_capacity(count); count];
        for &node in &order {
            let mut wave = 1;
            let mut above = FixedBitSet::with_capacity(count);
            for &(source, _) in self.edges.get(node).into_iter().flatten() {
                wave = wave.max(waves.get(source).map_or(1, |wave| wave + 1));
                above.union_with(ancestors.get(source).unwrap_or(&FixedBitSet::new()));
                above.insert(source);
            }
            if let (Some(own_wave), Some(own_ancestors)) = (waves.get_mut(node), ancestors.get_mut(node)) {
                *own_wave = wave;
                *own_ancestors = above;
            }
        }
        Layers {
            order,
            waves,
            ancestors,
        }
    }

    /// Names one cycle among nodes that wait for each other, in the order in which they would run.
    fn cycle_finding(&self, nodes: &[DraftNode], members: &[NodeIndex]) -> Option<Finding> {
        let inside: Vec<usize> = members.iter().map(|node| node.index()).collect();
        let start = *inside.iter().min()?;
        let mut trail = vec![start];
        let mut here = start;
        // Every member has a source among the members, so walking back along edges must come round.
        let round = loop {
            let sources = self.edges.get(here)?.iter().map(|(source, _)| *source);
            here = sources.filter(|source| inside.contains(source)).min()?;
            if let Some(position) = trail.iter().position(|node| *node == here) {
                break trail.split_off(position);
            }
            trail.push(here);
        };
        let name = |node: &usize| {
            nodes
                .get(*node)
                .and_then(|node| node.id.as_deref())
                .unwrap_or_default()
        };
        let first = *round.iter().min()?;
        let mut names: Vec<&str> = round.iter().rev().map(name).collect();
        let turn = names
            .iter()
            .position(|id| *id == name(&first))
            .unwrap_or_default();
        names.rotate_left(turn);
        names.push(name(&first));
        let detail = format!(
            "These nodes wait for each other in a circle: {}.",
            names.join(" → ")
        );
        Some(Finding::at(
            &nodes.get(first)?.pointer.child("depends_on"),
            "cycle",
            detail,
        ))
    }
}

fn collect_edges(node: &DraftNode, ids: &Ids<'_>, findings: &mut Vec<Finding>) -> Vec<(usize, EdgeState)> {
    let mut edges: Vec<(usize, EdgeState)> = Vec::with_capacity(node.depends_on.len());
    for (place, dependency) in &node.depends_on {
        let pointer = node.pointer.child("depends_on").child(place);
        let id = dependency.node_id.as_str();
        if node.id.as_deref() == Some(id) {
            let detail = format!("`{id}` cannot wait for itself.");
            findings.push(Finding::at(&pointer.child("node_id"), "self_dependency", detail));
        } else if let Some(source) = ids.get(id) {
            if edges.iter().any(|(other, _)| *other == source) {
                let detail = format!(
                    "There are two edges from `{id}`: a node settles once. For either state say `any`, or let two \
                     nodes ask for one each."
                );
                findings.push(Finding::at(&pointer, "duplicate_dependency", detail));
            } else {
                edges.push((source, dependency.state));
            }
        } else {
            findings.push(Finding::at(
                &pointer.child("node_id"),
                "unknown_dependency",
                ids.unknown(id),
            ));
        }
    }
    edges
}
