//! The way of an edge: straight pieces at right angles, with rounded corners.

use std::fmt::Write;

use super::{Orientation, Point, Rect};
use crate::geometry::NODE_SIZE;

/// How far corners are rounded, where there is room.
pub const CORNER_RADIUS: f64 = 12.0;
/// An edge leaves its port and reaches the next straight for at least so long.
pub(super) const STUB: f64 = 20.0;
/// Offsets smaller than this are drawn straight: a step of less than a corner looks like a mistake.
const STRAIGHT: f64 = 1.0;

/// The way of an edge, from its source's exit to its target's entry.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeRoute {
    points: Vec<Point>,
}

impl EdgeRoute {
    /// The way from one point to another.
    pub fn between(from: Point, to: Point, orientation: Orientation) -> Self {
        let points = match orientation {
            Orientation::TopDown => downwards(from, to, 0.0),
            Orientation::LeftRight => {
                let mut points = downwards(from.transposed(), to.transposed(), 0.0);
                for point in &mut points {
                    *point = point.transposed();
                }
                points
            }
        };
        Self { points }
    }

    /// The way through these points.
    pub(super) fn through(points: Vec<Point>) -> Self {
        Self { points }
    }

    /// Its corners, first and last point included.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The straight pieces.
    pub fn segments(&self) -> impl Iterator<Item = (Point, Point)> {
        self.points
            .iter()
            .copied()
            .zip(self.points.iter().copied().skip(1))
    }

    /// What encloses it.
    pub fn bounds(&self) -> Rect {
        let pieces = self.segments().map(|(from, to)| Rect::between(from, to));
        pieces.reduce(Rect::union).unwrap_or_default()
    }

    /// The middle of its longest piece: where its word stands.
    pub fn label_position(&self) -> Point {
        let mut longest = (Point::default(), -1.0);
        for (from, to) in self.segments() {
            let length = from.distance(to);
            if length > longest.1 {
                longest = (from.middle(to), length);
            }
        }
        longest.0
    }

    /// How far a point is from it.
    pub fn distance(&self, point: Point) -> f64 {
        let distances = self
            .segments()
            .map(|(from, to)| point.distance_to_segment(from, to));
        distances.fold(f64::INFINITY, f64::min)
    }

    /// The way as SVG path data.
    pub fn path_data(&self) -> String {
        let mut data = String::with_capacity(self.points.len() * 32);
        let mut before: Option<Point> = None;
        for (index, &point) in self.points.iter().enumerate() {
            match (before, self.points.get(index + 1)) {
                (None, _) => command(&mut data, 'M', point),
                (Some(before), Some(&after)) => corner(&mut data, before, point, after),
                (Some(_), None) => command(&mut data, 'L', point),
            }
            before = Some(point);
        }
        data
    }
}

/// The corners of a way that leaves downwards and arrives downwards, with its last turn so much later than usual.
pub(super) fn downwards(from: Point, to: Point, late: f64) -> Vec<Point> {
    if to.y - from.y >= 2.0 * STUB {
        if (to.x - from.x).abs() < STRAIGHT {
            return vec![from, to];
        }
        let turn = (f64::midpoint(from.y, to.y) + late).clamp(from.y + STUB / 2.0, to.y - STUB / 2.0);
        return vec![from, Point::new(from.x, turn), Point::new(to.x, turn), to];
    }
    let (below, above) = (from.y + STUB, to.y - STUB + late / 2.0);
    let column = side_column(from.x, to.x) + late;
    vec![
        from,
        Point::new(from.x, below),
        Point::new(column, below),
        Point::new(column, above),
        Point::new(to.x, above),
        to,
    ]
}

/// Where an edge that goes back up has room: between two nodes that stand apart, else beside both.
fn side_column(from: f64, to: f64) -> f64 {
    let room = NODE_SIZE.width + 2.0 * STUB;
    if (to - from).abs() > room {
        f64::midpoint(from, to)
    } else if to < from {
        from.min(to) - room / 2.0 - STUB
    } else {
        from.max(to) + room / 2.0 + STUB
    }
}

/// A straight piece up to the corner, and the corner.
fn corner(data: &mut String, before: Point, at: Point, after: Point) {
    let (incoming, outgoing) = (before.distance(at), at.distance(after));
    let radius = CORNER_RADIUS.min(incoming / 2.0).min(outgoing / 2.0);
    if radius < 0.5 {
        command(data, 'L', at);
        return;
    }
    command(data, 'L', at + (before - at) * (radius / incoming));
    command(data, 'Q', at);
    let end = at + (after - at) * (radius / outgoing);
    push_point(data, end);
}

fn command(data: &mut String, letter: char, point: Point) {
    data.push(letter);
    push_point(data, point);
}

/// To the tenth of a unit, which no eye sees; shorter text is quicker to draw.
fn push_point(data: &mut String, point: Point) {
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    // Writing to a string cannot fail.
    let _ = write!(data, " {} {}", tenth(point.x), tenth(point.y));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down(from: (f64, f64), to: (f64, f64)) -> EdgeRoute {
        EdgeRoute::between(
            Point::new(from.0, from.1),
            Point::new(to.0, to.1),
            Orientation::TopDown,
        )
    }

    #[test]
    fn runs_straight_or_in_three_pieces() {
        assert_eq!(down((10.0, 0.0), (10.0, 100.0)).path_data(), "M 10 0L 10 100");
        assert_eq!(
            down((0.0, 0.0), (100.0, 100.0)).path_data(),
            "M 0 0L 0 38Q 0 50 12 50L 88 50Q 100 50 100 62L 100 100"
        );
    }

    #[test]
    fn goes_round_when_its_target_is_above() {
        let route = down((0.0, 100.0), (50.0, 0.0));
        assert_eq!(route.points().len(), 6);
        let every_piece_is_upright = route
            .segments()
            .all(|(a, b)| (a.x - b.x).abs() < 1e-9 || (a.y - b.y).abs() < 1e-9);
        assert!(every_piece_is_upright);
        assert!(route.bounds().right() > 50.0 + NODE_SIZE.width / 2.0);
    }

    #[test]
    fn left_right_is_the_mirror_image() {
        let right = EdgeRoute::between(
            Point::new(0.0, 0.0),
            Point::new(100.0, 30.0),
            Orientation::LeftRight,
        );
        let down = down((0.0, 0.0), (30.0, 100.0));
        let mirrored: Vec<Point> = down.points().iter().map(|point| point.transposed()).collect();
        assert_eq!(right.points(), mirrored);
    }

    #[test]
    fn knows_its_distance_and_where_its_word_stands() {
        let route = down((0.0, 0.0), (200.0, 100.0));
        assert_eq!(route.label_position(), Point::new(100.0, 50.0));
        assert!((route.distance(Point::new(100.0, 57.0)) - 7.0).abs() < 1e-9);
    }
}
