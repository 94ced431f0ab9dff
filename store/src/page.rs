//! Lists, a page at a time, newest first.

use uuid::Uuid;

/// Which page of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// At most so many items; at least 1.
    pub limit: u32,
    /// Only items after the one with this id, in the list's order (newest first): the `next` of the page before.
    pub after: Option<Uuid>,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// The id to ask for the next page with; none when this is the last.
    pub next: Option<Uuid>,
}
