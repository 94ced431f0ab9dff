//! Where a run that was stored or changed stands in the list, which has the last accepted first.

use api_types::Run;

use crate::feed::Extent;

/// When a run was accepted, in milliseconds since 1970.
pub(super) type Accepted = fn(&Run) -> f64;

/// Changes a run in its row; says whether it has one.
pub(super) fn replace(items: &mut [Run], run: &Run) -> bool {
    let known = items.iter_mut().find(|known| known.id == run.id);
    known.map(|known| known.clone_from(run)).is_some()
}

/// Changes a run in its row, or gives it one; says whether it has one now.
pub(super) fn put(items: &mut Vec<Run>, run: &Run, extent: Extent, accepted: Accepted) -> bool {
    if replace(items, run) {
        return true;
    }
    if !is_in_reach(items, run, extent, accepted) {
        return false;
    }
    let at = accepted(run);
    let place = items.iter().position(|known| accepted(known) <= at);
    items.insert(place.unwrap_or(items.len()), run.clone());
    true
}

/// Whether the list has come as far as this run. One from further back comes with its part.
pub(super) fn is_in_reach(items: &[Run], run: &Run, extent: Extent, accepted: Accepted) -> bool {
    let is_before_last = || items.last().is_some_and(|last| accepted(last) <= accepted(run));
    extent == Extent::Whole || is_before_last()
}

#[cfg(test)]
mod tests {
    use api_types::RunStatus;

    use super::*;
    use crate::api::sample;

    /// The samples are accepted in the order of their numbers.
    fn accepted(run: &Run) -> f64 {
        f64::from(u8::try_from(run.id.as_u128()).unwrap())
    }

    fn run(number: u8) -> Run {
        sample::run(number.into(), RunStatus::Running)
    }

    fn numbers(items: &[Run]) -> Vec<u128> {
        items.iter().map(|run| run.id.as_u128()).collect()
    }

    #[test]
    fn a_run_that_changes_stays_in_its_row() {
        let mut items = vec![run(9), run(5)];
        let failed = sample::run(5, RunStatus::Failed);
        assert!(put(&mut items, &failed, Extent::Beginning, accepted));
        assert_eq!(numbers(&items), [9, 5]);
        assert_eq!(items[1].status, RunStatus::Failed);
        assert!(!replace(&mut items, &run(7)));
        assert_eq!(numbers(&items), [9, 5]);
    }

    #[test]
    fn a_run_is_put_where_it_would_be_read() {
        let mut items = vec![run(9), run(5)];
        for number in [12, 7] {
            assert!(put(&mut items, &run(number), Extent::Beginning, accepted));
        }
        assert_eq!(numbers(&items), [12, 9, 7, 5]);
    }

    #[test]
    fn a_run_from_further_back_comes_with_its_part() {
        let mut items = vec![run(9), run(5)];
        assert!(!put(&mut items, &run(3), Extent::Beginning, accepted));
        assert_eq!(numbers(&items), [9, 5]);
        assert!(put(&mut items, &run(3), Extent::Whole, accepted));
        assert_eq!(numbers(&items), [9, 5, 3]);
        let mut none = Vec::new();
        assert!(put(&mut none, &run(3), Extent::Whole, accepted));
    }
}
