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
pub(super) struct LastRuns(RwSignal<HashMap<Uuid, Vec<Mark>>>);

impl LastRuns {
    /// Follows the runs of a company until the page is left.
    pub(super) fn follow(company: &str) -> Self {
        let last_runs = Self(RwSignal::new(HashMap::new()));
        let stream = RunStream::open(company, RwSignal::new(Connection::Opening), move |run| {
            let _ = last_runs.0.try_update(|known| note(known, &run));
        });
        StoredValue::new_local(stream);
        last_runs
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
        let _ = self.0.try_update(|known| known.extend(rules.iter().map(marks)));
    }

    /// Those of a rule.
    pub(super) fn of(self, rule_id: Uuid) -> Vec<Mark> {
        self.0
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
    match marks.iter_mut().find(|known| known.run_id == mark.run_id) {
        Some(known) => *known = mark,
        None => {
            marks.insert(0, mark);
            marks.truncate(SHOWN);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(number: u128, status: RunStatus) -> Run {
        let id = Uuid::from_u128(number);
        let text = format!(
            r#"{{"id":"{id}","company_id":"{id}","rule_id":"{}","rule_name":"","rule_version":1,"event_id":"e",
            "status":"{}","error":null,"correlation_id":"c","accepted_at":"2026-01-01T00:00:00Z",
            "started_at":"2026-01-01T00:00:00Z","finished_at":null}}"#,
            Uuid::nil(),
            status.as_str()
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_newest_stand_first_and_a_change_stays_in_place() {
        let mut known = HashMap::new();
        for number in 0..=SHOWN as u128 {
            note(&mut known, &run(number, RunStatus::Running));
        }
        note(&mut known, &run(SHOWN as u128 - 1, RunStatus::Failed));
        let marks = &known[&Uuid::nil()];
        assert_eq!(marks.len(), SHOWN);
        assert_eq!(marks[0].run_id, Uuid::from_u128(SHOWN as u128));
        assert_eq!(marks[1].status, RunStatus::Failed);
    }
}
