//! Runs: details.

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{FromRow, PgConnection, Row};
use store::{
    ChangeCursor, Page, PageRequest, RecentRun, RunChanges, RunDetails, RunFilter, RunRecord, Runs,
    StoreError,
};
use uuid::Uuid;

use crate::changes::changes;
use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::run_rows::{AFTER_RUN, RunRow, run_columns};
use crate::unit::Begin;
use crate::{outbox_rows, run_lists, transactions};

const FIND: &str = concat!(
    "SELECT ",
    run_columns!(),
    ", r.nodes::text, b.body FROM runs r LEFT JOIN events b ON b.claim_id = r.claim_id WHERE r.id = $1"
);

async fn find(connection: &mut PgConnection, run_id: Uuid) -> Result<Option<RunDetails>, Fault> {
    let found = sqlx::query(FIND)
        .bind(run_id)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let mut run = RunRow::from_row(&found)?;
    run.nodes = found.try_get(AFTER_RUN)?;
    let body: Option<Vec<u8>> = found.try_get(AFTER_RUN + 1)?;
    Ok(Some(RunDetails {
        run: run.try_into()?,
        event: body.map(Bytes::from),
        transactions: transactions::of_run(connection, run_id).await?,
        events: outbox_rows::of_run(connection, run_id).await?,
    }))
}

#[async_trait]
impl Runs for PostgresStore {
    async fn list_runs(&self, filter: RunFilter, page: PageRequest) -> Result<Page<RunRecord>, StoreError> {
        self.read(move |connection| Box::pin(run_lists::list(connection, filter, page)))
            .await
    }

    async fn recent_runs(&self, rule_ids: Vec<Uuid>, per_rule: u32) -> Result<Vec<RecentRun>, StoreError> {
        self.read(move |connection| Box::pin(run_lists::recent(connection, rule_ids, per_rule)))
            .await
    }

    async fn find_run(&self, run_id: Uuid) -> Result<Option<RunDetails>, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(find(connection, run_id))
        })
        .await
    }

    async fn run_changes(
        &self,
        company_id: Option<Uuid>,
        after: Option<ChangeCursor>,
        limit: u32,
    ) -> Result<RunChanges, StoreError> {
        self.read(move |connection| Box::pin(changes(connection, company_id, after, limit)))
            .await
    }
}
