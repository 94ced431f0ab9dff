//! Runs: lists, details, changes.

use async_trait::async_trait;
use store::{
    ChangeCursor, Page, PageRequest, RecentRun, RunChanges, RunDetails, RunFilter, RunRecord, Runs,
    StoreError,
};
use uuid::Uuid;

use super::tables::Tables;
use super::{MemoryStore, page_of};

impl Tables {
    fn details(&self, run_id: Uuid) -> Option<RunDetails> {
        let run = self.run(run_id)?.clone();
        let claim = self.claims.get(&(run.company_id, run.event_id.clone()));
        Some(RunDetails {
            event: claim.map(|claim| claim.body.clone()),
            transactions: self
                .transactions_of_run(run_id)
                .map(|posted| posted.transaction.clone())
                .collect(),
            events: self.events_of_run(run_id).cloned().collect(),
            run,
        })
    }
}

fn matches(run: &RunRecord, filter: &RunFilter) -> bool {
    filter
        .company_id
        .is_none_or(|company_id| company_id == run.company_id)
        && filter.status.is_none_or(|status| status == run.status)
        && filter.rule_id.is_none_or(|rule_id| rule_id == run.rule_id)
        && filter
            .event_id
            .as_ref()
            .is_none_or(|event_id| *event_id == run.event_id)
        && filter.accepted_from.is_none_or(|from| run.accepted_at >= from)
        && filter
            .accepted_before
            .is_none_or(|before| run.accepted_at < before)
}

#[async_trait]
impl Runs for MemoryStore {
    async fn list_runs(&self, filter: RunFilter, page: PageRequest) -> Result<Page<RunRecord>, StoreError> {
        let tables = self.open()?;
        let mut newest_first: Vec<&RunRecord> = tables.runs.iter().rev().collect();
        newest_first.retain(|run| matches(run, &filter));
        if filter.is_by_time() {
            newest_first.sort_by_key(|run| std::cmp::Reverse(run.accepted_at));
        }
        Ok(page_of(newest_first.into_iter().cloned(), page, |run| run.id))
    }

    async fn recent_runs(&self, rule_ids: Vec<Uuid>, per_rule: u32) -> Result<Vec<RecentRun>, StoreError> {
        let tables = self.open()?;
        let per_rule = usize::try_from(per_rule).unwrap_or(usize::MAX);
        let recent = rule_ids.into_iter().flat_map(|rule_id| {
            let newest_first = tables.runs.iter().rev();
            newest_first
                .filter(move |run| run.rule_id == rule_id)
                .take(per_rule)
        });
        Ok(recent
            .map(|run| RecentRun {
                id: run.id,
                rule_id: run.rule_id,
                status: run.status,
                accepted_at: run.accepted_at,
                finished_at: run.finished_at,
            })
            .collect())
    }

    async fn find_run(&self, run_id: Uuid) -> Result<Option<RunDetails>, StoreError> {
        Ok(self.open()?.details(run_id))
    }

    /// Runs never change here, so a cursor is how many runs had been stored.
    async fn run_changes(
        &self,
        company_id: Option<Uuid>,
        after: Option<ChangeCursor>,
        limit: u32,
    ) -> Result<RunChanges, StoreError> {
        let tables = self.open()?;
        let present = ChangeCursor(u64::try_from(tables.runs.len()).unwrap_or(u64::MAX));
        let after = after.unwrap_or(present);
        let seen = usize::try_from(after.0).unwrap_or(usize::MAX);
        let numbered = (1_u64..).zip(&tables.runs).skip(seen);
        let mut wanted = numbered.filter(|(_, run)| company_id.is_none_or(|of| of == run.company_id));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let shown: Vec<(u64, &RunRecord)> = wanted.by_ref().take(limit).collect();
        let cursor = match (wanted.next(), shown.last()) {
            (Some(_), Some((last, _))) => ChangeCursor(*last),
            (Some(_), None) => after,
            (None, _) => present,
        };
        Ok(RunChanges {
            runs: shown.into_iter().map(|(_, run)| run.clone()).collect(),
            cursor,
        })
    }
}
