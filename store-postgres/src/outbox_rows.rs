//! Events on their way out, as rows: writing them, and the shape in which they are read.

use std::collections::BTreeMap;

use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{FromRow, PgConnection, Row};
use store::{EventSource, OutboxEvent};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::shaped;
use crate::statement::Statement;
use crate::value::{Moment, Place, integer};

/// An event's columns; the table is `o`.
macro_rules! event_columns {
    () => {
        "o.id, o.company_id, o.number, o.partition, o.event_type, o.data::text, o.run_id, o.node_id, \
         o.payment_id, o.correlation_id, o.traceparent, o.created_at"
    };
}
pub(crate) use event_columns;

/// A company's progress gets its row with its first event, and follows the company to another partition.
const FOLLOW: &str = "INSERT INTO outbox_progress (company_id, partition)
    SELECT c.company_id, c.partition FROM unnest($1::uuid[], $2::integer[]) AS c (company_id, partition)
    WHERE NOT EXISTS (
        SELECT FROM outbox_progress p WHERE p.company_id = c.company_id AND p.partition = c.partition
    )
    ON CONFLICT (company_id) DO UPDATE SET partition = excluded.partition";

const SEND: &str = "INSERT INTO outbox (id, company_id, number, partition, event_type, data, run_id, node_id, payment_id, correlation_id,
        traceparent, created_at)
    SELECT e.id, e.company_id, e.number, e.partition, e.event_type, e.data::json, e.run_id, e.node_id, e.payment_id,
        e.correlation_id, e.traceparent, e.created_at
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::uuid[], $8::text[],
        $9::uuid[], $10::text[], $11::text[], $12::timestamptz[])
        AS e (id, company_id, number, partition, event_type, data, run_id, node_id, payment_id, correlation_id,
            traceparent, created_at)";

const OF_RUN: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM outbox o WHERE o.run_id = $1 ORDER BY o.number"
);

/// An event as it was read.
pub(crate) struct OutboxRow {
    id: Uuid,
    company_id: Uuid,
    number: i64,
    partition: i32,
    event_type: String,
    data: String,
    run_id: Option<Uuid>,
    node_id: Option<String>,
    payment_id: Option<Uuid>,
    correlation_id: String,
    traceparent: Option<String>,
    created_at: Moment,
}

impl FromRow<'_, PgRow> for OutboxRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            company_id: row.try_get(1)?,
            number: row.try_get(2)?,
            partition: row.try_get(3)?,
            event_type: row.try_get(4)?,
            data: row.try_get(5)?,
            run_id: row.try_get(6)?,
            node_id: row.try_get(7)?,
            payment_id: row.try_get(8)?,
            correlation_id: row.try_get(9)?,
            traceparent: row.try_get(10)?,
            created_at: row.try_get(11)?,
        })
    }
}

impl TryFrom<OutboxRow> for OutboxEvent {
    type Error = Fault;

    fn try_from(row: OutboxRow) -> Result<Self, Fault> {
        let place = Place::new("outbox", row.id);
        let source = EventSource::of(row.run_id, row.node_id, row.payment_id);
        Ok(Self {
            id: row.id,
            company_id: row.company_id,
            number: place.number(row.number)?,
            partition: place.number(i64::from(row.partition))?,
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

/// Stores events to send out.
pub(crate) fn send(statement: &mut Statement, events: &[OutboxEvent]) -> Result<(), Fault> {
    if events.is_empty() {
        return Ok(());
    }
    let all = || events.iter();
    let numbers: Vec<i64> = all()
        .map(|event| integer(event.number))
        .collect::<Result<_, _>>()?;
    let partitions: BTreeMap<Uuid, u16> = all().map(|event| (event.company_id, event.partition)).collect();
    statement
        .part("followed", FOLLOW)
        .bind(partitions.keys().copied().bind_iter())
        .bind(partitions.values().copied().map(i32::from).bind_iter());
    statement
        .part("sent", SEND)
        .bind(all().map(|event| event.id).bind_iter())
        .bind(all().map(|event| event.company_id).bind_iter())
        .bind(numbers)
        .bind(all().map(|event| i32::from(event.partition)).bind_iter())
        .bind(all().map(|event| event.event_type.as_str()).bind_iter())
        .bind(all().map(|event| event.data.as_str()).bind_iter())
        .bind(all().map(|event| event.source.run_id()).bind_iter())
        .bind(all().map(|event| event.source.node_id()).bind_iter())
        .bind(all().map(|event| event.source.payment_id()).bind_iter())
        .bind(all().map(|event| event.correlation_id.as_str()).bind_iter())
        .bind(all().map(|event| event.traceparent.as_deref()).bind_iter())
        .bind(all().map(|event| Moment::from(event.created_at)).bind_iter());
    Ok(())
}

/// What a run sent out, in order.
pub(crate) async fn of_run(connection: &mut PgConnection, run_id: Uuid) -> Result<Vec<OutboxEvent>, Fault> {
    let rows: Vec<OutboxRow> = sqlx::query_as(OF_RUN).bind(run_id).fetch_all(connection).await?;
    shaped(rows)
}
