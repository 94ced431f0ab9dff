//! How each rule's last runs ended: one list of the company's newest runs, shared by all rows, and what comes after.

use std::collections::HashMap;

use leptos::{prelude::*, task::spawn_local};

use crate::api::{
    self, Connection, ListRequest, RunStream,
    shapes::{Run, RunStatus},
};

/// How many runs of a rule are shown.
pub(super) const SHOWN: usize = 8;

/// A run, as a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) run_id: String,
    pub(super) status: RunStatus,
    pub(super) event_id: String,
}

/// The newest runs by rule, the newest first; none while they are not known.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastRuns(RwSignal<Option<HashMap<String, Vec<Mark>>>>);

impl LastRuns {
    /// Reads them, and follows what comes.
    pub(super) fn follow(company: &str) -> Self {
        let last_runs = Self(RwSignal::new(None));
        let request = ListRequest::default().only("company_id", company);
        spawn_local(async move {
            let Ok(listed) = api::runs(&request, None).await else {
                return;
            };
            let _ = last_runs.0.try_update(|known| {
                let mut by_rule = HashMap::new();
                for run in listed.items.into_iter().rev() {
                    note(&mut by_rule, run);
                }
                *known = Some(by_rule);
            });
        });
        let stream = RunStream::open(company, RwSignal::new(Connection::Opening), move |run| {
            let _ = last_runs
                .0
                .try_update(|known| note(known.get_or_insert_default(), run));
        });
        // Closed when the page is left.
        StoredValue::new_local(stream);
        last_runs
    }

    /// Those of a rule; none while they are not known.
    pub(super) fn of(self, rule_id: &str) -> Option<Vec<Mark>> {
        self.0
            .with(|known| Some(known.as_ref()?.get(rule_id).cloned().unwrap_or_default()))
    }
}

/// Adds a run before the others, or changes its mark where it stands.
fn note(by_rule: &mut HashMap<String, Vec<Mark>>, run: Run) {
    let marks = by_rule.entry(run.rule_id).or_default();
    let mark = Mark {
        run_id: run.id,
        status: run.status,
        event_id: run.event_id,
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

    fn run(id: usize, status: RunStatus) -> Run {
        Run {
            id: id.to_string(),
            rule_id: "rule".to_owned(),
            rule_name: String::new(),
            rule_version: 1,
            event_id: String::new(),
            status,
            error: None,
            accepted_at: String::new(),
            finished_at: None,
        }
    }

    #[test]
    fn the_newest_stand_first_and_a_change_stays_in_place() {
        let mut by_rule = HashMap::new();
        for id in 0..=SHOWN {
            note(&mut by_rule, run(id, RunStatus::Running));
        }
        note(&mut by_rule, run(SHOWN - 1, RunStatus::Failed));
        let marks = &by_rule["rule"];
        assert_eq!(marks.len(), SHOWN);
        assert_eq!(marks[0].run_id, SHOWN.to_string());
        assert_eq!(marks[1].status, RunStatus::Failed);
    }
}
