//! A coarse grid over the canvas: which items may be near a place.

use std::collections::{BTreeSet, HashMap};

use crate::geometry::Rect;
use crate::selection::Item;

/// A cell's side, in canvas units: about a node and the room around it.
const CELL: f64 = 256.0;
/// What covers more cells than this is looked at each time instead.
const MOST_CELLS: i64 = 512;

#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    cells: HashMap<(i64, i64), Vec<Item>>,
    /// What is too large for cells.
    large: Vec<Item>,
    /// In which cells an item is; an item that is nowhere here is large, or not there.
    places: HashMap<Item, Vec<(i64, i64)>>,
}

/// A range of cells, both ends included.
#[derive(Clone, Copy)]
struct Span {
    left: i64,
    right: i64,
    top: i64,
    bottom: i64,
}

impl Span {
    fn of(rect: Rect) -> Self {
        Self {
            left: cell_of(rect.left()),
            right: cell_of(rect.right()),
            top: cell_of(rect.top()),
            bottom: cell_of(rect.bottom()),
        }
    }

    fn count(self) -> i64 {
        let across = self.right.saturating_sub(self.left).saturating_add(1);
        let down = self.bottom.saturating_sub(self.top).saturating_add(1);
        across.saturating_mul(down)
    }

    fn cells(self) -> impl Iterator<Item = (i64, i64)> {
        (self.left..=self.right).flat_map(move |x| (self.top..=self.bottom).map(move |y| (x, y)))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast from f64 saturates, and a cell far away is as good as the farthest"
)]
fn cell_of(coordinate: f64) -> i64 {
    (coordinate / CELL).floor() as i64
}

impl Grid {
    /// Puts an item where its pieces are, and nowhere else.
    pub(super) fn put(&mut self, item: Item, pieces: &[Rect]) {
        self.take(&item);
        let spans: Vec<Span> = pieces.iter().map(|piece| Span::of(*piece)).collect();
        let count = spans
            .iter()
            .fold(0_i64, |sum, span| sum.saturating_add(span.count()));
        if count > MOST_CELLS {
            self.large.push(item);
            return;
        }
        let cells: BTreeSet<(i64, i64)> = spans.into_iter().flat_map(Span::cells).collect();
        for cell in &cells {
            self.cells.entry(*cell).or_default().push(item.clone());
        }
        self.places.insert(item, cells.into_iter().collect());
    }

    fn take(&mut self, item: &Item) {
        match self.places.remove(item) {
            Some(cells) => {
                for cell in cells {
                    if let Some(items) = self.cells.get_mut(&cell) {
                        items.retain(|other| other != item);
                    }
                }
            }
            None => self.large.retain(|other| other != item),
        }
    }

    /// What may be in a rectangle, in a stable order.
    pub(super) fn near(&self, area: Rect) -> Vec<&Item> {
        let span = Span::of(area);
        let mut items: BTreeSet<&Item> = self.large.iter().collect();
        if span.count() > MOST_CELLS {
            items.extend(self.places.keys());
        } else {
            items.extend(span.cells().filter_map(|cell| self.cells.get(&cell)).flatten());
        }
        items.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Point, Size};

    #[test]
    fn an_item_is_where_it_was_put_last() {
        let mut grid = Grid::default();
        let item = Item::Note("n".to_owned());
        let small = Rect::new(Point::new(-10.0, -10.0), Size::new(20.0, 20.0));
        let far = small.moved(crate::geometry::Vector::new(9000.0, 0.0));
        let huge = small.grown(100_000.0);
        grid.put(item.clone(), &[small]);
        assert_eq!(grid.near(small), [&item]);
        assert!(grid.near(far).is_empty());
        grid.put(item.clone(), &[huge]);
        assert_eq!(grid.near(far), [&item]);
        grid.put(item.clone(), &[far]);
        assert!(grid.near(small).is_empty());
        assert_eq!(grid.near(huge), [&item]);
    }
}
