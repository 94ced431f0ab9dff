//! Snapping while something is moved: to the grid, and to the edges and middles of what is near.

use crate::geometry::{Point, Rect, Vector};

/// The snap grid, in canvas units.
pub const GRID: f64 = 16.0;

/// A line to draw while something is aligned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guide {
    /// One end.
    pub from: Point,
    /// The other.
    pub to: Point,
}

/// Where what is moved goes, and the lines that say why.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapped {
    /// The offset to move by.
    pub offset: Vector,
    /// What it is aligned with.
    pub guides: Vec<Guide>,
}

/// The nearest point of the grid.
pub fn to_grid(point: Point) -> Point {
    let snap = |value: f64| (value / GRID).round() * GRID;
    Point::new(snap(point.x), snap(point.y))
}

/// An offset that brings a rectangle's corner to the grid.
pub fn grid_offset(moving: Rect, offset: Vector) -> Vector {
    to_grid(moving.origin + offset) - moving.origin
}

/// Aligns a rectangle, moved by an offset, with others that are within reach (a length on the canvas); where
/// nothing is, it goes to the grid.
pub fn align(moving: Rect, offset: Vector, others: &[Rect], reach: f64) -> Snapped {
    let wanted = moving.moved(offset);
    let on_grid = grid_offset(moving, offset);
    let across = nearest(wanted, others, reach, xs);
    let down = nearest(wanted, others, reach, ys);
    let offset = Vector::new(
        across.map_or(on_grid.dx, |by| offset.dx + by),
        down.map_or(on_grid.dy, |by| offset.dy + by),
    );
    let placed = moving.moved(offset);
    let mut guides = Vec::new();
    if across.is_some() {
        guides.extend(lines(placed, others, xs, |at, span| Guide {
            from: Point::new(at, span.top()),
            to: Point::new(at, span.bottom()),
        }));
    }
    if down.is_some() {
        guides.extend(lines(placed, others, ys, |at, span| Guide {
            from: Point::new(span.left(), at),
            to: Point::new(span.right(), at),
        }));
    }
    Snapped { offset, guides }
}

/// Left, middle and right.
fn xs(rect: Rect) -> [f64; 3] {
    [rect.left(), rect.center().x, rect.right()]
}

/// Top, middle and bottom.
fn ys(rect: Rect) -> [f64; 3] {
    [rect.top(), rect.center().y, rect.bottom()]
}

/// The least move that aligns an edge with an edge, or a middle with a middle.
fn nearest(wanted: Rect, others: &[Rect], reach: f64, marks: fn(Rect) -> [f64; 3]) -> Option<f64> {
    let [from, middle, to] = marks(wanted);
    let moves = others.iter().flat_map(|other| {
        let [other_from, other_middle, other_to] = marks(*other);
        [
            other_from - from,
            other_to - to,
            other_middle - middle,
            other_from - to,
            other_to - from,
        ]
    });
    let in_reach = moves.filter(|by| by.abs() <= reach);
    in_reach.min_by(|one, other| one.abs().total_cmp(&other.abs()))
}

/// One line for each mark that is shared, as long as all that share it.
fn lines(
    placed: Rect,
    others: &[Rect],
    marks: fn(Rect) -> [f64; 3],
    line: impl Fn(f64, Rect) -> Guide,
) -> Vec<Guide> {
    let mut guides = Vec::new();
    for mark in marks(placed) {
        let same = others
            .iter()
            .filter(|other| marks(**other).iter().any(|other| (other - mark).abs() < 0.01));
        let span = same.copied().reduce(Rect::union);
        guides.extend(span.map(|span| line(mark, span.union(placed))));
    }
    guides
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::NODE_SIZE;

    fn node(x: f64, y: f64) -> Rect {
        Rect::new(Point::new(x, y), NODE_SIZE)
    }

    #[test]
    fn goes_to_the_grid_where_nothing_is_near() {
        let snapped = align(node(3.0, 0.0), Vector::new(10.0, 9.0), &[], 6.0);
        assert_eq!(snapped.offset, Vector::new(13.0, 16.0));
        assert!(snapped.guides.is_empty());
    }

    #[test]
    fn aligns_with_the_nearest_and_draws_through_both() {
        let others = [node(100.0, 300.0), node(105.0, 900.0)];
        let snapped = align(node(0.0, 0.0), Vector::new(97.0, 40.0), &others, 6.0);
        assert_eq!(snapped.offset, Vector::new(100.0, 48.0));
        // Left, middle and right agree.
        assert_eq!(snapped.guides.len(), 3);
        let left = snapped.guides[0];
        assert_eq!(
            (left.from, left.to),
            (Point::new(100.0, 48.0), Point::new(100.0, 364.0))
        );
    }

    #[test]
    fn aligns_middles_and_opposite_edges() {
        let note = Rect::new(Point::new(0.0, 500.0), crate::geometry::Size::new(100.0, 40.0));
        let snapped = align(node(1000.0, 0.0), Vector::new(-898.0, 200.0), &[note], 4.0);
        assert!(
            (snapped.offset.dx + 900.0).abs() < 1e-9,
            "its left edge meets the note's right one"
        );
        assert_eq!(snapped.guides.len(), 1);
    }
}
