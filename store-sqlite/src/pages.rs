//! Pages: one row more than asked for is read, to learn whether there is a next page.

use store::{Page, PageRequest};
use uuid::Uuid;

/// How many rows to read for a page.
pub(crate) fn rows_to_read(page: PageRequest) -> i64 {
    i64::from(page.limit.max(1)).saturating_add(1)
}

/// The page out of the rows read for it.
pub(crate) fn cut<T>(mut items: Vec<T>, page: PageRequest, id_of: impl Fn(&T) -> Uuid) -> Page<T> {
    let limit = usize::try_from(page.limit.max(1)).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(id_of) } else { None };
    Page { items, next }
}

/// The upper bound, exclusive, of the ids on a page. No id is above the greatest, and no list has it.
pub(crate) fn before(page: PageRequest) -> Uuid {
    page.after.unwrap_or(Uuid::max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_page_is_announced_only_if_there_is_one() {
        let page = PageRequest {
            limit: 2,
            after: None,
        };
        let cut = |rows: Vec<u128>| super::cut(rows, page, |row| Uuid::from_u128(*row));
        assert_eq!(rows_to_read(page), 3);
        assert_eq!(
            cut(vec![3, 2]),
            Page {
                items: vec![3, 2],
                next: None
            }
        );
        assert_eq!(
            cut(vec![3, 2, 1]),
            Page {
                items: vec![3, 2],
                next: Some(Uuid::from_u128(2))
            }
        );
    }
}
