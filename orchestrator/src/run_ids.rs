//! The ids that a run makes: the same ones however often it is stepped.
//!
//! A run is stepped dry, and then once for every round that its batch takes. Were its ids other ones each time,
//! an account or a reference that is named by one of them could never be foreseen.

use std::sync::{Mutex, PoisonError};

use service::Ids;
use uuid::Uuid;

/// The ids that a run has made so far, in the order in which it asks for them.
#[derive(Debug, Default)]
pub(crate) struct RunIds(Mutex<Vec<Uuid>>);

impl RunIds {
    /// Gives out the run's ids from the first on, and new ones where it asks for more than it did before. One at a
    /// time: the next caller waits until this one is dropped.
    pub(crate) fn replay<'i>(&'i self, ids: &'i dyn Ids) -> impl FnMut() -> Uuid + 'i {
        // A list of ids cannot be left half written, so a poisoned lock is as good as any.
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut asked = 0;
        move || {
            let id = made.get(asked).copied().unwrap_or_else(|| {
                let id = ids.next();
                made.push(id);
                id
            });
            asked += 1;
            id
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::SeededIds;

    fn take(run: &RunIds, ids: &SeededIds, count: usize) -> Vec<Uuid> {
        std::iter::repeat_with(run.replay(ids)).take(count).collect()
    }

    #[test]
    fn a_run_that_is_stepped_again_makes_the_same_ids() {
        let (run, ids) = (RunIds::default(), SeededIds::new(1));
        let first = take(&run, &ids, 3);
        assert_eq!(take(&run, &ids, 2), first[..2]);
        let longer = take(&run, &ids, 5);
        assert_eq!(longer[..3], first);
        assert!(longer.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn no_two_runs_share_an_id() {
        let ids = SeededIds::new(1);
        let (one, other) = (RunIds::default(), RunIds::default());
        let (mine, theirs) = (take(&one, &ids, 3), take(&other, &ids, 3));
        assert!(mine.iter().all(|id| !theirs.contains(id)));
    }
}
