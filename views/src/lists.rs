//! Lists: from the store's pages to the API's.

use service::{Cursor, Limit, Page, Problem};
use store::PageRequest;

/// The page that is asked for.
///
/// # Errors
/// 400 for a cursor that no list of ids gave.
pub fn request(limit: Limit, cursor: Option<&Cursor>) -> Result<PageRequest, Problem> {
    let limit = u32::try_from(limit.get()).unwrap_or(u32::MAX);
    Ok(PageRequest {
        limit,
        after: cursor.map(Cursor::id).transpose()?,
    })
}

/// The page that was found, each item as the API shows it.
///
/// # Errors
/// What showing an item came to.
pub fn page<T, U>(
    found: store::Page<T>,
    show: impl FnMut(T) -> Result<U, Problem>,
) -> Result<Page<U>, Problem> {
    let items = found.items.into_iter().map(show).collect::<Result<_, _>>()?;
    Ok(Page {
        items,
        next_cursor: found.next.map(|id| Cursor::from(id).into_text()),
    })
}
