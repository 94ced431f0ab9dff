//! Runs as rows: writing them, and the shape in which they are read.

use rusqlite::{Connection, Row, params};
use store::{RunError, RunRecord, RunStatus};
use uuid::Uuid;

use crate::claims::Claimed;
use crate::fault::Fault;
use crate::value::{Place, UuidBytes, integer, micros};

const WRITE: &str =
    "INSERT INTO runs (id, claim_number, company_id, rule_id, rule_name, rule_version, revision, status,
        error_code, error_message, error_node_id, correlation_id, accepted_at, started_at, finished_at, nodes,
        traceparent)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

const TAKE_REVISIONS: &str = "UPDATE run_revision SET last = last + ?1 RETURNING last";

/// A run's columns as lists show them; the tables are `r` (runs) and `c` (claims). What follows is column 18.
pub(crate) const RUN: &str = "r.number, r.revision, r.id, c.id, r.company_id, c.event_id, r.rule_id, r.rule_name, \
     r.rule_version, r.status, r.error_code, r.error_message, r.error_node_id, r.correlation_id, r.accepted_at, \
     r.started_at, r.finished_at, r.traceparent";

/// Where the columns begin that follow those of a run.
pub(crate) const AFTER_RUN: usize = 18;

/// A run as it was read.
pub(crate) struct RunRow {
    pub(crate) number: i64,
    pub(crate) revision: i64,
    id: UuidBytes,
    claim_id: UuidBytes,
    company_id: UuidBytes,
    event_id: String,
    rule_id: UuidBytes,
    rule_name: String,
    rule_version: i64,
    status: String,
    error_code: Option<String>,
    error_message: Option<String>,
    error_node_id: Option<String>,
    correlation_id: String,
    pub(crate) accepted_at: i64,
    started_at: i64,
    finished_at: Option<i64>,
    traceparent: Option<String>,
    pub(crate) nodes: String,
}

impl RunRow {
    /// Reads a run without its nodes.
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            revision: row.get(1)?,
            id: row.get(2)?,
            claim_id: row.get(3)?,
            company_id: row.get(4)?,
            event_id: row.get(5)?,
            rule_id: row.get(6)?,
            rule_name: row.get(7)?,
            rule_version: row.get(8)?,
            status: row.get(9)?,
            error_code: row.get(10)?,
            error_message: row.get(11)?,
            error_node_id: row.get(12)?,
            correlation_id: row.get(13)?,
            accepted_at: row.get(14)?,
            started_at: row.get(15)?,
            finished_at: row.get(16)?,
            traceparent: row.get(17)?,
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
            id: place.id,
            claim_id: Uuid::from_bytes(row.claim_id),
            company_id: Uuid::from_bytes(row.company_id),
            event_id: row.event_id,
            rule_id: Uuid::from_bytes(row.rule_id),
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

/// Writes new runs, each under the next revision.
pub(crate) fn write(connection: &Connection, runs: &[RunRecord], claimed: &Claimed) -> Result<(), Fault> {
    if runs.is_empty() {
        return Ok(());
    }
    let first = take_revisions(connection, runs.len())?;
    let mut insert = connection.prepare_cached(WRITE)?;
    for (revision, run) in (first..).zip(runs) {
        let error = run.error.as_ref();
        insert.execute(params![
            run.id.as_bytes(),
            claimed.number_of(connection, run)?,
            run.company_id.as_bytes(),
            run.rule_id.as_bytes(),
            run.rule_name,
            run.rule_version,
            revision,
            run.status.as_str(),
            error.map(|error| &error.code),
            error.map(|error| &error.message),
            error.and_then(|error| error.node_id.as_ref()),
            run.correlation_id,
            micros(run.accepted_at),
            micros(run.started_at),
            run.finished_at.map(micros),
            run.nodes,
            run.traceparent,
        ])?;
    }
    Ok(())
}

/// Takes as many revisions as there are runs; the first of them.
fn take_revisions(connection: &Connection, runs: usize) -> Result<i64, Fault> {
    let runs = integer(u64::try_from(runs).unwrap_or(u64::MAX))?;
    let last: i64 = connection
        .prepare_cached(TAKE_REVISIONS)?
        .query_row([runs], |row| row.get(0))?;
    Ok(last - runs + 1)
}
