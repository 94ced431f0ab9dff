//! Runs: lists, details, and what changed.

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{
    ChangeCursor, Page, PageRequest, RunChanges, RunDetails, RunFilter, RunRecord, RunStatus, Runs,
    StoreError,
};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{cut, rows_to_read};
use crate::query::Query;
use crate::run_rows::{AFTER_RUN, RUN, RunRow};
use crate::value::{UuidBytes, integer};
use crate::{SqliteStore, outbox, transactions};

/// The numbers of runs grow in the order in which they were stored, so that what arrives while somebody turns pages
/// stands before the first page. An id that is not there ends the list.
const PLACE_OF: &str = "SELECT number FROM runs WHERE id = ?1";

const LAST_REVISION: &str = "SELECT last FROM run_revision";

/// Which index a list is read by: the first of these that the filter allows. Each yields runs by their numbers.
fn tables(filter: &RunFilter) -> &'static str {
    let rare = filter.status.is_some_and(|status| status != RunStatus::Succeeded);
    match filter {
        RunFilter {
            event_id: Some(_), ..
        } => "claims c CROSS JOIN runs r INDEXED BY runs_by_claim ON r.claim_number = c.number",
        RunFilter {
            company_id: Some(_), ..
        } if rare => {
            "runs r INDEXED BY runs_by_company_status CROSS JOIN claims c ON c.number = r.claim_number"
        }
        _ if rare => "runs r INDEXED BY runs_by_status CROSS JOIN claims c ON c.number = r.claim_number",
        RunFilter { rule_id: Some(_), .. } => {
            "runs r INDEXED BY runs_by_rule CROSS JOIN claims c ON c.number = r.claim_number"
        }
        RunFilter {
            company_id: Some(_), ..
        } => "runs r INDEXED BY runs_by_company CROSS JOIN claims c ON c.number = r.claim_number",
        _ => "runs r NOT INDEXED CROSS JOIN claims c ON c.number = r.claim_number",
    }
}

/// A filter in the terms of the database, and the bounds of a page.
struct List {
    tables: &'static str,
    company_id: Option<UuidBytes>,
    status: Option<&'static str>,
    rule_id: Option<UuidBytes>,
    event_id: Option<String>,
    before: i64,
    limit: i64,
}

impl List {
    fn new(filter: RunFilter, before: i64, limit: i64) -> Self {
        Self {
            tables: tables(&filter),
            company_id: filter.company_id.map(Uuid::into_bytes),
            status: filter.status.map(RunStatus::as_str),
            rule_id: filter.rule_id.map(Uuid::into_bytes),
            event_id: filter.event_id,
            before,
            limit,
        }
    }

    fn query(&self) -> Query<'_> {
        let mut query = Query::new(format!("SELECT {RUN} FROM {}", self.tables))
            .and("r.number < ?", &[&self.before])
            .and_if("r.company_id = ?", self.company_id.as_ref())
            .and_if("r.status = ?", self.status.as_ref())
            .and_if("r.rule_id = ?", self.rule_id.as_ref())
            .and_if("c.event_id = ?", self.event_id.as_ref());
        if self
            .status
            .is_some_and(|status| status != RunStatus::Succeeded.as_str())
        {
            // Said again, because the indexes by status hold only those.
            query = query.and("r.status <> 'succeeded'", &[]);
        }
        if self.event_id.is_some() {
            query = query.and_if("c.company_id = ?", self.company_id.as_ref());
        }
        query.ordered("r.number DESC", &self.limit)
    }
}

fn list(connection: &Connection, filter: RunFilter, page: PageRequest) -> Result<Page<RunRecord>, Fault> {
    let Some(before) = place_of(connection, page.after)? else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    let list = List::new(filter, before, rows_to_read(page));
    let rows = list.query().fetch(connection, RunRow::read)?;
    let runs = rows
        .into_iter()
        .map(RunRecord::try_from)
        .collect::<Result<_, _>>()?;
    Ok(cut(runs, page, |run: &RunRecord| run.id))
}

/// The number below which a page begins.
fn place_of(connection: &Connection, after: Option<Uuid>) -> Result<Option<i64>, Fault> {
    let Some(run_id) = after else {
        return Ok(Some(i64::MAX));
    };
    let mut statement = connection.prepare_cached(PLACE_OF)?;
    Ok(statement
        .query_row([run_id.as_bytes()], |row| row.get(0))
        .optional()?)
}

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
        self.read(move |connection| list(connection, filter, page)).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::in_memory;

    fn plan(filter: &RunFilter) -> String {
        List::new(filter.clone(), i64::MAX, 50).query().plan(&in_memory())
    }

    #[test]
    fn lists_are_read_in_their_order_by_an_index() {
        let id = Some(Uuid::nil());
        for status in [None, Some(RunStatus::Succeeded), Some(RunStatus::Failed)] {
            for (company_id, rule_id) in [(None, None), (id, None), (None, id), (id, id)] {
                let filter = RunFilter {
                    company_id,
                    rule_id,
                    status,
                    event_id: None,
                };
                let plan = plan(&filter);
                assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
                let selective = company_id.or(rule_id).is_some() || status == Some(RunStatus::Failed);
                assert!(
                    plan.contains("USING INDEX runs_by_") || !selective,
                    "{filter:?}: {plan}"
                );
            }
        }
    }

    #[test]
    fn an_event_is_found_by_its_claim() {
        let filter = RunFilter {
            event_id: Some("e".to_owned()),
            ..RunFilter::default()
        };
        assert!(
            plan(&filter).contains("claims_event_id_company_id_key"),
            "{}",
            plan(&filter)
        );
    }
}
