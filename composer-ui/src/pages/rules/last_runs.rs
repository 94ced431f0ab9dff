//! How each rule's last runs ended: those that came with the list, and what comes after.

use std::collections::HashMap;

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

    /// Does something whenever the stream is open, or open again: what happened before, it may not tell.
    pub(super) fn on_open(self, read_anew: impl Fn() + 'static) {
        Effect::new(move |_| {
            if self.connection.get() == Connection::Open {
                read_anew();
            }
        });
    }

    /// Takes those that came with a part of the list.
    pub(super) fn take(self, rules: &[Rule]) {
        let marks = |rule: &Rule| {
            let runs = rule.recent_runs.iter().flatten().map(|run| Mark {
                run_id: run.id,
                status: run.status,
                accepted_at: run.accepted_at.to_string(),
            });
            (rule.id, runs.collect())
        };
        let _ = self
            .known
            .try_update(|known| known.extend(rules.iter().map(marks)));
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
}
