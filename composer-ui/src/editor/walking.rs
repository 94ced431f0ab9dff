//! Going from node to node by keys: along the edges, and among the neighbours.

use canvas::{geometry::Point, selection::Item};
use leptos::prelude::*;

use super::Editor;

/// A direction on the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Left,
    Right,
    Up,
    Down,
}

impl Way {
    /// The direction of an arrow key.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            _ => return None,
        })
    }

    /// How far away a point is in this direction, going aside being harder; none if it is not there.
    fn distance(self, from: Point, to: Point) -> Option<f64> {
        let offset = to - from;
        let (ahead, aside) = match self {
            Self::Left => (-offset.dx, offset.dy),
            Self::Right => (offset.dx, offset.dy),
            Self::Up => (-offset.dy, offset.dx),
            Self::Down => (offset.dy, offset.dx),
        };
        (ahead > 1.0).then(|| aside.abs().mul_add(2.0, ahead))
    }
}

impl Editor {
    /// Selects the nearest node in a direction; the first node if none is selected.
    pub(super) fn walk(self, way: Way) {
        let from = self.board.selection.with_untracked(|all| match all.only() {
            Some(Item::Node(id)) => Some(id.clone()),
            _ => None,
        });
        let next = match from {
            None => self.settling_order().into_iter().next(),
            Some(from) => self.board.with(|document| {
                let middle = document.area(&from)?.center();
                let others = document.nodes().filter(|node| node.id != from);
                let ahead = others.filter_map(|node| {
                    let distance = way.distance(middle, document.area(&node.id)?.center())?;
                    Some((distance, node.id.clone()))
                });
                ahead
                    .min_by(|one, other| one.0.total_cmp(&other.0))
                    .map(|(_, id)| id)
            }),
        };
        if let Some(id) = next {
            self.select(Item::Node(id.clone()));
            self.board.reveal(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_ahead_is_nearer_than_what_lies_aside() {
        let here = Point::new(0.0, 0.0);
        let below = Way::Down.distance(here, Point::new(0.0, 150.0)).unwrap();
        let aside = Way::Down.distance(here, Point::new(260.0, 100.0)).unwrap();
        assert!(below < aside);
        assert_eq!(Way::Up.distance(here, Point::new(0.0, 150.0)), None);
        assert_eq!(Way::of_key("a"), None);
    }
}
