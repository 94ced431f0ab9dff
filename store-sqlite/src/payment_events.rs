//! What happened to payments: written once, and never changed.

use std::collections::BTreeSet;

use ledger::Money;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use store::{
    AnswerKey, KeptRequest, KnownRequest, Page, PageRequest, PaymentEventRow, PaymentRecord,
    StoredPaymentEvent,
};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{cut, rows_to_read};
use crate::value::{integer, micros, optional_uuid};

const KEEP: &str =
    "INSERT INTO payment_events (payment_id, number, id, company_id, state, amount, transaction_id, reason,
        created_at, route, key, fingerprint)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

/// An event's columns.
const EVENT: &str = "id, number, state, amount, transaction_id, reason, created_at, route, key, fingerprint";

const REQUEST: &str = "SELECT payment_id, fingerprint FROM payment_events
    WHERE company_id = ?1 AND route = ?2 AND key = ?3";

const ALL: &str = "WHERE payment_id = ?1 ORDER BY number";

/// An id that the payment does not have ends the list.
const LIST: &str = "WHERE payment_id = ?1
        AND (?2 IS NULL OR number < (SELECT number FROM payment_events WHERE id = ?2 AND payment_id = ?1))
    ORDER BY number DESC LIMIT ?3";

fn read(row: &Row<'_>) -> rusqlite::Result<PaymentEventRow> {
    Ok(PaymentEventRow {
        id: Uuid::from_bytes(row.get(0)?),
        number: row.get(1)?,
        state: row.get(2)?,
        amount: row.get(3)?,
        transaction_id: optional_uuid(row.get(4)?),
        reason: row.get(5)?,
        created_at_us: row.get(6)?,
        route: row.get(7)?,
        key: row.get(8)?,
        fingerprint: row.get(9)?,
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
pub(crate) fn all(
    connection: &Connection,
    payment: &PaymentRecord,
) -> Result<Vec<StoredPaymentEvent>, Fault> {
    select(connection, payment, ALL, [payment.id.as_bytes()])
}

/// The events of a payment that a condition holds for.
fn select(
    connection: &Connection,
    payment: &PaymentRecord,
    condition: &str,
    values: impl Params,
) -> Result<Vec<StoredPaymentEvent>, Fault> {
    let sql = format!("SELECT {EVENT} FROM payment_events {condition}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(values, read)?;
    rows.map(|row| Ok(row?.of(payment)?)).collect()
}

/// Lists what happened to a payment, newest first.
pub(crate) fn list(
    connection: &Connection,
    payment: &PaymentRecord,
    page: PageRequest,
) -> Result<Page<StoredPaymentEvent>, Fault> {
    let after = page.after.map(Uuid::into_bytes);
    let values = params![payment.id.as_bytes(), after, rows_to_read(page)];
    let events = select(connection, payment, LIST, values)?;
    Ok(cut(events, page, |event| event.id))
}
