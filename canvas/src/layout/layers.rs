//! Nodes in layers, with dummies where edges pass through.

use rules::model::EdgeState;

use crate::graph::Graph;

/// With more dummies than this, long edges are let go straight through: a graph like that is not read by its edges.
const MOST_DUMMIES: usize = 20_000;

/// A connected part of a graph in layers. A slot is a node or a dummy; links lead from each layer to the next.
#[derive(Debug, Clone)]
pub(super) struct Layers {
    /// The slots of each layer, in order.
    pub(super) rows: Vec<Vec<usize>>,
    /// For each slot, the links from the layer before: the other slot, and by which exit it leaves it.
    pub(super) before: Vec<Vec<Link>>,
    /// And those to the layer after.
    pub(super) after: Vec<Vec<Link>>,
    nodes: Vec<Option<usize>>,
}

/// A link to another slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) slot: usize,
    /// The place of the exit among its source's exits: 0, 1, 2 or 3.
    pub(super) exit: usize,
}

impl Layers {
    /// Layers of a connected part.
    pub(super) fn of(graph: &Graph, part: &[usize]) -> Self {
        let waves = graph.waves();
        let layer_of = |place: usize| waves.get(place).map_or(0, |wave| *wave as usize - 1);
        let depth = part.iter().map(|place| layer_of(*place) + 1).max().unwrap_or(0);
        let mut layers = Self {
            rows: vec![Vec::new(); depth],
            before: Vec::new(),
            after: Vec::new(),
            nodes: Vec::new(),
        };
        let mut slots = vec![usize::MAX; graph.len()];
        for place in walk(graph, part) {
            let slot = layers.add(layer_of(place), Some(place));
            if let Some(entry) = slots.get_mut(place) {
                *entry = slot;
            }
        }
        layers.link_all(graph, part, &layer_of, &slots);
        layers
    }

    fn link_all(
        &mut self,
        graph: &Graph,
        part: &[usize],
        layer_of: &dyn Fn(usize) -> usize,
        slots: &[usize],
    ) {
        let slot_of = |place: usize| slots.get(place).copied().unwrap_or(usize::MAX);
        let mut dummies = 0;
        for &source in part {
            for (target, exit) in targets_by_exit(graph, source) {
                let (from, to) = (layer_of(source), layer_of(target));
                // An edge that closes a cycle leads back, and has no say.
                let Some(between) = to.checked_sub(from + 1) else {
                    continue;
                };
                dummies += between;
                if between > 0 && dummies > MOST_DUMMIES {
                    continue;
                }
                let mut here = slot_of(source);
                let mut exit = exit;
                for layer in from + 1..to {
                    let dummy = self.add(layer, None);
                    self.link(here, dummy, exit);
                    (here, exit) = (dummy, 1);
                }
                self.link(here, slot_of(target), exit);
            }
        }
    }

    fn add(&mut self, layer: usize, node: Option<usize>) -> usize {
        let slot = self.nodes.len();
        self.nodes.push(node);
        self.before.push(Vec::new());
        self.after.push(Vec::new());
        if let Some(slots) = self.rows.get_mut(layer) {
            slots.push(slot);
        }
        slot
    }

    fn link(&mut self, from: usize, to: usize, exit: usize) {
        if let Some(links) = self.after.get_mut(from) {
            links.push(Link { slot: to, exit });
        }
        if let Some(links) = self.before.get_mut(to) {
            links.push(Link { slot: from, exit });
        }
    }

    /// How many slots there are.
    pub(super) fn count(&self) -> usize {
        self.nodes.len()
    }

    /// The node of a slot; none: a dummy.
    pub(super) fn node(&self, slot: usize) -> Option<usize> {
        self.nodes.get(slot).copied().flatten()
    }

    /// All slots with their layers.
    pub(super) fn slots(&self) -> impl Iterator<Item = (usize, usize)> {
        let layers = self.rows.iter().enumerate();
        layers.flat_map(|(layer, slots)| slots.iter().map(move |slot| (*slot, layer)))
    }

    /// The links from the layer before.
    pub(super) fn before(&self, slot: usize) -> &[Link] {
        self.before.get(slot).map(Vec::as_slice).unwrap_or_default()
    }

    /// The links to the layer after.
    pub(super) fn after(&self, slot: usize) -> &[Link] {
        self.after.get(slot).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The part's nodes, depth first from its beginnings and along exits from left to right: a first order in which what
/// belongs together is near, and a condition's yes is left of its no.
fn walk(graph: &Graph, part: &[usize]) -> Vec<usize> {
    let mut seen = vec![false; graph.len()];
    let mut order = Vec::with_capacity(part.len());
    let starts = part.iter().filter(|place| graph.sources(**place).is_empty());
    for &start in starts.chain(part) {
        let mut open = vec![start];
        while let Some(here) = open.pop() {
            if let Some(mark @ false) = seen.get_mut(here) {
                *mark = true;
                order.push(here);
                let targets = targets_by_exit(graph, here);
                open.extend(targets.into_iter().rev().map(|(target, _)| target));
            }
        }
    }
    order
}

/// What follows a node, from its leftmost exit on.
fn targets_by_exit(graph: &Graph, place: usize) -> Vec<(usize, usize)> {
    let targets = graph.targets(place).iter();
    let mut targets: Vec<(usize, usize)> = targets.map(|(target, state)| (*target, exit(*state))).collect();
    targets.sort_by_key(|(_, exit)| *exit);
    targets
}

/// The order of exits, as nodes show them.
fn exit(state: EdgeState) -> usize {
    match state {
        EdgeState::Success => 0,
        EdgeState::Any => 1,
        EdgeState::Failure => 2,
        EdgeState::Error => 3,
    }
}
