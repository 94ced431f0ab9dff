//! What happened to payments: written once, and never changed.

use std::collections::BTreeSet;

use ledger::{Money, PaymentEvent, PaymentState};
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{AnswerKey, KeptRequest, KnownRequest, Page, PageRequest, PaymentRecord, StoredPaymentEvent};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{cut, rows_to_read};
use crate::value::{Place, UuidBytes, integer, micros, optional_uuid};

const KEEP: &str =
    "INSERT INTO payment_events (payment_id, number, id, company_id, state, amount, transaction_id, reason,
        created_at, route, key, fingerprint)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

const REQUEST: &str = "SELECT payment_id, fingerprint FROM payment_events
    WHERE company_id = ?1 AND route = ?2 AND key = ?3";

const ALL: &str = "SELECT state, amount FROM payment_events WHERE payment_id = ?1 ORDER BY number";

/// An id that the payment does not have ends the list.
const LIST: &str =
    "SELECT id, number, state, amount, transaction_id, reason, created_at, route, key, fingerprint
    FROM payment_events WHERE payment_id = ?1
        AND (?2 IS NULL OR number < (SELECT number FROM payment_events WHERE id = ?2 AND payment_id = ?1))
    ORDER BY number DESC LIMIT ?3";

/// An event as it was read.
struct EventRow {
    id: UuidBytes,
    number: i64,
    state: String,
    amount: Option<i64>,
    transaction_id: Option<UuidBytes>,
    reason: Option<String>,
    created_at: i64,
    route: Option<String>,
    key: Option<String>,
    fingerprint: Option<[u8; 32]>,
}

impl EventRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            state: row.get(2)?,
            amount: row.get(3)?,
            transaction_id: row.get(4)?,
            reason: row.get(5)?,
            created_at: row.get(6)?,
            route: row.get(7)?,
            key: row.get(8)?,
            fingerprint: row.get(9)?,
        })
    }

    /// The event of a payment.
    fn of(self, payment: &PaymentRecord) -> Result<StoredPaymentEvent, Fault> {
        let place = Place::new("payment_events", self.id);
        let company_id = payment.company_id;
        let request = self.route.zip(self.key).zip(self.fingerprint);
        Ok(StoredPaymentEvent {
            id: place.id,
            payment_id: payment.id,
            company_id,
            number: place.number(self.number)?,
            event: happened(place, payment, &self.state, self.amount)?,
            transaction_id: optional_uuid(self.transaction_id),
            reason: self.reason,
            request: request.map(|((route, key), fingerprint)| KeptRequest {
                key: AnswerKey {
                    company_id,
                    route,
                    key,
                },
                fingerprint,
            }),
            created_at: place.time(self.created_at)?,
        })
    }
}

fn happened(
    place: Place,
    payment: &PaymentRecord,
    state: &str,
    amount: Option<i64>,
) -> Result<PaymentEvent, Fault> {
    let currency = payment.life.amount().currency();
    Ok(PaymentEvent {
        state: place.known(PaymentState::from_name(state), state)?,
        amount: amount.map(|minor| Money::new(minor, currency)),
    })
}

/// Keeps what happened.
pub(crate) fn keep(connection: &Connection, events: &[StoredPaymentEvent]) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached(KEEP)?;
    for event in events {
        let request = event.request.as_ref();
        insert.execute(params![
            event.payment_id.as_bytes(),
            integer(event.number)?,
            event.id.as_bytes(),
            event.company_id.as_bytes(),
            event.event.state.name(),
            event.event.amount.map(Money::minor),
            event.transaction_id.as_ref().map(Uuid::as_bytes),
            event.reason,
            micros(event.created_at),
            request.map(|request| &request.key.route),
            request.map(|request| &request.key.key),
            request.map(|request| request.fingerprint),
        ])?;
    }
    Ok(())
}

/// The requests of these keys that were carried out before.
pub(crate) fn known(connection: &Connection, keys: &BTreeSet<AnswerKey>) -> Result<Vec<KnownRequest>, Fault> {
    let mut statement = connection.prepare_cached(REQUEST)?;
    let mut requests = Vec::new();
    for key in keys {
        let found = statement
            .query_row(params![key.company_id.as_bytes(), key.route, key.key], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((payment_id, fingerprint)) = found {
            requests.push(KnownRequest {
                request: KeptRequest {
                    key: key.clone(),
                    fingerprint,
                },
                payment_id: Uuid::from_bytes(payment_id),
            });
        }
    }
    Ok(requests)
}

/// All that happened to a payment, in its order.
pub(crate) fn all(connection: &Connection, payment: &PaymentRecord) -> Result<Vec<PaymentEvent>, Fault> {
    let place = Place {
        table: "payment_events",
        id: payment.id,
    };
    let mut statement = connection.prepare_cached(ALL)?;
    let rows = statement.query_map([payment.id.as_bytes()], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?))
    })?;
    let events = rows.map(|row| {
        let (state, amount) = row?;
        happened(place, payment, &state, amount)
    });
    events.collect()
}

/// Lists what happened to a payment, newest first.
pub(crate) fn list(
    connection: &Connection,
    payment: &PaymentRecord,
    page: PageRequest,
) -> Result<Page<StoredPaymentEvent>, Fault> {
    let after = page.after.map(Uuid::into_bytes);
    let mut statement = connection.prepare_cached(LIST)?;
    let rows = statement.query_map(
        params![payment.id.as_bytes(), after, rows_to_read(page)],
        EventRow::read,
    )?;
    let events = rows.map(|row| row?.of(payment));
    Ok(cut(events.collect::<Result<_, Fault>>()?, page, |event| event.id))
}
