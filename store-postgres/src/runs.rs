//! Runs: lists and details.

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row};
use store::{
    ChangeCursor, Page, PageRequest, RunChanges, RunDetails, RunFilter, RunRecord, RunStatus, Runs,
    StoreError,
};
use uuid::Uuid;

use crate::changes::changes;
use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::pages::{cut, nothing, rows_to_read, shaped};
use crate::run_rows::{AFTER_RUN, RunRow, run_columns};
use crate::unit::Begin;
use crate::{outbox_rows, transactions};

/// The numbers of runs grow in the order in which they were stored, so that what arrives while somebody turns pages
/// stands before the first page (but for what another batch stores within the same moment). An id that is not there ends
/// the list.
const PLACE_OF: &str = "SELECT number FROM runs WHERE id = $1";

const FIND: &str = concat!(
    "SELECT ",
    run_columns!(),
    ", r.nodes::text, b.body FROM runs r LEFT JOIN events b ON b.claim_id = r.claim_id WHERE r.id = $1"
);

/// A condition is in the text only if the filter asks for it, so that the index which fits the filter is used.
fn list_query(filter: &RunFilter, before: i64, limit: i64) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        run_columns!(),
        " FROM runs r WHERE r.number < "
    ));
    query.push_bind(before);
    if let Some(company_id) = filter.company_id {
        query.push(" AND r.company_id = ").push_bind(company_id);
    }
    if let Some(rule_id) = filter.rule_id {
        query.push(" AND r.rule_id = ").push_bind(rule_id);
    }
    match filter.status {
        None => {}
        Some(RunStatus::Succeeded) => {
            query.push(" AND r.status = 'succeeded'");
        }
        Some(status) => {
            query.push(" AND r.status = ").push_bind(status.as_str());
            // Said again, because the indexes by status hold only those.
            query.push(" AND r.status <> 'succeeded'");
        }
    }
    if let Some(event_id) = &filter.event_id {
        of_event(&mut query, event_id, filter.company_id);
    }
    query.push(" ORDER BY r.number DESC LIMIT ").push_bind(limit);
    query
}

/// Finds the few claims on an event, and by them its runs.
fn of_event(query: &mut QueryBuilder<Postgres>, event_id: &str, company_id: Option<Uuid>) {
    query.push(" AND r.claim_id = ANY (ARRAY(SELECT c.id FROM claims c WHERE c.event_id = ");
    query.push_bind(event_id.to_owned());
    if let Some(company_id) = company_id {
        query.push(" AND c.company_id = ").push_bind(company_id);
    }
    query.push("))");
}

async fn list(
    connection: &mut PgConnection,
    filter: RunFilter,
    page: PageRequest,
) -> Result<Page<RunRecord>, Fault> {
    let Some(before) = place_of(connection, page.after).await? else {
        return Ok(nothing());
    };
    let mut query = list_query(&filter, before, rows_to_read(page));
    let rows: Vec<RunRow> = query.build_query_as().fetch_all(connection).await?;
    Ok(cut(shaped(rows)?, page, |run: &RunRecord| run.id))
}

/// The number below which a page begins.
async fn place_of(connection: &mut PgConnection, after: Option<Uuid>) -> Result<Option<i64>, Fault> {
    let Some(run_id) = after else {
        return Ok(Some(i64::MAX));
    };
    let number = sqlx::query_scalar(PLACE_OF)
        .bind(run_id)
        .fetch_optional(connection)
        .await?;
    Ok(number)
}

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
        self.read(move |connection| Box::pin(list(connection, filter, page)))
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
