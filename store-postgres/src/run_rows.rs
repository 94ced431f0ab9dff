//! Runs as rows: writing them, and the shape in which they are read.

use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{FromRow, Row};
use store::{RunError, RunRecord, RunStatus};
use uuid::Uuid;

use crate::fault::Fault;
use crate::statement::Statement;
use crate::value::{Moment, Place};

/// How many runs one batch may write: a revision has 20 bits for the place within it.
const MOST_RUNS: usize = (1 << 20) - 1;

const WRITE: &str =
    "INSERT INTO runs (id, claim_id, company_id, event_id, rule_id, rule_name, rule_version, revision, status, error_code,
        error_message, error_node_id, correlation_id, traceparent, accepted_at, started_at, finished_at, nodes)
    SELECT r.id, r.claim_id, r.company_id, r.event_id, r.rule_id, r.rule_name, r.rule_version, this.revision + r.place,
        r.status, r.error_code, r.error_message, r.error_node_id, r.correlation_id, r.traceparent, r.accepted_at,
        r.started_at, r.finished_at, r.nodes::json
    FROM (SELECT (base + pg_current_xact_id()::text::bigint) << 20 AS revision FROM run_revision) AS this
    CROSS JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::bigint[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[],
        $16::timestamptz[], $17::text[])
        WITH ORDINALITY AS r (id, claim_id, company_id, event_id, rule_id, rule_name, rule_version, status, error_code,
            error_message, error_node_id, correlation_id, traceparent, accepted_at, started_at, finished_at, nodes,
            place)";

/// A run's columns as lists show them; the table is `r`. What follows is column 18.
macro_rules! run_columns {
    () => {
        "r.number, r.revision, r.id, r.claim_id, r.company_id, r.event_id, r.rule_id, r.rule_name, r.rule_version, \
         r.status, r.error_code, r.error_message, r.error_node_id, r.correlation_id, r.traceparent, r.accepted_at, \
         r.started_at, r.finished_at"
    };
}
pub(crate) use run_columns;

/// Where the columns begin that follow those of a run.
pub(crate) const AFTER_RUN: usize = 18;

/// A run as it was read.
pub(crate) struct RunRow {
    pub(crate) revision: i64,
    id: Uuid,
    claim_id: Uuid,
    company_id: Uuid,
    event_id: String,
    rule_id: Uuid,
    rule_name: String,
    rule_version: i64,
    status: String,
    error_code: Option<String>,
    error_message: Option<String>,
    error_node_id: Option<String>,
    correlation_id: String,
    traceparent: Option<String>,
    accepted_at: Moment,
    started_at: Moment,
    finished_at: Option<Moment>,
    pub(crate) nodes: String,
}

/// Reads a run without its nodes.
impl FromRow<'_, PgRow> for RunRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            revision: row.try_get(1)?,
            id: row.try_get(2)?,
            claim_id: row.try_get(3)?,
            company_id: row.try_get(4)?,
            event_id: row.try_get(5)?,
            rule_id: row.try_get(6)?,
            rule_name: row.try_get(7)?,
            rule_version: row.try_get(8)?,
            status: row.try_get(9)?,
            error_code: row.try_get(10)?,
            error_message: row.try_get(11)?,
            error_node_id: row.try_get(12)?,
            correlation_id: row.try_get(13)?,
            traceparent: row.try_get(14)?,
            accepted_at: row.try_get(15)?,
            started_at: row.try_get(16)?,
            finished_at: row.try_get(17)?,
            nodes: String::new(),
        })
    }
}

impl TryFrom<RunRow> for RunRecord {
    type Error = Fault;

    fn try_from(row: RunRow) -> Result<Self, Fault> {
        let place = Place::new("runs", row.id);
        let node_id = row.error_node_id;
        let error = row.error_code.zip(row.error_message);
        Ok(Self {
            id: row.id,
            claim_id: row.claim_id,
            company_id: row.company_id,
            event_id: row.event_id,
            rule_id: row.rule_id,
            rule_name: row.rule_name,
            rule_version: place.number(row.rule_version)?,
            status: place.known(RunStatus::from_name(&row.status), &row.status)?,
            error: error.map(|(code, message)| RunError {
                code,
                message,
                node_id,
            }),
            nodes: row.nodes,
            correlation_id: row.correlation_id,
            traceparent: row.traceparent,
            accepted_at: place.time(row.accepted_at)?,
            started_at: place.time(row.started_at)?,
            finished_at: place.optional_time(row.finished_at)?,
        })
    }
}

/// Writes new runs, in their order, each under a revision of its own.
pub(crate) fn write(statement: &mut Statement, runs: &[RunRecord]) -> Result<(), Fault> {
    if runs.is_empty() {
        return Ok(());
    }
    if runs.len() > MOST_RUNS {
        return Err(Fault::refused(format!(
            "{} runs are too many for one batch",
            runs.len()
        )));
    }
    let all = || runs.iter();
    let errors = || runs.iter().map(|run| run.error.as_ref());
    statement
        .part("ran", WRITE)
        .bind(all().map(|run| run.id).bind_iter())
        .bind(all().map(|run| run.claim_id).bind_iter())
        .bind(all().map(|run| run.company_id).bind_iter())
        .bind(all().map(|run| run.event_id.as_str()).bind_iter())
        .bind(all().map(|run| run.rule_id).bind_iter())
        .bind(all().map(|run| run.rule_name.as_str()).bind_iter())
        .bind(all().map(|run| i64::from(run.rule_version)).bind_iter())
        .bind(all().map(|run| run.status.as_str()).bind_iter())
        .bind(errors().map(|error| Some(error?.code.as_str())).bind_iter())
        .bind(errors().map(|error| Some(error?.message.as_str())).bind_iter())
        .bind(errors().map(|error| error?.node_id.as_deref()).bind_iter())
        .bind(all().map(|run| run.correlation_id.as_str()).bind_iter())
        .bind(all().map(|run| run.traceparent.as_deref()).bind_iter())
        .bind(all().map(|run| Moment::from(run.accepted_at)).bind_iter())
        .bind(all().map(|run| Moment::from(run.started_at)).bind_iter())
        .bind(all().map(|run| run.finished_at.map(Moment::from)).bind_iter())
        .bind(all().map(|run| run.nodes.as_str()).bind_iter());
    Ok(())
}
