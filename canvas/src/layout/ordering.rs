//! The order within layers: few crossings.

use super::coordinates::from_count;
use super::layers::{Layers, Link};

/// So many times all layers are swept through, down and up in turn.
const SWEEPS: usize = 16;
/// Sweeping stops when so many sweeps have brought nothing.
const PATIENCE: usize = 4;
/// How many exits a slot has at most: positions and exits make one number.
const EXITS: usize = 4;
/// Neighbours are exchanged one by one only where that is quick.
const MOST_FOR_EXCHANGING: usize = 3_000;

/// Orders the slots of each layer.
pub(super) fn order(layers: &mut Layers) {
    let mut positions = positions(layers);
    let mut best = (crossings(layers, &positions), layers.rows.clone());
    let mut without_gain = 0;
    for sweep in 0..SWEEPS {
        if best.0 == 0 || without_gain >= PATIENCE {
            break;
        }
        sweep_layers(layers, &mut positions, sweep.is_multiple_of(2));
        if layers.count() <= MOST_FOR_EXCHANGING {
            exchange_neighbours(layers, &mut positions);
        }
        let count = crossings(layers, &positions);
        without_gain += 1;
        if count < best.0 {
            best = (count, layers.rows.clone());
            without_gain = 0;
        }
    }
    layers.rows = best.1;
}

/// Each slot's position within its layer.
fn positions(layers: &Layers) -> Vec<usize> {
    let mut positions = vec![0; layers.count()];
    for layer in &layers.rows {
        number(layer, &mut positions);
    }
    positions
}

fn number(layer: &[usize], positions: &mut [usize]) {
    for (position, slot) in layer.iter().enumerate() {
        if let Some(entry) = positions.get_mut(*slot) {
            *entry = position;
        }
    }
}

/// Sorts each layer by the barycentres of its slots' neighbours in the layer swept through before.
fn sweep_layers(layers: &mut Layers, positions: &mut [usize], downwards: bool) {
    let count = layers.rows.len();
    for step in 1..count {
        let index = if downwards { step } else { count - 1 - step };
        let Some(layer) = layers.rows.get(index) else {
            continue;
        };
        let mut keyed: Vec<(f64, usize)> = Vec::with_capacity(layer.len());
        for (position, &slot) in layer.iter().enumerate() {
            let links = if downwards {
                layers.before(slot)
            } else {
                layers.after(slot)
            };
            let key = barycentre(links, positions, downwards);
            // Slots without neighbours there stay about where they are.
            keyed.push((key.unwrap_or_else(|| from_count(position)), slot));
        }
        keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
        let sorted: Vec<usize> = keyed.into_iter().map(|(_, slot)| slot).collect();
        number(&sorted, positions);
        if let Some(layer) = layers.rows.get_mut(index) {
            *layer = sorted;
        }
    }
}

fn barycentre(links: &[Link], positions: &[usize], downwards: bool) -> Option<f64> {
    if links.is_empty() {
        return None;
    }
    let keys = links.iter().map(|link| {
        let position = positions.get(link.slot).copied().unwrap_or_default();
        // Seen from below, an exit to the left counts as a little more to the left.
        from_count(position)
            + if downwards {
                from_count(link.exit) / 8.0
            } else {
                0.0
            }
    });
    Some(keys.sum::<f64>() / from_count(links.len()))
}

/// Exchanges neighbours in a layer wherever that saves crossings, until nothing does.
fn exchange_neighbours(layers: &mut Layers, positions: &mut [usize]) {
    for index in 0..layers.rows.len() {
        for _ in 0..EXITS {
            let Some(mut layer) = layers.rows.get(index).cloned() else {
                continue;
            };
            let mut improved = false;
            for place in 1..layer.len() {
                let (Some(&left), Some(&right)) = (layer.get(place - 1), layer.get(place)) else {
                    continue;
                };
                let as_is = crossings_of_pair(layers, positions, left, right);
                let exchanged = crossings_of_pair(layers, positions, right, left);
                if exchanged < as_is {
                    layer.swap(place - 1, place);
                    improved = true;
                }
            }
            number(&layer, positions);
            if let Some(slots) = layers.rows.get_mut(index) {
                *slots = layer;
            }
            if !improved {
                break;
            }
        }
    }
}

/// How often the links of two neighbours cross, the first standing left.
fn crossings_of_pair(layers: &Layers, positions: &[usize], left: usize, right: usize) -> usize {
    let above = inversions(
        &far_ends(layers.before(left), positions, true),
        &far_ends(layers.before(right), positions, true),
    );
    let below = inversions(
        &far_ends(layers.after(left), positions, false),
        &far_ends(layers.after(right), positions, false),
    );
    above + below
}

fn far_ends(links: &[Link], positions: &[usize], above: bool) -> Vec<usize> {
    let mut ends: Vec<usize> = links
        .iter()
        .map(|link| {
            let position = positions.get(link.slot).copied().unwrap_or_default();
            position * EXITS + if above { link.exit } else { 0 }
        })
        .collect();
    ends.sort_unstable();
    ends
}

/// How many pairs are out of order, both lists being sorted.
fn inversions(left: &[usize], right: &[usize]) -> usize {
    let mut smaller = 0;
    let mut count = 0;
    let mut rest = right.iter().peekable();
    for end in left {
        while rest.next_if(|other| *other < end).is_some() {
            smaller += 1;
        }
        count += smaller;
    }
    count
}

/// How often links cross, over all layers: for each pair of layers the inversions of the far ends, counted with a
/// binary indexed tree (Barth, Jünger and Mutzel 2002).
pub(super) fn crossings(layers: &Layers, positions: &[usize]) -> usize {
    let pairs = layers.rows.iter().zip(layers.rows.iter().skip(1));
    pairs
        .map(|(upper, lower)| crossings_between(layers, positions, upper, lower.len()))
        .sum()
}

fn crossings_between(layers: &Layers, positions: &[usize], upper: &[usize], width: usize) -> usize {
    let mut ends: Vec<usize> = Vec::new();
    for &slot in upper {
        let mut links: Vec<(usize, usize)> = layers
            .after(slot)
            .iter()
            .map(|link| (link.exit, positions.get(link.slot).copied().unwrap_or_default()))
            .collect();
        links.sort_unstable();
        ends.extend(links.into_iter().map(|(_, end)| end));
    }
    let mut tree = vec![0_usize; width + 1];
    let mut count = 0;
    for (seen, end) in ends.into_iter().enumerate() {
        count += seen - prefix(&tree, end + 1);
        add(&mut tree, end + 1);
    }
    count
}

/// How many ends are at a place or left of it.
fn prefix(tree: &[usize], mut place: usize) -> usize {
    let mut sum = 0;
    while place > 0 {
        sum += tree.get(place).copied().unwrap_or_default();
        place &= place - 1;
    }
    sum
}

fn add(tree: &mut [usize], mut place: usize) {
    while let Some(entry) = tree.get_mut(place) {
        *entry += 1;
        place += place & place.wrapping_neg();
    }
}

/// How often links cross as the layers are ordered now.
#[cfg(test)]
pub(super) fn count(layers: &Layers) -> usize {
    crossings(layers, &positions(layers))
}
