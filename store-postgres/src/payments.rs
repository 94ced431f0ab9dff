//! Payments: the rows of what they are now. Whoever changes one holds its row, which is locked before everything else.

use std::collections::BTreeSet;

use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{FromRow, PgConnection, Row};
use store::{PaymentRecord, PaymentRow};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::shaped;
use crate::statement::Statement;
use crate::value::{Moment, integer};

/// A payment's columns; the table is `p`.
macro_rules! payment_columns {
    () => {
        "p.id, p.company_id, p.source_account_id, p.destination_account_id, p.hold_id, p.transaction_id, p.amount, \
         p.captured, p.refunded, p.events, p.created_at, p.updated_at, p.payment_type, p.state, p.currency, \
         p.authorizing, p.capturing, p.provider, p.decline_code, p.decline_detail, p.description, p.metadata::text, \
         p.exchange_currency, p.exchange_rate, p.exchange_rounding"
    };
}
pub(crate) use payment_columns;

const LOCK: &str = concat!(
    "SELECT ",
    payment_columns!(),
    " FROM payments p WHERE p.id = ANY($1) ORDER BY p.id FOR NO KEY UPDATE"
);

const FIND: &str = concat!("SELECT ", payment_columns!(), " FROM payments p WHERE p.id = $1");

const FIND_ALL: &str = concat!(
    "SELECT ",
    payment_columns!(),
    " FROM payments p WHERE p.id = ANY($1)"
);

const MAKE: &str = "INSERT INTO payments (id, company_id, source_account_id, destination_account_id, hold_id, transaction_id,
        amount, captured, refunded, events, created_at, updated_at, payment_type, state, currency, authorizing, capturing,
        provider, decline_code, decline_detail, description, metadata, exchange_currency, exchange_rate, exchange_rounding)
    SELECT n.id, n.company_id, n.source_account_id, n.destination_account_id, n.hold_id, n.transaction_id, n.amount,
        n.captured, n.refunded, n.events, n.created_at, n.updated_at, n.payment_type, n.state, n.currency, n.authorizing,
        n.capturing, n.provider, n.decline_code, n.decline_detail, n.description, n.metadata::json,
        n.exchange_currency, n.exchange_rate, n.exchange_rounding
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::bigint[],
        $9::bigint[], $10::bigint[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[], $15::text[],
        $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[],
        $25::text[])
        AS n (id, company_id, source_account_id, destination_account_id, hold_id, transaction_id, amount, captured, refunded,
            events, created_at, updated_at, payment_type, state, currency, authorizing, capturing, provider, decline_code,
            decline_detail, description, metadata, exchange_currency, exchange_rate, exchange_rounding)";

/// What never changes is not written. A payment goes on, or it is not what was read.
const CHANGE: &str = "UPDATE payments p SET hold_id = c.hold_id, transaction_id = c.transaction_id, captured = c.captured,
        refunded = c.refunded, events = c.events, updated_at = c.updated_at, state = c.state,
        decline_code = c.decline_code, decline_detail = c.decline_detail
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::text[],
        $9::text[], $10::text[])
        AS c (id, hold_id, transaction_id, captured, refunded, events, updated_at, state, decline_code, decline_detail)
    WHERE p.id = c.id AND p.events < c.events
    RETURNING 1";

/// A payment as it was read.
pub(crate) struct Read(PaymentRow);

impl FromRow<'_, PgRow> for Read {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let micros = |column: usize| row.try_get(column).map(Moment::as_micros);
        Ok(Self(PaymentRow {
            id: row.try_get(0)?,
            company_id: row.try_get(1)?,
            source_account_id: row.try_get(2)?,
            destination_account_id: row.try_get(3)?,
            hold_id: row.try_get(4)?,
            transaction_id: row.try_get(5)?,
            amount: row.try_get(6)?,
            captured: row.try_get(7)?,
            refunded: row.try_get(8)?,
            events: row.try_get(9)?,
            created_at_us: micros(10)?,
            updated_at_us: micros(11)?,
            payment_type: row.try_get(12)?,
            state: row.try_get(13)?,
            currency: row.try_get(14)?,
            authorizing: row.try_get(15)?,
            capturing: row.try_get(16)?,
            provider: row.try_get(17)?,
            decline_code: row.try_get(18)?,
            decline_detail: row.try_get(19)?,
            description: row.try_get(20)?,
            metadata: row.try_get(21)?,
            exchange_currency: row.try_get(22)?,
            exchange_rate: row.try_get(23)?,
            exchange_rounding: row.try_get(24)?,
        }))
    }
}

impl TryFrom<Read> for PaymentRecord {
    type Error = Fault;

    fn try_from(read: Read) -> Result<Self, Fault> {
        Ok(read.0.try_into()?)
    }
}

