//! Which requests with a key are under way in this process. It decides nothing: it only tells who waits for another, and
//! need not wait for ever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::AnswerKey;

/// How long a request waits for the answer to its equal.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The keys of requests that are under way, with how many each has.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashMap<AnswerKey, usize>>>);

/// A request's place among its equals. It is left when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    keys: InFlight,
    key: AnswerKey,
    /// Whether no equal was under way before.
    pub(crate) is_first: bool,
}

impl InFlight {
    /// Takes a place for a request.
    pub(crate) fn enter(&self, key: &AnswerKey) -> Place {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = keys.entry(key.clone()).or_insert(0);
        *count = count.saturating_add(1);
        Place {
            is_first: *count == 1,
            keys: self.clone(),
            key: key.clone(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut keys = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = keys.get_mut(&self.key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                keys.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_first_is_told_from_its_equals() {
        let keys = InFlight::default();
        let key = AnswerKey {
            company_id: Uuid::nil(),
            route: "POST /transfers".to_owned(),
            key: "a".to_owned(),
        };
        let first = keys.enter(&key);
        assert!(first.is_first && !keys.enter(&key).is_first);
        drop(first);
        assert!(keys.enter(&key).is_first);
        assert!(keys.0.lock().unwrap().is_empty());
    }
}
