//! Payments: the rows of what they are now.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{PaymentRecord, PaymentRow};
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::{integer, micros, optional_uuid};

/// A payment's columns.
pub(crate) const PAYMENT: &str = "id, company_id, payment_type, source_account_id, destination_account_id, authorizing, capturing, \
     provider, description, metadata, amount, captured, refunded, currency, state, events, hold_id, transaction_id, \
     decline_code, decline_detail, created_at, updated_at, exchange_currency, exchange_rate, exchange_rounding";

const MAKE: &str = "INSERT INTO payments (id, company_id, payment_type, source_account_id, destination_account_id, authorizing,
        capturing, provider, description, metadata, amount, captured, refunded, currency, state, events, hold_id,
        transaction_id, decline_code, decline_detail, created_at, updated_at, exchange_currency, exchange_rate,
        exchange_rounding)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
        ?25)";

/// What never changes is not written. A payment goes on, or it is not what was read.
const CHANGE: &str =
    "UPDATE payments SET captured = ?2, refunded = ?3, state = ?4, events = ?5, hold_id = ?6,
        transaction_id = ?7, decline_code = ?8, decline_detail = ?9, updated_at = ?10
    WHERE id = ?1 AND events < ?5";

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<PaymentRow> {
    Ok(PaymentRow {
        id: Uuid::from_bytes(row.get(0)?),
        company_id: Uuid::from_bytes(row.get(1)?),
        payment_type: row.get(2)?,
        source_account_id: Uuid::from_bytes(row.get(3)?),
        destination_account_id: optional_uuid(row.get(4)?),
        authorizing: row.get(5)?,
        capturing: row.get(6)?,
        provider: row.get(7)?,
        description: row.get(8)?,
        metadata: row.get(9)?,
        amount: row.get(10)?,
        captured: row.get(11)?,
        refunded: row.get(12)?,
        currency: row.get(13)?,
        state: row.get(14)?,
        events: row.get(15)?,
        hold_id: optional_uuid(row.get(16)?),
        transaction_id: optional_uuid(row.get(17)?),
        decline_code: row.get(18)?,
        decline_detail: row.get(19)?,
        created_at_us: row.get(20)?,
        updated_at_us: row.get(21)?,
        exchange_currency: row.get(22)?,
        exchange_rate: row.get(23)?,
        exchange_rounding: row.get(24)?,
    })
}

pub(crate) fn shaped(rows: impl IntoIterator<Item = PaymentRow>) -> Result<Vec<PaymentRecord>, Fault> {
    let payments = rows.into_iter().map(PaymentRecord::try_from);
    Ok(payments.collect::<Result<_, _>>()?)
}

/// Reads the payments that exist.
pub(crate) fn load(connection: &Connection, ids: &BTreeSet<Uuid>) -> Result<Vec<PaymentRecord>, Fault> {
    let found = ids.iter().map(|id| find(connection, *id));
    Ok(found
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}

pub(crate) fn find(connection: &Connection, payment_id: Uuid) -> Result<Option<PaymentRecord>, Fault> {
    let sql = format!("SELECT {PAYMENT} FROM payments WHERE id = ?1");
    let row = connection
        .prepare_cached(&sql)?
        .query_row([payment_id.as_bytes()], read)
        .optional()?;
    Ok(row.map(PaymentRecord::try_from).transpose()?)
}

/// Writes new payments.
pub(crate) fn make(connection: &Connection, payments: &[PaymentRecord]) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached(MAKE)?;
    for payment in payments {
        let life = payment.life.figures();
        insert.execute(params![
            payment.id.as_bytes(),
            payment.company_id.as_bytes(),
            payment.payment_type.as_str(),
            payment.source_account_id.as_bytes(),
            payment.destination_account_id.as_ref().map(Uuid::as_bytes),
            payment.authorization.as_str(),
            payment.capture.as_str(),
            payment.provider,
            payment.description,
            payment.metadata,
            life.amount.minor(),
            life.captured.minor(),
            life.refunded.minor(),
            life.amount.currency().code(),
            life.state.name(),
            integer(life.events)?,
            payment.hold_id.as_ref().map(Uuid::as_bytes),
            payment.transaction_id.as_ref().map(Uuid::as_bytes),
            payment.decline.as_ref().map(|decline| &decline.code),
            payment.decline.as_ref().map(|decline| &decline.detail),
            micros(payment.created_at),
            micros(payment.updated_at),
            payment.exchange.map(|exchange| exchange.to().code()),
            payment.exchange.map(|exchange| exchange.rate().to_string()),
            payment.exchange.map(|exchange| exchange.rounding().name()),
        ])?;
    }
    Ok(())
}

/// Writes what became of payments.
pub(crate) fn change(connection: &Connection, payments: &[PaymentRecord]) -> Result<(), Fault> {
    let mut update = connection.prepare_cached(CHANGE)?;
    for payment in payments {
        let life = payment.life.figures();
        let updated = update.execute(params![
            payment.id.as_bytes(),
            life.captured.minor(),
            life.refunded.minor(),
            life.state.name(),
            integer(life.events)?,
            payment.hold_id.as_ref().map(Uuid::as_bytes),
            payment.transaction_id.as_ref().map(Uuid::as_bytes),
            payment.decline.as_ref().map(|decline| &decline.code),
            payment.decline.as_ref().map(|decline| &decline.detail),
            micros(payment.updated_at),
        ])?;
        if updated != 1 {
            return Err(Fault::refused(format!(
                "payment {} is not as it was read",
                payment.id
            )));
        }
    }
    Ok(())
}
