//! The companies that are known, and as many that are not, or not yet: names that somebody made up never push out a
//! company that has rules.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use uuid::Uuid;

use super::slot::Slot;

/// A slot per company, those without an event for longest dropped first.
pub(crate) struct Slots {
    known: LruCache<Uuid, Arc<Slot>>,
    newcomers: LruCache<Uuid, Arc<Slot>>,
}

impl Slots {
    pub(crate) fn new(companies: NonZeroUsize) -> Self {
        Self {
            known: LruCache::new(companies),
            newcomers: LruCache::new(companies),
        }
    }

    /// The company's slot, for an event.
    pub(crate) fn get_or_insert(&mut self, company_id: Uuid) -> Arc<Slot> {
        if let Some(slot) = self.known.get(&company_id) {
            return Arc::clone(slot);
        }
        let new = || Arc::new(Slot::new(company_id));
        Arc::clone(self.newcomers.get_or_insert(company_id, new))
    }

    /// The company's slot, for a notice.
    pub(crate) fn get(&self, company_id: Uuid) -> Option<Arc<Slot>> {
        self.known
            .peek(&company_id)
            .or_else(|| self.newcomers.peek(&company_id))
            .cloned()
    }

    /// Keeps the slot among those that are known.
    pub(crate) fn keep(&mut self, slot: &Arc<Slot>) {
        self.newcomers.pop(&slot.company_id);
        if !self.known.contains(&slot.company_id) {
            self.known.put(slot.company_id, Arc::clone(slot));
        }
    }

    pub(crate) fn known(&self) -> Vec<Arc<Slot>> {
        self.known.iter().map(|(_, slot)| Arc::clone(slot)).collect()
    }

    pub(crate) fn has_known(&self) -> bool {
        !self.known.is_empty()
    }
}
