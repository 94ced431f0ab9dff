//! How each rule's last runs ended: those that came with the list, and what comes after.

use std::{cmp::Reverse, collections::HashMap};

use api_types::{Rule, Run, RunStatus};
use leptos::prelude::*;
use uuid::Uuid;

use crate::api::{Connection, RunStream};

/// How many runs of a rule are shown.
pub(super) const SHOWN: usize = 8;

/// A run, as a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) run_id: Uuid,
    pub(super) status: RunStatus,
    pub(super) accepted_at: String,
}

/// The last runs by rule, the newest first.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastRuns {
    known: RwSignal<HashMap<Uuid, Vec<Mark>>>,
    connection: RwSignal<Connection>,
}

impl LastRuns {
    /// Follows the runs of a company until the page is left.
    pub(super) fn follow(company: &str) -> Self {
        let last_runs = Self {
            known: RwSignal::new(HashMap::new()),
            connection: RwSignal::new(Connection::Opening),
        };
        let stream = RunStream::open(company, last_runs.connection, move |run| {
            let _ = last_runs.known.try_update(|known| note(known, &run));
        });
        StoredValue::new_local(stream);
        last_runs
    }

    /// Does something whenever the stream is open again: what happened meanwhile, it may not tell. When it is first
    /// opened, the list is on its way.
    pub(super) fn on_reopen(self, read_anew: impl Fn() + 'static) {
        Effect::new(move |was_open: Option<bool>| {
            let was_open = was_open == Some(true);
            let is_open = self.connection.get() == Connection::Open;
            if is_open && was_open {
                read_anew();
            }
            is_open || was_open
        });
    }

    /// Takes those that came with a part of the list. Others may have come since it was written.
    pub(super) fn take(self, rules: &[Rule]) {
        let _ = self.known.try_update(|known| {
            for rule in rules {
                let listed = rule.recent_runs.iter().flatten().map(|run| Mark {
                    run_id: run.id,
                    status: run.status,
                    accepted_at: run.accepted_at.to_string(),
                });
                merge(known.entry(rule.id).or_default(), listed);
            }
        });
    }

    /// Those of a rule.
    pub(super) fn of(self, rule_id: Uuid) -> Vec<Mark> {
        self.known
            .with(|known| known.get(&rule_id).cloned().unwrap_or_default())
    }
}

/// Adds a run before the others, or changes its mark where it stands.
fn note(known: &mut HashMap<Uuid, Vec<Mark>>, run: &Run) {
    let marks = known.entry(run.rule_id).or_default();
    let mark = Mark {
        run_id: run.id,
        status: run.status,
        accepted_at: run.accepted_at.to_string(),
    };
    if let Some(known) = marks.iter_mut().find(|known| known.run_id == mark.run_id) {
        *known = mark;
    } else {
        marks.insert(0, mark);
        marks.truncate(SHOWN);
    }
}

/// Adds what was listed. The list may be older than a mark: what has ended does not run again.
fn merge(marks: &mut Vec<Mark>, listed: impl Iterator<Item = Mark>) {
    for mark in listed {
        match marks.iter_mut().find(|known| known.run_id == mark.run_id) {
            Some(known) if has_ended(known.status) => {}
            Some(known) => *known = mark,
            None => marks.push(mark),
        }
    }
    // Ids begin with the time that they were made at.
    marks.sort_by_key(|mark| Reverse(mark.run_id));
    marks.truncate(SHOWN);
}

fn has_ended(status: RunStatus) -> bool {
    match status {
        RunStatus::Succeeded
        | RunStatus::Failed
        | RunStatus::Aborted
        | RunStatus::Cancelled
        | RunStatus::CompensationFailed => true,
        RunStatus::Running | RunStatus::Waiting | RunStatus::Compensating => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::sample::run;

    #[test]
    fn the_newest_stand_first_and_a_change_stays_in_place() {
        let mut known = HashMap::new();
        for number in 0..=8 {
            note(&mut known, &run(number, RunStatus::Running));
        }
        note(&mut known, &run(7, RunStatus::Failed));
        let marks = &known[&Uuid::nil()];
        assert_eq!(marks.len(), SHOWN);
        assert_eq!(marks[0].run_id, Uuid::from_u128(8));
        assert_eq!(marks[1].status, RunStatus::Failed);
    }

    #[test]
    fn a_list_takes_nothing_back_that_came_meanwhile() {
        let mut known = HashMap::new();
        note(&mut known, &run(1, RunStatus::Running));
        note(&mut known, &run(2, RunStatus::Failed));
        note(&mut known, &run(4, RunStatus::Running));
        let mut marks = known.remove(&Uuid::nil()).unwrap();
        let listed = |number, status| Mark {
            run_id: Uuid::from_u128(number),
            status,
            accepted_at: String::new(),
        };
        let list = [
            listed(3, RunStatus::Running),
            listed(2, RunStatus::Running),
            listed(1, RunStatus::Succeeded),
        ];
        merge(&mut marks, list.into_iter());
        let marks: Vec<_> = marks
            .iter()
            .map(|mark| (mark.run_id.as_u128(), mark.status))
            .collect();
        let expected = [
            (4, RunStatus::Running),
            (3, RunStatus::Running),
            (2, RunStatus::Failed),
            (1, RunStatus::Succeeded),
        ];
        assert_eq!(marks, expected);
    }
}
