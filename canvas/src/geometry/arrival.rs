//! Where edges that end in one node arrive: side by side, in the order in which they come from, so that they neither lie
//! on one another nor cross.

use super::{Orientation, PORT_RADIUS, Point, Port, Rect, Size};
use crate::geometry::Exits;

/// How far apart edges arrive, where there is room.
const GAP: f64 = 24.0;
/// So much of a node's side stays free at each end.
const FREE: f64 = 12.0;
/// How far apart edges from one side turn towards the node: a word on one of them does not reach the next.
const LANE: f64 = 12.0;
/// All of them turn within this length.
const LANES: f64 = 32.0;
/// Who comes from so near does not turn.
const STRAIGHT: f64 = 1.0;

/// How an edge arrives among those that end in the same node. By default it is the only one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Arrival {
    /// How far from the middle of the node's side it ends.
    aside: f64,
    /// How much nearer to the node than usual it turns towards its end.
    pub(super) late: f64,
}

impl Arrival {
    /// How edges that begin at these points arrive at a node: an answer for each, in their order.
    pub fn of_all(target: Rect, from: &[Point], orientation: Orientation) -> Vec<Self> {
        let turned = |point: Point| match orientation {
            Orientation::TopDown => point,
            Orientation::LeftRight => point.transposed(),
        };
        let middle = turned(target.center()).x;
        let gap = gap(from.len(), orientation);
        let first = -gap * (count(from.len()) - 1.0) / 2.0;
        let mut order: Vec<(usize, Point)> = from.iter().copied().map(turned).enumerate().collect();
        order.sort_by(|one, other| one.1.x.total_cmp(&other.1.x).then(one.1.y.total_cmp(&other.1.y)));
        let comers = order.into_iter().enumerate().map(|(rank, (place, from))| {
            let aside = count(rank).mul_add(gap, first);
            (place, aside, from.x - (middle + aside))
        });
        let comers: Vec<(usize, f64, f64)> = comers.collect();
        // Seen from the middle, the nearest turns first and stays above those that come from farther off.
        let from_left = comers.iter().rev().filter(|(.., offset)| *offset <= -STRAIGHT);
        let from_right = comers.iter().filter(|(.., offset)| *offset >= STRAIGHT);
        let mut arrivals = vec![Self::default(); from.len()];
        for (place, aside, _) in &comers {
            if let Some(arrival) = arrivals.get_mut(*place) {
                arrival.aside = *aside;
            }
        }
        for side in [from_left.collect::<Vec<_>>(), from_right.collect()] {
            let lanes = count(side.len()) - 1.0;
            let lane = LANE.min(LANES / lanes.max(1.0));
            for (rank, (place, ..)) in side.into_iter().enumerate() {
                if let Some(arrival) = arrivals.get_mut(*place) {
                    arrival.late = (count(rank) - lanes / 2.0) * lane;
                }
            }
        }
        arrivals
    }

    /// Where it ends on a node.
    pub(super) fn end(self, target: Rect, orientation: Orientation) -> Point {
        let Point { x, y } = Port::Entry.position(target, Exits::Two, orientation);
        match orientation {
            Orientation::TopDown => Point::new(x + self.aside, y),
            Orientation::LeftRight => Point::new(x, y + self.aside),
        }
    }
}

/// The entry of a node in which so many edges end: a circle, or a bar on which all of them arrive. Its corners are
/// rounded by [`PORT_RADIUS`].
pub fn entry_shape(area: Rect, edges: usize, orientation: Orientation) -> Rect {
    let middle = Port::Entry.position(area, Exits::Two, orientation);
    let reach = gap(edges, orientation) * (count(edges) - 1.0).max(0.0) / 2.0;
    let half = match orientation {
        Orientation::TopDown => Size::new(reach, 0.0),
        Orientation::LeftRight => Size::new(0.0, reach),
    };
    let corners = [-1.0, 1.0].map(|side| {
        Point::new(
            half.width.mul_add(side, middle.x),
            half.height.mul_add(side, middle.y),
        )
    });
    Rect::between(corners[0], corners[1]).grown(PORT_RADIUS)
}

/// How far apart so many edges arrive.
fn gap(edges: usize, orientation: Orientation) -> f64 {
    let side = match orientation {
        Orientation::TopDown => super::NODE_SIZE.width,
        Orientation::LeftRight => super::NODE_SIZE.height,
    };
    let room = 2.0f64.mul_add(-FREE, side);
    GAP.min(room / (count(edges) - 1.0).max(1.0))
}

/// A number of edges: no node has more than a few.
fn count(edges: usize) -> f64 {
    f64::from(u16::try_from(edges).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{EdgeRoute, NODE_SIZE};

    fn routes(from: &[Point], orientation: Orientation) -> Vec<EdgeRoute> {
        let target = match orientation {
            Orientation::TopDown => Rect::new(Point::new(0.0, 200.0), NODE_SIZE),
            Orientation::LeftRight => Rect::new(Point::new(200.0, 0.0), NODE_SIZE),
        };
        let arrivals = Arrival::of_all(target, from, orientation).into_iter();
        let routes = arrivals.zip(from).map(|(arrival, from)| {
            let end = arrival.end(target, orientation);
            EdgeRoute::around(*from, end, arrival.late, orientation, &|_| Vec::new())
        });
        routes.collect()
    }

    /// Whether two upright pieces have a point in common.
    fn meet(one: &EdgeRoute, other: &EdgeRoute) -> bool {
        one.segments().any(|(from, to)| {
            let piece = Rect::between(from, to);
            other
                .segments()
                .any(|(from, to)| piece.touches(Rect::between(from, to)))
        })
    }

    #[test]
    fn edges_into_one_node_neither_touch_nor_cross() {
        // Not in order, from both sides, one of them from straight above.
        let along = [400.0, -300.0, 110.0, -80.0, 700.0, -500.0];
        for orientation in [Orientation::TopDown, Orientation::LeftRight] {
            let from = along.map(|along| match orientation {
                Orientation::TopDown => Point::new(along, 0.0),
                Orientation::LeftRight => Point::new(0.0, along),
            });
            let routes = routes(&from, orientation);
            for (place, one) in routes.iter().enumerate() {
                for other in routes.iter().skip(place + 1) {
                    assert!(!meet(one, other), "{one:?} and {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_single_edge_ends_in_the_middle() {
        let target = Rect::new(Point::new(0.0, 200.0), NODE_SIZE);
        let only = Arrival::of_all(target, &[Point::new(-90.0, 0.0)], Orientation::TopDown);
        assert_eq!(only, [Arrival::default()]);
        assert_eq!(
            only[0].end(target, Orientation::TopDown),
            Point::new(110.0, 200.0)
        );
        let circle = entry_shape(target, 1, Orientation::TopDown);
        assert_eq!(circle.size, Size::new(2.0 * PORT_RADIUS, 2.0 * PORT_RADIUS));
    }

    #[test]
    fn however_many_they_are_they_arrive_on_the_node() {
        for orientation in [Orientation::TopDown, Orientation::LeftRight] {
            let target = Rect::new(Point::new(0.0, 0.0), NODE_SIZE);
            let from: Vec<Point> = (0..64)
                .map(|place| Point::new(f64::from(place) * 9.0, -400.0))
                .collect();
            let bar = entry_shape(target, from.len(), orientation);
            let arrivals = Arrival::of_all(target, &from, orientation);
            for end in arrivals.iter().map(|arrival| arrival.end(target, orientation)) {
                assert!(target.contains(end) && bar.contains(end), "{end:?}");
            }
        }
    }
}
