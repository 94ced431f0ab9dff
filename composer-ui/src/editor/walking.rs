//! Going through the graph by keys: to the nearest node in a direction, and through nodes, edges and notes in reading
//! order.

use canvas::{
    geometry::{Point, Vector},
    selection::Item,
};
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

    /// So far in this direction.
    pub(super) fn vector(self, distance: f64) -> Vector {
        match self {
            Self::Left => Vector::new(-distance, 0.0),
            Self::Right => Vector::new(distance, 0.0),
            Self::Up => Vector::new(0.0, -distance),
            Self::Down => Vector::new(0.0, distance),
        }
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

/// To what comes next, or what came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Next,
    Back,
}

impl Turn {
    /// Where this leads in a ring; from nowhere, to its beginning or end.
    fn from(self, place: Option<usize>, count: usize) -> Option<usize> {
        let last = count.checked_sub(1)?;
        Some(match (self, place) {
            (Self::Next, Some(place)) if place < last => place + 1,
            (Self::Next, _) => 0,
            (Self::Back, None | Some(0)) => last,
            (Self::Back, Some(place)) => place - 1,
        })
    }
}

impl Editor {
    /// Everything that can be selected, as the list of the graph has it: nodes as they run, edges, notes.
    pub(super) fn in_reading_order(self) -> Vec<Item> {
        let first = self.settling_order().into_iter().map(Item::Node);
        self.board.with(|document| {
            let edges = document.edges().map(|edge| Item::Edge(edge.id()));
            let notes = document.notes().map(|note| Item::Note(note.id.clone()));
            first.chain(edges).chain(notes).collect()
        })
    }

    /// Selects what comes next or before in reading order.
    pub(super) fn go_on(self, turn: Turn) {
        let all = self.in_reading_order();
        let selected = self.board.selection.with_untracked(|all| all.only().cloned());
        let place = selected.and_then(|selected| all.iter().position(|item| *item == selected));
        let next = turn
            .from(place, all.len())
            .and_then(|next| all.into_iter().nth(next));
        if let Some(item) = next {
            self.show(item);
        }
    }

    /// Selects something, and looks at it.
    pub(super) fn show(self, item: Item) {
        self.board.reveal_item(&item);
        self.select(item);
    }

    /// Selects the nearest node in a direction; the first node if none is selected.
    pub(super) fn walk(self, way: Way) {
        let from = self.board.selection.with_untracked(|all| all.only().cloned());
        let from = from.filter(|item| !matches!(item, Item::Edge(_)));
        let next = match from {
            None => self.settling_order().into_iter().next(),
            Some(from) => self.board.with(|document| {
                let middle = self.board.area_of(&from)?.center();
                let others = document
                    .nodes()
                    .filter(|node| from != Item::Node(node.id.clone()));
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
            self.show(Item::Node(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_goes_on_comes_back_to_the_beginning() {
        assert_eq!(Turn::Next.from(None, 3), Some(0));
        assert_eq!(Turn::Next.from(Some(1), 3), Some(2));
        assert_eq!(Turn::Next.from(Some(2), 3), Some(0));
        assert_eq!(Turn::Back.from(Some(0), 3), Some(2));
        assert_eq!(Turn::Back.from(Some(2), 3), Some(1));
        assert_eq!(Turn::Back.from(None, 0), None);
    }

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
