//! Leading an edge around nodes that stand in its way.

use super::route::{EdgeRoute, STUB, downwards};
use super::{Orientation, Point, Rect};

/// How far from a node an edge passes by.
const CLEARANCE: f64 = 12.0;
/// Of the nodes in the way, no more than so many are tried to be passed by.
const MOST_PASSED: usize = 8;

/// Says which nodes a rectangle touches.
pub type Obstacles<'o> = dyn Fn(Rect) -> Vec<Rect> + 'o;

impl EdgeRoute {
    /// The way from one point to another past what stands between them, if one with a turn or two is free; else as
    /// [`between`](Self::between). It turns towards its end so much later.
    pub(super) fn around(
        from: Point,
        to: Point,
        late: f64,
        orientation: Orientation,
        obstacles: &Obstacles<'_>,
    ) -> Self {
        match orientation {
            Orientation::TopDown => Self::through(around_downwards(from, to, late, obstacles)),
            Orientation::LeftRight => {
                let transposed = |area: Rect| {
                    let found = obstacles(area.transposed()).into_iter();
                    found.map(Rect::transposed).collect()
                };
                let points = around_downwards(from.transposed(), to.transposed(), late, &transposed);
                Self::through(points.into_iter().map(Point::transposed).collect())
            }
        }
    }
}

fn around_downwards(from: Point, to: Point, later: f64, obstacles: &Obstacles<'_>) -> Vec<Point> {
    let usual = downwards(from, to, later);
    let goes_back = to.y - from.y < 4.0 * STUB;
    if goes_back || is_free(&usual, obstacles) {
        return usual;
    }
    let (early, late) = (from.y + 2.0 * STUB, to.y - 2.0 * STUB + later);
    let turns = [late, early].map(|turn| with_turn(from, turn, to));
    let in_the_way = turns.iter().flat_map(|way| pieces(way).flat_map(obstacles));
    let in_the_way: Vec<Rect> = in_the_way.take(MOST_PASSED).collect();
    let mut columns: Vec<f64> = in_the_way
        .into_iter()
        .flat_map(|area| [area.left() - 2.0 * CLEARANCE, area.right() + 2.0 * CLEARANCE])
        .collect();
    let middle = f64::midpoint(from.x, to.x);
    columns.sort_by(|one, other| (one - middle).abs().total_cmp(&(other - middle).abs()));
    let passes = columns.into_iter().map(|column| {
        let way = [from, Point::new(from.x, early), Point::new(column, early)];
        let back = [Point::new(column, late), Point::new(to.x, late), to];
        [way, back].concat()
    });
    let free = turns
        .into_iter()
        .chain(passes)
        .find(|way| is_free(way, obstacles));
    free.unwrap_or(usual)
}

fn with_turn(from: Point, turn: f64, to: Point) -> Vec<Point> {
    vec![from, Point::new(from.x, turn), Point::new(to.x, turn), to]
}

fn is_free(way: &[Point], obstacles: &Obstacles<'_>) -> bool {
    pieces(way).all(|piece| obstacles(piece).is_empty())
}

/// The pieces of a way with the room that they want around them. At its ends an edge may be as near as it likes.
fn pieces(way: &[Point]) -> impl Iterator<Item = Rect> {
    let ends = way.iter().zip(way.iter().skip(1));
    ends.map(|(from, to)| Rect::between(*from, *to).grown(CLEARANCE / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::NODE_SIZE;

    fn node(x: f64, y: f64) -> Rect {
        Rect::new(Point::new(x, y), NODE_SIZE)
    }

    fn around(nodes: &[Rect], orientation: Orientation) -> EdgeRoute {
        let find = |area: Rect| nodes.iter().copied().filter(|node| node.touches(area)).collect();
        EdgeRoute::around(
            Point::new(0.0, 0.0),
            Point::new(60.0, 400.0),
            0.0,
            orientation,
            &find,
        )
    }

    fn is_clear(route: &EdgeRoute, nodes: &[Rect]) -> bool {
        let crosses = |node: &Rect| {
            route
                .segments()
                .any(|(from, to)| Rect::between(from, to).touches(*node))
        };
        !nodes.iter().any(crosses)
    }

    #[test]
    fn without_obstacles_it_is_the_usual_way() {
        let usual = EdgeRoute::between(
            Point::new(0.0, 0.0),
            Point::new(60.0, 400.0),
            Orientation::TopDown,
        );
        assert_eq!(around(&[], Orientation::TopDown), usual);
        assert_eq!(around(&[node(300.0, 100.0)], Orientation::TopDown), usual);
    }

    #[test]
    fn turns_later_or_earlier() {
        let below = [node(20.0, 250.0)];
        let route = around(&below, Orientation::TopDown);
        assert_eq!(route.points().len(), 4);
        assert!(is_clear(&route, &below));
        let above = [node(-230.0, 60.0)];
        assert!(is_clear(&around(&above, Orientation::TopDown), &above));
    }

    #[test]
    fn passes_by_what_bars_both_columns() {
        let bar = [node(-80.0, 150.0)];
        let route = around(&bar, Orientation::TopDown);
        assert_eq!(route.points().len(), 6);
        assert!(is_clear(&route, &bar));
        let wall: Vec<Rect> = (-9..9)
            .map(|place| node(f64::from(place) * 220.0, 150.0))
            .collect();
        assert_eq!(
            around(&wall, Orientation::TopDown),
            around(&[], Orientation::TopDown)
        );
    }

    #[test]
    fn the_other_way_is_the_mirror_image() {
        let bar = [node(-80.0, 150.0)];
        let mirrored: Vec<Rect> = bar.iter().map(|area| area.transposed()).collect();
        let find = |area: Rect| {
            mirrored
                .iter()
                .copied()
                .filter(|node| node.touches(area))
                .collect()
        };
        let (from, to) = (Point::new(0.0, 0.0), Point::new(400.0, 60.0));
        let right = EdgeRoute::around(from, to, 0.0, Orientation::LeftRight, &find);
        let down = around(&bar, Orientation::TopDown);
        let down: Vec<Point> = down.points().iter().map(|point| point.transposed()).collect();
        assert_eq!(right.points(), down);
    }
}
