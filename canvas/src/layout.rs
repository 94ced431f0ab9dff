//! Laying a graph out in layers: sources before targets, few crossings, straight edges.
//!
//! After Sugiyama, Tagawa and Toda (1981). A node's layer is its wave, so that what can run together stands
//! together. Long edges are led through dummies; layers are ordered by barycentres, sweep by sweep, keeping the
//! order with the fewest crossings; then every layer is moved to where its neighbours are, by least squares under
//! the distances that must be kept. Parts that are not connected are laid out apart and set side by side. The
//! same document is always laid out alike.

mod coordinates;
mod layers;
mod ordering;

use std::collections::BTreeSet;

use self::layers::Layers;
use crate::document::Document;
use crate::edit::Edit;
use crate::geometry::{NODE_SIZE, Orientation, Point, Rect};
use crate::graph::Graph;
use crate::guides::{GRID, to_grid};

/// Distances, along the flow and across it, between the origins of neighbours: multiples of the grid, so that snapping
/// to it brings nothing nearer.
#[derive(Debug, Clone, Copy)]
struct Spacing {
    along: f64,
    across: f64,
}

impl Spacing {
    fn of(orientation: Orientation) -> Self {
        match orientation {
            Orientation::TopDown => Self {
                along: 9.0 * GRID,
                across: 17.0 * GRID,
            },
            Orientation::LeftRight => Self {
                along: 18.0 * GRID,
                across: 7.0 * GRID,
            },
        }
    }
}

/// Where a node belongs: its layer, and how far across.
#[derive(Debug, Clone, Copy)]
struct Spot {
    place: usize,
    layer: usize,
    across: f64,
}

/// Places every node. The upper left corner stays where it was.
pub fn arrange(document: &Document, orientation: Orientation) -> Edit {
    let corner = document.nodes().filter_map(|node| document.position(&node.id));
    let corner = corner.map(|at| Rect::new(at, NODE_SIZE)).reduce(Rect::union);
    let origin = to_grid(corner.map_or_else(Point::default, |area| area.origin));
    place_at(document, &spots(document, orientation), origin, orientation)
}

/// Places the nodes that have no position, and moves no others: all of them as by [`arrange`] if none has one,
/// else below what is there. Nothing to do: none.
pub fn place_missing(document: &Document, orientation: Orientation) -> Option<Edit> {
    let missing: BTreeSet<&str> = document.unplaced().map(|node| node.id.as_str()).collect();
    if missing.is_empty() {
        return None;
    }
    if missing.len() == document.len() {
        return Some(arrange(document, orientation));
    }
    let placed = document.nodes().filter_map(|node| document.position(&node.id));
    let placed = placed.map(|at| Rect::new(at, NODE_SIZE)).reduce(Rect::union);
    let notes = document.notes().map(|note| note.area);
    let area = placed
        .into_iter()
        .chain(notes)
        .reduce(Rect::union)
        .unwrap_or_default();
    let below = to_grid(Point::new(area.left(), area.bottom() + 4.0 * GRID));
    let part = part_of(document, &missing);
    Some(place_at(&part, &spots(&part, orientation), below, orientation))
}

/// The document of only these nodes, with the edges among them.
fn part_of(document: &Document, ids: &BTreeSet<&str>) -> Document {
    let mut part = Document::default();
    for node in document.nodes().filter(|node| ids.contains(node.id.as_str())) {
        let mut node = node.clone();
        node.depends_on.retain(|edge| ids.contains(edge.source.as_str()));
        part.nodes.insert(node.id.clone(), node);
    }
    part
}

fn place_at(document: &Document, spots: &[Spot], origin: Point, orientation: Orientation) -> Edit {
    let spacing = Spacing::of(orientation);
    let places = spots.iter().filter_map(|spot| {
        let along = coordinates::from_count(spot.layer) * spacing.along;
        let offset = match orientation {
            Orientation::TopDown => Point::new(spot.across, along),
            Orientation::LeftRight => Point::new(along, spot.across),
        };
        let at = to_grid(Point::new(origin.x + offset.x, origin.y + offset.y));
        let node = document.node_at(spot.place)?;
        Some((node.id.clone(), Some(at)))
    });
    Edit::Place(places.collect())
}

/// All nodes' spots, part by part, each beside the one before it.
fn spots(document: &Document, orientation: Orientation) -> Vec<Spot> {
    let graph = Graph::of(document);
    let spacing = Spacing::of(orientation).across;
    let (parts, alone): (Vec<Vec<usize>>, Vec<Vec<usize>>) =
        components(&graph).into_iter().partition(|part| part.len() > 1);
    let mut spots = Vec::with_capacity(graph.len());
    let mut start = 0.0;
    for part in parts {
        let laid_out = part_spots(&graph, &part, spacing);
        let width = laid_out.iter().map(|spot| spot.across).fold(0.0, f64::max);
        spots.extend(laid_out.into_iter().map(|spot| Spot {
            across: spot.across + start,
            ..spot
        }));
        // Rounded up to whole distances, so that the next part is on the grid as well.
        start += (width / spacing).ceil().mul_add(spacing, spacing);
    }
    spots.extend(block(&alone.concat(), start, spacing));
    spots
}

/// Nodes without any edge stand in a block, about as many across as along.
fn block(places: &[usize], start: f64, spacing: f64) -> impl Iterator<Item = Spot> {
    let columns = places.len().isqrt().max(1);
    places.iter().enumerate().map(move |(index, place)| Spot {
        place: *place,
        layer: index / columns,
        across: coordinates::from_count(index % columns).mul_add(spacing, start),
    })
}

fn part_spots(graph: &Graph, part: &[usize], spacing: f64) -> Vec<Spot> {
    let mut layers = Layers::of(graph, part);
    ordering::order(&mut layers);
    let across = coordinates::across(&layers, spacing);
    let least = across.iter().copied().fold(f64::INFINITY, f64::min);
    let spots = layers.slots().filter_map(|(slot, layer)| {
        Some(Spot {
            place: layers.node(slot)?,
            layer,
            across: across.get(slot)? - least,
        })
    });
    let spots: Vec<Spot> = spots.collect();
    // Dummies may lie farther out than any node.
    let least = spots.iter().map(|spot| spot.across).fold(f64::INFINITY, f64::min);
    let shifted = spots.into_iter().map(|spot| Spot {
        across: spot.across - least,
        ..spot
    });
    shifted.collect()
}

/// The connected parts, in the order of their first nodes.
fn components(graph: &Graph) -> Vec<Vec<usize>> {
    let mut seen = vec![false; graph.len()];
    let mut parts = Vec::new();
    for start in 0..graph.len() {
        let mut part = Vec::new();
        let mut open = vec![start];
        while let Some(here) = open.pop() {
            if let Some(mark @ false) = seen.get_mut(here) {
                *mark = true;
                part.push(here);
                open.extend_from_slice(graph.sources(here));
                open.extend(graph.targets(here).iter().map(|(target, _)| *target));
            }
        }
        part.sort_unstable();
        if !part.is_empty() {
            parts.push(part);
        }
    }
    parts
}

#[cfg(test)]
mod tests;
