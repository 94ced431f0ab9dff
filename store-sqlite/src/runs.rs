//! Runs: details, and what changed.

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{
    ChangeCursor, Page, PageRequest, RecentRun, RunChanges, RunDetails, RunFilter, RunRecord, Runs,
    StoreError,
};
use uuid::Uuid;

use crate::fault::Fault;
use crate::run_rows::{AFTER_RUN, RUN, RunRow};
use crate::value::integer;
use crate::{SqliteStore, outbox, run_lists, transactions};

const LAST_REVISION: &str = "SELECT last FROM run_revision";

fn find(connection: &Connection, run_id: Uuid) -> Result<Option<RunDetails>, Fault> {
    let sql = format!(
        "SELECT {RUN}, r.nodes, b.body FROM runs r JOIN claims c ON c.number = r.claim_number
         LEFT JOIN events b ON b.claim_number = r.claim_number WHERE r.id = ?1"
    );
    let read = |row: &Row<'_>| {
        let mut run = RunRow::read(row)?;
        run.nodes = row.get(AFTER_RUN)?;
        let body: Option<Vec<u8>> = row.get(AFTER_RUN + 1)?;
        Ok((run, body))
    };
    let found = connection
        .prepare_cached(&sql)?
        .query_row([run_id.as_bytes()], read)
        .optional()?;
    let Some((run, body)) = found else {
        return Ok(None);
    };
    Ok(Some(RunDetails {
        run: run.try_into()?,
        event: body.map(Bytes::from),
        transactions: transactions::of_run(connection, run_id)?,
        events: outbox::of_run(connection, run_id)?,
    }))
}

fn changes(
    connection: &Connection,
    company_id: Option<Uuid>,
    after: Option<ChangeCursor>,
    limit: u32,
) -> Result<RunChanges, Fault> {
    let present: i64 = connection
        .prepare_cached(LAST_REVISION)?
        .query_row([], |row| row.get(0))?;
    let Some(ChangeCursor(after)) = after else {
        return Ok(RunChanges {
            runs: Vec::new(),
            cursor: cursor(present)?,
        });
    };
    let of_company = company_id.map_or("?3 IS NULL", |_| "r.company_id = ?3");
    let sql = format!(
        "SELECT {RUN} FROM runs r INDEXED BY runs_revision_company_id_key
         CROSS JOIN claims c ON c.number = r.claim_number
         WHERE r.revision > ?1 AND {of_company} ORDER BY r.revision LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let company_id = company_id.map(Uuid::into_bytes);
    let rows = statement.query_map(params![integer(after)?, limit, company_id], RunRow::read)?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    // A full page may have left out some; else nothing is left, and later calls need not look at it again.
    let full = u32::try_from(rows.len()).is_ok_and(|read| read >= limit);
    let seen = if full {
        rows.last().map(|row| row.revision)
    } else {
        Some(present)
    };
    let cursor = match seen {
        Some(seen) => cursor(seen)?,
        None => ChangeCursor(after),
    };
    let runs = rows
        .into_iter()
        .map(RunRecord::try_from)
        .collect::<Result<_, _>>()?;
    Ok(RunChanges { runs, cursor })
}

fn cursor(revision: i64) -> Result<ChangeCursor, Fault> {
    let revision = u64::try_from(revision);
    revision
        .map(ChangeCursor)
        .map_err(|error| Fault::corrupt("run_revision", &1, &error))
}

#[async_trait]
impl Runs for SqliteStore {
    async fn list_runs(&self, filter: RunFilter, page: PageRequest) -> Result<Page<RunRecord>, StoreError> {
        self.read(move |connection| run_lists::list(connection, filter, page))
            .await
    }

    async fn recent_runs(&self, rule_ids: Vec<Uuid>, per_rule: u32) -> Result<Vec<RecentRun>, StoreError> {
        self.read(move |connection| run_lists::recent(connection, &rule_ids, per_rule))
            .await
    }

    async fn find_run(&self, run_id: Uuid) -> Result<Option<RunDetails>, StoreError> {
        self.read(move |connection| find(connection, run_id)).await
    }

    async fn run_changes(
        &self,
        company_id: Option<Uuid>,
        after: Option<ChangeCursor>,
        limit: u32,
    ) -> Result<RunChanges, StoreError> {
        self.read(move |connection| changes(connection, company_id, after, limit))
            .await
    }
}
