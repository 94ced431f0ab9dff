//! Events on their way out: writing them, and the shape in which they are read.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};
use store::{EventSource, OutboxEvent};
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::{Place, UuidBytes, integer, micros};

const SEND: &str = "INSERT INTO outbox (id, company_id, number, event_type, run_id, node_id, correlation_id,
        created_at, data, partition, traceparent, payment_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

const NOTE_WRITTEN: &str = "INSERT INTO outbox_progress (company_id, partition, written) VALUES (?1, ?2, ?3)
    ON CONFLICT (company_id) DO UPDATE SET partition = excluded.partition, written = excluded.written";

/// An event's columns.
pub(crate) const EVENT: &str = "id, company_id, number, event_type, run_id, node_id, correlation_id, created_at, \
     data, partition, traceparent, payment_id";

/// An event as it was read.
pub(crate) struct OutboxRow {
    id: UuidBytes,
    company_id: UuidBytes,
    number: i64,
    event_type: String,
    run_id: Option<UuidBytes>,
    node_id: Option<String>,
    correlation_id: String,
    created_at: i64,
    data: String,
    partition: i64,
    traceparent: Option<String>,
    payment_id: Option<UuidBytes>,
}

impl OutboxRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            company_id: row.get(1)?,
            number: row.get(2)?,
            event_type: row.get(3)?,
            run_id: row.get(4)?,
            node_id: row.get(5)?,
            correlation_id: row.get(6)?,
            created_at: row.get(7)?,
            data: row.get(8)?,
            partition: row.get(9)?,
            traceparent: row.get(10)?,
            payment_id: row.get(11)?,
        })
    }
}

impl TryFrom<OutboxRow> for OutboxEvent {
    type Error = Fault;

    fn try_from(row: OutboxRow) -> Result<Self, Fault> {
        let place = Place::new("outbox", row.id);
        let [run_id, payment_id] = [row.run_id, row.payment_id].map(|id| id.map(Uuid::from_bytes));
        let source = EventSource::of(run_id, row.node_id, payment_id);
        Ok(Self {
            id: place.id,
            company_id: Uuid::from_bytes(row.company_id),
            number: place.number(row.number)?,
            partition: place.number(row.partition)?,
            event_type: row.event_type,
            data: row.data,
            source: source
                .ok_or_else(|| place.corrupt(&"it was sent by a node or by a payment, not by both"))?,
            correlation_id: row.correlation_id,
            traceparent: row.traceparent,
            created_at: place.time(row.created_at)?,
        })
    }
}

/// Stores events to send out, in order.
pub(crate) fn send(connection: &Connection, events: &[OutboxEvent]) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached(SEND)?;
    for event in events {
        insert.execute(params![
            event.id.as_bytes(),
            event.company_id.as_bytes(),
            integer(event.number)?,
            event.event_type,
            event.source.run_id().map(Uuid::into_bytes),
            event.source.node_id(),
            event.correlation_id,
            micros(event.created_at),
            event.data,
            event.partition,
            event.traceparent,
            event.source.payment_id().map(Uuid::into_bytes),
        ])?;
    }
    note_written(connection, events)
}

/// Notes of each company up to which number there are events now.
fn note_written(connection: &Connection, events: &[OutboxEvent]) -> Result<(), Fault> {
    let mut written = BTreeMap::new();
    for event in events {
        written.insert(event.company_id, (event.partition, event.number));
    }
    let mut note = connection.prepare_cached(NOTE_WRITTEN)?;
    for (company_id, (partition, number)) in written {
        note.execute(params![company_id.as_bytes(), partition, integer(number)?])?;
    }
    Ok(())
}

/// What a run sent out, in order.
pub(crate) fn of_run(connection: &Connection, run_id: Uuid) -> Result<Vec<OutboxEvent>, Fault> {
    let sql = format!("SELECT {EVENT} FROM outbox WHERE run_id = ?1 ORDER BY sequence");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([run_id.as_bytes()], OutboxRow::read)?;
    rows.map(|row| row?.try_into()).collect()
}
