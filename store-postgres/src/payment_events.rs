//! What happened to payments: written once, and never changed.

use std::collections::{BTreeSet, HashMap};

use ledger::Money;
use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{FromRow, PgConnection, Row};
use store::{
    AnswerKey, KeptRequest, KnownRequest, Page, PageRequest, PaymentEventRow, PaymentRecord,
    StoredPaymentEvent,
};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{cut, rows_to_read};
use crate::statement::Statement;
use crate::value::{Moment, Place, integer};

const KEEP: &str = "INSERT INTO payment_events (payment_id, number, id, company_id, transaction_id, amount, created_at, state,
        reason, route, key, fingerprint)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::timestamptz[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::bytea[])";

const REQUESTS: &str = "SELECT e.company_id, e.route, e.key, e.fingerprint, e.payment_id
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k (company_id, route, key)
    JOIN payment_events e ON e.company_id = k.company_id AND e.route = k.route AND e.key = k.key";

/// An event's columns; the table is `e`.
macro_rules! event_columns {
    () => {
        "e.id, e.number, e.transaction_id, e.amount, e.created_at, e.state, e.reason, e.route, e.key, e.fingerprint"
    };
}

const ALL: &str = concat!(
    "SELECT ",
    event_columns!(),
    ", e.payment_id FROM payment_events e WHERE e.payment_id = ANY($1) ORDER BY e.payment_id, e.number"
);

/// An id that the payment does not have ends the list.
const LIST: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM payment_events e WHERE e.payment_id = $1
        AND ($2::uuid IS NULL
             OR e.number < (SELECT l.number FROM payment_events l WHERE l.id = $2 AND l.payment_id = $1))
    ORDER BY e.number DESC LIMIT $3"
);

/// The name of what keeps a request from being carried out twice.
pub(crate) const ASKED_BEFORE: &str = "payment_events_company_id_route_key_key";

/// An event as it was read.
struct Read(PaymentEventRow);

impl FromRow<'_, PgRow> for Read {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self(PaymentEventRow {
            id: row.try_get(0)?,
            number: row.try_get(1)?,
            transaction_id: row.try_get(2)?,
            amount: row.try_get(3)?,
            created_at_us: row.try_get(4).map(Moment::as_micros)?,
            state: row.try_get(5)?,
            reason: row.try_get(6)?,
            route: row.try_get(7)?,
            key: row.try_get(8)?,
            fingerprint: row.try_get(9)?,
        }))
    }
}

/// The same, with the payment that it happened to.
struct ReadOfAll {
    event: Read,
    payment_id: Uuid,
}

impl FromRow<'_, PgRow> for ReadOfAll {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            event: Read::from_row(row)?,
            payment_id: row.try_get(10)?,
        })
    }
}

/// Keeps what happened.
pub(crate) fn keep(statement: &mut Statement, events: &[StoredPaymentEvent]) -> Result<(), Fault> {
    if events.is_empty() {
        return Ok(());
    }
    let all = || events.iter();
    let requests = || events.iter().map(|event| event.request.as_ref());
    let numbers = all().map(|event| integer(event.number));
    let numbers = numbers.collect::<Result<Vec<i64>, _>>()?;
    statement
        .part("happened", KEEP)
        .bind(all().map(|event| event.payment_id).bind_iter())
        .bind(numbers)
        .bind(all().map(|event| event.id).bind_iter())
        .bind(all().map(|event| event.company_id).bind_iter())
        .bind(all().map(|event| event.transaction_id).bind_iter())
        .bind(
            all()
                .map(|event| event.event.amount.map(Money::minor))
                .bind_iter(),
        )
        .bind(all().map(|event| Moment::from(event.created_at)).bind_iter())
        .bind(all().map(|event| event.event.state.name()).bind_iter())
        .bind(all().map(|event| event.reason.as_deref()).bind_iter())
        .bind(
            requests()
                .map(|asked| asked.map(|asked| asked.key.route.as_str()))
                .bind_iter(),
        )
        .bind(
            requests()
                .map(|asked| asked.map(|asked| asked.key.key.as_str()))
                .bind_iter(),
        )
        .bind(
            requests()
                .map(|asked| asked.map(|asked| &asked.fingerprint[..]))
                .bind_iter(),
        );
    Ok(())
}

/// The requests of these keys that were carried out before.
pub(crate) async fn known(
    connection: &mut PgConnection,
    keys: &BTreeSet<AnswerKey>,
) -> Result<Vec<KnownRequest>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, String, Vec<u8>, Uuid)> = sqlx::query_as(REQUESTS)
        .bind(keys.iter().map(|key| key.company_id).bind_iter())
        .bind(keys.iter().map(|key| key.route.as_str()).bind_iter())
        .bind(keys.iter().map(|key| key.key.as_str()).bind_iter())
        .fetch_all(connection)
        .await?;
    let requests = rows
        .into_iter()
        .map(|(company_id, route, key, fingerprint, payment_id)| {
            let place = Place::new("payment_events", payment_id);
            let key = AnswerKey {
                company_id,
                route,
                key,
            };
            let fingerprint = place.sha256(&fingerprint)?;
            Ok(KnownRequest {
                request: KeptRequest { key, fingerprint },
                payment_id,
            })
        });
    requests.collect()
}

/// All that happened to payments, to each in its order.
pub(crate) async fn all(
    connection: &mut PgConnection,
    payments: &[PaymentRecord],
) -> Result<HashMap<Uuid, Vec<StoredPaymentEvent>>, Fault> {
    let by_id: HashMap<Uuid, &PaymentRecord> = payments.iter().map(|payment| (payment.id, payment)).collect();
    let rows: Vec<ReadOfAll> = sqlx::query_as(ALL)
        .bind(payments.iter().map(|payment| payment.id).bind_iter())
        .fetch_all(connection)
        .await?;
    let mut events: HashMap<Uuid, Vec<StoredPaymentEvent>> = HashMap::with_capacity(payments.len());
    for ReadOfAll { event, payment_id } in rows {
        // No other payment was asked for.
        if let Some(payment) = by_id.get(&payment_id) {
            events.entry(payment_id).or_default().push(event.0.of(payment)?);
        }
    }
    Ok(events)
}

/// Lists what happened to a payment, newest first.
pub(crate) async fn list(
    connection: &mut PgConnection,
    payment: &PaymentRecord,
    page: PageRequest,
) -> Result<Page<StoredPaymentEvent>, Fault> {
    let rows: Vec<Read> = sqlx::query_as(LIST)
        .bind(payment.id)
        .bind(page.after)
        .bind(rows_to_read(page))
        .fetch_all(connection)
        .await?;
    let events = rows.into_iter().map(|row| row.0.of(payment));
    Ok(cut(events.collect::<Result<_, _>>()?, page, |event| event.id))
}
