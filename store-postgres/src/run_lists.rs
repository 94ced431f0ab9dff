//! Lists of runs: newest first by when they were stored, or, for a stretch of time, by when they were accepted.

use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row};
use store::{Page, PageRequest, RecentRun, RunFilter, RunRecord, RunStatus};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{cut, nothing, rows_to_read, shaped};
use crate::run_rows::{RunRow, run_columns};
use crate::statistics::COMPANIES;
use crate::value::{Moment, Place as At};

/// The numbers of runs grow in the order in which they were stored, so that what arrives while somebody turns pages
/// stands before the first page (but for what another batch stores within the same moment). An id that is not there ends
/// the list.
const PLACE_OF: &str = "SELECT accepted_at, number FROM runs WHERE id = $1";

/// The last runs of each rule, all rules in one round trip. Not by `rule_id = asked.rule_id`: with that, the planner may
/// walk all runs by their numbers until it has found enough of a rule, which of an idle rule it never does. The range
/// leaves only the index by rule to read them in this order.
const RECENT: &str = "SELECT r.id, r.rule_id, r.status, r.accepted_at, r.finished_at
    FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (rule_id, place)
    CROSS JOIN LATERAL (
        SELECT id, rule_id, status, accepted_at, finished_at, number FROM runs
        WHERE rule_id BETWEEN asked.rule_id AND asked.rule_id ORDER BY rule_id DESC, number DESC LIMIT $2
    ) r
    ORDER BY asked.place, r.number DESC";

/// Where a page begins: behind this run.
#[derive(Clone, Copy)]
struct Place {
    accepted_at: Moment,
    number: i64,
}

impl FromRow<'_, PgRow> for Place {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            accepted_at: row.try_get(0)?,
            number: row.try_get(1)?,
        })
    }
}

/// Lists runs by the index that fits the filter best.
pub(crate) async fn list(
    connection: &mut PgConnection,
    filter: RunFilter,
    page: PageRequest,
) -> Result<Page<RunRecord>, Fault> {
    let behind = match page.after {
        None => None,
        Some(run_id) => {
            let place: Option<Place> = sqlx::query_as(PLACE_OF)
                .bind(run_id)
                .fetch_optional(&mut *connection)
                .await?;
            if place.is_none() {
                return Ok(nothing());
            }
            place
        }
    };
    let limit = rows_to_read(page);
    let mut query = if !filter.is_by_time() {
        by_number(&filter, behind, limit)
    } else if filter.event_id.is_some() {
        by_time(&filter, behind, limit)
    } else {
        let companies = companies(connection, &filter).await?;
        by_time_within(companies, &filter, behind, limit)
    };
    let rows: Vec<RunRow> = query.build_query_as().fetch_all(connection).await?;
    Ok(cut(shaped(rows)?, page, |run: &RunRecord| run.id))
}

/// The companies whose runs are listed.
async fn companies(connection: &mut PgConnection, filter: &RunFilter) -> Result<Vec<Uuid>, Fault> {
    match filter.company_id {
        Some(company_id) => Ok(vec![company_id]),
        None => Ok(sqlx::query_scalar(COMPANIES).fetch_all(connection).await?),
    }
}

fn by_number(filter: &RunFilter, behind: Option<Place>, limit: i64) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!("SELECT ", run_columns!(), " FROM runs r WHERE TRUE"));
    narrow(&mut query, filter);
    if let Some(company_id) = filter.company_id {
        query.push(" AND r.company_id = ").push_bind(company_id);
    }
    if let Some(place) = behind {
        query.push(" AND r.number < ").push_bind(place.number);
    }
    query.push(" ORDER BY r.number DESC LIMIT ").push_bind(limit);
    query
}

/// The few runs of an event within a stretch of time.
fn by_time(filter: &RunFilter, behind: Option<Place>, limit: i64) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!("SELECT ", run_columns!(), " FROM runs r WHERE TRUE"));
    narrow(&mut query, filter);
    if let Some(company_id) = filter.company_id {
        query.push(" AND r.company_id = ").push_bind(company_id);
    }
    within(&mut query, filter, behind);
    query
        .push(" ORDER BY r.accepted_at DESC, r.number DESC LIMIT ")
        .push_bind(limit);
    query
}

/// Times are indexed by company, so a page is put together from the newest of each. Those of one company are read from
/// the index in their order, and sorted only where they were accepted within the same microsecond.
fn by_time_within(
    companies: Vec<Uuid>,
    filter: &RunFilter,
    behind: Option<Place>,
    limit: i64,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!("SELECT ", run_columns!(), " FROM unnest("));
    query
        .push_bind(companies)
        .push("::uuid[]) AS listed (company_id) CROSS JOIN LATERAL (");
    query.push("SELECT r.* FROM runs r WHERE r.company_id = listed.company_id");
    narrow(&mut query, filter);
    within(&mut query, filter, behind);
    query
        .push(" ORDER BY r.accepted_at DESC, r.number DESC LIMIT ")
        .push_bind(limit);
    query
        .push(") r ORDER BY r.accepted_at DESC, r.number DESC LIMIT ")
        .push_bind(limit);
    query
}

/// A condition is in the text only if the filter asks for it, so that the index which fits the filter is used.
fn narrow(query: &mut QueryBuilder<Postgres>, filter: &RunFilter) {
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
        of_event(query, event_id, filter.company_id);
    }
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

fn within(query: &mut QueryBuilder<Postgres>, filter: &RunFilter, behind: Option<Place>) {
    if let Some(from) = filter.accepted_from {
        query.push(" AND r.accepted_at >= ").push_bind(Moment::from(from));
    }
    if let Some(before) = filter.accepted_before {
        query
            .push(" AND r.accepted_at < ")
            .push_bind(Moment::from(before));
    }
    if let Some(Place { accepted_at, number }) = behind {
        // The first comparison is what the index is entered by.
        query.push(" AND r.accepted_at <= ").push_bind(accepted_at);
        query
            .push(" AND (r.accepted_at, r.number) < (")
            .push_bind(accepted_at);
        query.push(", ").push_bind(number).push(")");
    }
}

/// A run as it is shown among the last of its rule.
struct RecentRow {
    id: Uuid,
    rule_id: Uuid,
    status: String,
    accepted_at: Moment,
    finished_at: Option<Moment>,
}

impl FromRow<'_, PgRow> for RecentRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            rule_id: row.try_get(1)?,
            status: row.try_get(2)?,
            accepted_at: row.try_get(3)?,
            finished_at: row.try_get(4)?,
        })
    }
}

impl TryFrom<RecentRow> for RecentRun {
    type Error = Fault;

    fn try_from(row: RecentRow) -> Result<Self, Fault> {
        let place = At::new("runs", row.id);
        Ok(Self {
            id: row.id,
            rule_id: row.rule_id,
            status: place.known(RunStatus::from_name(&row.status), &row.status)?,
            accepted_at: place.time(row.accepted_at)?,
            finished_at: place.optional_time(row.finished_at)?,
        })
    }
}

/// The last runs of each rule.
pub(crate) async fn recent(
    connection: &mut PgConnection,
    rule_ids: Vec<Uuid>,
    per_rule: u32,
) -> Result<Vec<RecentRun>, Fault> {
    let rows: Vec<RecentRow> = sqlx::query_as(RECENT)
        .bind(rule_ids)
        .bind(i64::from(per_rule))
        .fetch_all(connection)
        .await?;
    shaped(rows)
}
