//! Which nodes can never run, whatever the event: their dependencies contradict each other, or come after
//! the end of the run.
//!
//! The analysis is sound but not complete: a node that is reported cannot run; one that is not may still
//! depend on comparisons that exclude each other.

use fixedbitset::FixedBitSet;

use crate::graph::{Graph, Layers};
use crate::model::{EdgeState, Quantifier};

/// Why a node can never run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NeverRuns {
    /// It waits for what this node leads to, and this node ends the run.
    AfterEnd(usize),
    /// It would need this node to settle in two ways.
    Contradiction(usize),
    /// It waits for this node, which can never run.
    Behind(usize),
}

/// What the analysis needs to know of a node.
pub(crate) struct NodeFacts {
    pub(crate) join: Quantifier,
    /// The state in which this node ends the run, if there is one.
    pub(crate) ends_run_with: Option<EdgeState>,
}

/// The states that must have come about for a node to run: three bits a node.
type Needs = FixedBitSet;

const STATES: [EdgeState; 3] = [EdgeState::Success, EdgeState::Failure, EdgeState::Error];

/// For each node why it can never run, if it cannot.
pub(crate) fn analyse(graph: &Graph<'_>, layers: &Layers, facts: &[NodeFacts]) -> Vec<Option<NeverRuns>> {
    let count = facts.len();
    let mut needs: Vec<Result<Needs, NeverRuns>> =
        vec![Ok(Needs::with_capacity(count * STATES.len())); count];
    for &node in &layers.order {
        let edges = graph.edges.get(node).map(Vec::as_slice).unwrap_or_default();
        let result = node_needs(
            edges,
            &needs,
            facts,
            facts.get(node).map_or(Quantifier::All, |fact| fact.join),
        );
        if let Some(own) = needs.get_mut(node) {
            *own = result;
        }
    }
    needs.into_iter().map(Result::err).collect()
}

fn node_needs(
    edges: &[(usize, EdgeState)],
    needs: &[Result<Needs, NeverRuns>],
    facts: &[NodeFacts],
    join: Quantifier,
) -> Result<Needs, NeverRuns> {
    let nothing = || Needs::with_capacity(facts.len() * STATES.len());
    let mut sides = edges
        .iter()
        .map(|&(source, state)| edge_needs(source, state, needs, facts));
    match join {
        Quantifier::All => {
            let mut all = nothing();
            for side in sides {
                all.union_with(&side?);
            }
            contradiction(&all).map_or(Ok(all), |node| Err(NeverRuns::Contradiction(node)))
        }
        Quantifier::Any => {
            let mut first_refusal = None;
            let mut common: Option<Needs> = None;
            for side in sides.by_ref() {
                match side {
                    Ok(side) => match &mut common {
                        Some(common) => common.intersect_with(&side),
                        None => common = Some(side),
                    },
                    Err(refusal) => first_refusal = first_refusal.or(Some(refusal)),
                }
            }
            match (common, first_refusal) {
                (None, Some(refusal)) => Err(refusal),
                (common, _) => Ok(common.unwrap_or_else(nothing)),
            }
        }
    }
}

fn edge_needs(
    source: usize,
    state: EdgeState,
    needs: &[Result<Needs, NeverRuns>],
    facts: &[NodeFacts],
) -> Result<Needs, NeverRuns> {
    let ends_with = facts.get(source).and_then(|fact| fact.ends_run_with);
    if ends_with.is_some_and(|end| end == state) {
        return Err(NeverRuns::AfterEnd(source));
    }
    let mut side = match needs.get(source) {
        Some(Ok(side)) => side.clone(),
        Some(Err(NeverRuns::AfterEnd(end))) => return Err(NeverRuns::AfterEnd(*end)),
        _ => return Err(NeverRuns::Behind(source)),
    };
    if let Some(bit) = STATES.iter().position(|known| *known == state) {
        side.insert(source * STATES.len() + bit);
    }
    contradiction(&side).map_or(Ok(side), |node| Err(NeverRuns::Contradiction(node)))
}

/// A node that would have to settle in two ways at once.
fn contradiction(needs: &Needs) -> Option<usize> {
    let mut previous = None;
    needs
        .ones()
        .map(|bit| bit / STATES.len())
        .find(|node| previous.replace(*node) == Some(*node))
}
