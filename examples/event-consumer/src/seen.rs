//! Knowing the second copy of an event.

use std::num::NonZeroUsize;

use lru::LruCache;

/// The ids of the latest events. A consumer whose work must happen once keeps them where its work is kept, in the same
/// transaction; this one only prints.
pub(crate) struct Seen(LruCache<String, ()>);

impl Seen {
    pub(crate) fn new(capacity: NonZeroUsize) -> Self {
        Self(LruCache::new(capacity))
    }

    /// Whether this id was not among them. Now it is.
    pub(crate) fn is_new(&mut self, id: &str) -> bool {
        self.0.put(id.to_owned(), ()).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_the_latest() {
        let mut seen = Seen::new(NonZeroUsize::new(2).unwrap());
        assert!(seen.is_new("a"));
        assert!(!seen.is_new("a"));
        assert!(seen.is_new("b") && seen.is_new("c"));
        assert!(seen.is_new("a"), "it was forgotten for the newer two");
    }
}
