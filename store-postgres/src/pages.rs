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

/// A page that ends a list.
pub(crate) fn nothing<T>() -> Page<T> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

/// The upper bound, exclusive, of the ids on a page. No id is above the greatest, and no list has it.
pub(crate) fn before(page: PageRequest) -> Uuid {
    page.after.unwrap_or(Uuid::max())
}

/// Rows in the shape of the store.
pub(crate) fn shaped<R, T: TryFrom<R>>(rows: Vec<R>) -> Result<Vec<T>, T::Error> {
    rows.into_iter().map(T::try_from).collect()
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
        assert_eq!((cut(vec![3, 2]).items, cut(vec![3, 2]).next), (vec![3, 2], None));
        let cut = cut(vec![3, 2, 1]);
        assert_eq!((cut.items, cut.next), (vec![3, 2], Some(Uuid::from_u128(2))));
    }
}
