//! How far across each slot stands.

use super::layers::{Layers, Link};

/// So many times each layer is drawn to its neighbours, down and up in turn.
const SWEEPS: usize = 8;
/// And then so many times with chains drawn as a whole.
const STRAIGHTENINGS: usize = 16;
/// The room that an edge takes which passes between nodes, as a share of a node's.
const DUMMY_WIDTH: f64 = 0.2;

/// A count as a length. Graphs have thousands of nodes, not 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "exact below 2⁵³")]
pub(super) fn from_count(count: usize) -> f64 {
    count as f64
}

/// For each slot how far across it stands. Neighbouring nodes are at least `spacing` apart.
pub(super) fn across(layers: &Layers, spacing: f64) -> Vec<f64> {
    let mut across = vec![0.0; layers.count()];
    for layer in &layers.rows {
        let mut at = 0.0;
        let mut before = None;
        for &slot in layer {
            at += before.map_or(0.0, |before| distance(layers, before, slot, spacing));
            set(&mut across, slot, at);
            before = Some(slot);
        }
    }
    for sweep in 0..SWEEPS {
        let downwards = sweep.is_multiple_of(2);
        for layer in in_order(layers, downwards) {
            let wishes = layer.iter().map(|slot| {
                let links = if downwards {
                    layers.before(*slot)
                } else {
                    layers.after(*slot)
                };
                wish(links, *slot, &across)
            });
            let wishes: Vec<Wish> = wishes.collect();
            draw(layers, layer, &wishes, spacing, &mut across);
        }
    }
    let chains = Chains::of(layers);
    for round in 0..STRAIGHTENINGS {
        let means = chains.means(&across);
        for layer in in_order(layers, round.is_multiple_of(2)) {
            let wishes = layer.iter().map(|slot| {
                let outside = chains.wish(layers, *slot, &across);
                // More and more, a chain holds together: what stands in the way of one part moves all of it.
                outside.drawn_to(chains.mean(*slot, &means), from_count(round))
            });
            let wishes: Vec<Wish> = wishes.collect();
            draw(layers, layer, &wishes, spacing, &mut across);
        }
    }
    across
}

/// The layers downwards or upwards.
fn in_order(layers: &Layers, downwards: bool) -> impl Iterator<Item = &Vec<usize>> {
    let count = layers.rows.len();
    let indexes = (0..count).map(move |step| if downwards { step } else { count - 1 - step });
    indexes.filter_map(|index| layers.rows.get(index))
}

/// The distance that two neighbours keep.
fn distance(layers: &Layers, left: usize, right: usize, spacing: f64) -> f64 {
    let room = |slot| {
        if layers.node(slot).is_some() {
            spacing / 2.0
        } else {
            spacing * DUMMY_WIDTH / 2.0
        }
    };
    room(left) + room(right)
}

/// Where a slot would like to be, and how much.
#[derive(Clone, Copy)]
struct Wish {
    at: f64,
    weight: f64,
}

impl Wish {
    fn drawn_to(self, at: f64, strength: f64) -> Self {
        let at = at.mul_add(strength, self.at) / (1.0 + strength);
        Self { at, ..self }
    }
}

/// Moves a layer's slots as near as can be to where they would like to be.
fn draw(layers: &Layers, layer: &[usize], wishes: &[Wish], spacing: f64, across: &mut [f64]) {
    let mut offset = 0.0;
    let mut before = None;
    let mut blocks: Vec<Block> = Vec::with_capacity(layer.len());
    let mut offsets = Vec::with_capacity(layer.len());
    for (&slot, wish) in layer.iter().zip(wishes) {
        offset += before.map_or(0.0, |before| distance(layers, before, slot, spacing));
        offsets.push(offset);
        let alone = Block {
            sum: (wish.at - offset) * wish.weight,
            weight: wish.weight,
            count: 1,
        };
        join(&mut blocks, alone);
        before = Some(slot);
    }
    let starts = blocks
        .iter()
        .flat_map(|block| std::iter::repeat_n(block.mean(), block.count));
    for ((slot, start), offset) in layer.iter().zip(starts).zip(offsets) {
        set(across, *slot, start + offset);
    }
}

/// Slots that stand as near to each other as they may, and so move together. This is isotonic regression by pooling
/// adjacent violators (Ayer and others 1955), of the wanted places less the distances to be kept.
struct Block {
    sum: f64,
    weight: f64,
    count: usize,
}

impl Block {
    fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

fn join(blocks: &mut Vec<Block>, mut block: Block) {
    while let Some(last) = blocks.pop_if(|last| last.mean() > block.mean()) {
        block.sum += last.sum;
        block.weight += last.weight;
        block.count += last.count;
    }
    blocks.push(block);
}

/// The middle of what is linked to a slot. What nothing draws gives way, but does not wander.
fn wish(links: &[Link], slot: usize, across: &[f64]) -> Wish {
    if links.is_empty() {
        let at = across.get(slot).copied().unwrap_or_default();
        return Wish { at, weight: 0.1 };
    }
    let weight = from_count(links.len());
    let places = links
        .iter()
        .map(|link| across.get(link.slot).copied().unwrap_or_default());
    let at = places.sum::<f64>() / weight;
    Wish { at, weight }
}

/// Slots that follow each other with nothing else coming in or going out: they should stand in a straight line.
struct Chains {
    /// For each slot the first one of its chain.
    first: Vec<usize>,
    /// For each first slot the last one.
    last: Vec<usize>,
}

impl Chains {
    fn of(layers: &Layers) -> Self {
        let mut first: Vec<usize> = (0..layers.count()).collect();
        let mut last = first.clone();
        for slot in layers.rows.iter().flatten() {
            if let [link] = layers.before(*slot)
                && layers.after(link.slot).len() == 1
                && let Some(&start) = first.get(link.slot)
            {
                if let Some(entry) = first.get_mut(*slot) {
                    *entry = start;
                }
                if let Some(entry) = last.get_mut(start) {
                    *entry = *slot;
                }
            }
        }
        Self { first, last }
    }

    /// For each first slot, where its chain is on average.
    fn means(&self, across: &[f64]) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); across.len()];
        for (first, at) in self.first.iter().zip(across) {
            if let Some((sum, count)) = sums.get_mut(*first) {
                *sum += at;
                *count += 1.0;
            }
        }
        let means = sums.into_iter();
        means
            .map(|(sum, count): (f64, f64)| sum / count.max(1.0))
            .collect()
    }

    fn mean(&self, slot: usize, means: &[f64]) -> f64 {
        let first = self.first.get(slot).copied().unwrap_or(slot);
        means.get(first).copied().unwrap_or_default()
    }

    /// Where a slot's chain would like to be: between what comes before it and what comes after.
    fn wish(&self, layers: &Layers, slot: usize, across: &[f64]) -> Wish {
        let first = self.first.get(slot).copied().unwrap_or(slot);
        let last = self.last.get(first).copied().unwrap_or(slot);
        let (before, after) = (
            wish(layers.before(first), slot, across),
            wish(layers.after(last), slot, across),
        );
        let weight = before.weight + after.weight;
        let at = before.at.mul_add(before.weight, after.at * after.weight) / weight;
        Wish { at, weight }
    }
}

fn set(across: &mut [f64], slot: usize, value: f64) {
    if let Some(entry) = across.get_mut(slot) {
        *entry = value;
    }
}