/// Locks and reads the payments that exist, in the order of their ids.
pub(crate) async fn load(
    connection: &mut PgConnection,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<PaymentRecord>, Fault> {
    read_all(connection, LOCK, ids).await
}

/// Reads the payments that exist, as they are now.
pub(crate) async fn find_all(
    connection: &mut PgConnection,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<PaymentRecord>, Fault> {
    read_all(connection, FIND_ALL, ids).await
}

async fn read_all(
    connection: &mut PgConnection,
    sql: &'static str,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<PaymentRecord>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Read> = sqlx::query_as(sql)
        .bind(ids.iter().copied().bind_iter())
        .fetch_all(connection)
        .await?;
    shaped(rows)
}

/// Reads a payment.
pub(crate) async fn find(
    connection: &mut PgConnection,
    payment_id: Uuid,
) -> Result<Option<PaymentRecord>, Fault> {
    let row: Option<Read> = sqlx::query_as(FIND)
        .bind(payment_id)
        .fetch_optional(connection)
        .await?;
    row.map(PaymentRecord::try_from).transpose()
}

/// Writes new payments.
pub(crate) fn make(statement: &mut Statement, payments: &[PaymentRecord]) -> Result<(), Fault> {
    if payments.is_empty() {
        return Ok(());
    }
    let all = || payments.iter();
    let lives = || payments.iter().map(|payment| payment.life.figures());
    let exchanges = || payments.iter().map(|payment| payment.exchange);
    statement
        .part("made_payments", MAKE)
        .bind(all().map(|payment| payment.id).bind_iter())
        .bind(all().map(|payment| payment.company_id).bind_iter())
        .bind(all().map(|payment| payment.source_account_id).bind_iter())
        .bind(all().map(|payment| payment.destination_account_id).bind_iter())
        .bind(all().map(|payment| payment.hold_id).bind_iter())
        .bind(all().map(|payment| payment.transaction_id).bind_iter())
        .bind(lives().map(|life| life.amount.minor()).bind_iter())
        .bind(lives().map(|life| life.captured.minor()).bind_iter())
        .bind(lives().map(|life| life.refunded.minor()).bind_iter())
        .bind(event_counts(payments)?)
        .bind(all().map(|payment| Moment::from(payment.created_at)).bind_iter())
        .bind(all().map(|payment| Moment::from(payment.updated_at)).bind_iter())
        .bind(all().map(|payment| payment.payment_type.as_str()).bind_iter())
        .bind(lives().map(|life| life.state.name()).bind_iter())
        .bind(lives().map(|life| life.amount.currency().code()).bind_iter())
        .bind(all().map(|payment| payment.authorization.as_str()).bind_iter())
        .bind(all().map(|payment| payment.capture.as_str()).bind_iter())
        .bind(all().map(|payment| payment.provider.as_deref()).bind_iter())
        .bind(all().map(decline_code).bind_iter())
        .bind(all().map(decline_detail).bind_iter())
        .bind(all().map(|payment| payment.description.as_deref()).bind_iter())
        .bind(all().map(|payment| payment.metadata.as_str()).bind_iter())
        .bind(exchanges().map(|it| it.map(|it| it.to().code())).bind_iter())
        .bind(
            exchanges()
                .map(|it| it.map(|it| it.rate().to_string()))
                .bind_iter(),
        )
        .bind(
            exchanges()
                .map(|it| it.map(|it| it.rounding().name()))
                .bind_iter(),
        );
    Ok(())
}

/// Writes what became of payments.
pub(crate) fn change(statement: &mut Statement, payments: &[PaymentRecord]) -> Result<(), Fault> {
    if payments.is_empty() {
        return Ok(());
    }
    let all = || payments.iter();
    let lives = || payments.iter().map(|payment| payment.life.figures());
    statement
        .part("changed_payments", CHANGE)
        .bind(all().map(|payment| payment.id).bind_iter())
        .bind(all().map(|payment| payment.hold_id).bind_iter())
        .bind(all().map(|payment| payment.transaction_id).bind_iter())
        .bind(lives().map(|life| life.captured.minor()).bind_iter())
        .bind(lives().map(|life| life.refunded.minor()).bind_iter())
        .bind(event_counts(payments)?)
        .bind(all().map(|payment| Moment::from(payment.updated_at)).bind_iter())
        .bind(lives().map(|life| life.state.name()).bind_iter())
        .bind(all().map(decline_code).bind_iter())
        .bind(all().map(decline_detail).bind_iter());
    statement.ask(
        "changed_payments",
        payments.len(),
        "a payment is not as it was read",
    );
    Ok(())
}

fn event_counts(payments: &[PaymentRecord]) -> Result<Vec<i64>, Fault> {
    let lives = payments.iter().map(|payment| payment.life.figures());
    lives.map(|life| integer(life.events)).collect()
}

fn decline_code(payment: &PaymentRecord) -> Option<&str> {
    payment.decline.as_ref().map(|decline| decline.code.as_str())
}

fn decline_detail(payment: &PaymentRecord) -> Option<&str> {
    payment.decline.as_ref().map(|decline| decline.detail.as_str())
}
