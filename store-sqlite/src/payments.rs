//! Payments: the rows of what they are now, and lists of them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use ledger::PaymentState;
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{
    Page, PageRequest, PaymentFilter, PaymentHistory, PaymentPage, PaymentRecord, PaymentRow, Payments,
    StoreError, StoredPaymentEvent,
};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{before, cut, rows_to_read};
use crate::query::Query;
use crate::value::{integer, micros, optional_uuid};
use crate::{SqliteStore, accounts, holds, payment_events, transactions};

/// A payment's columns.
const PAYMENT: &str = "id, company_id, payment_type, source_account_id, destination_account_id, authorizing, capturing, \
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

fn read(row: &Row<'_>) -> rusqlite::Result<PaymentRow> {
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

fn shaped(rows: impl IntoIterator<Item = PaymentRow>) -> Result<Vec<PaymentRecord>, Fault> {
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

fn find(connection: &Connection, payment_id: Uuid) -> Result<Option<PaymentRecord>, Fault> {
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

/// Lists payments. Those of an account are looked for from either side, each by its own index.
fn list(
    connection: &Connection,
    filter: &PaymentFilter,
    page: PageRequest,
) -> Result<Page<PaymentRecord>, Fault> {
    // Without an account either side is all there is.
    let sides = ["source_account_id = ?", "destination_account_id = ?"];
    let looked_at = if filter.account_id.is_some() { 2 } else { 1 };
    let mut payments = Vec::new();
    for side in sides.into_iter().take(looked_at) {
        payments.extend(list_side(connection, filter, side, page)?);
    }
    payments.sort_unstable_by_key(|payment: &PaymentRecord| Reverse(payment.id));
    Ok(cut(payments, page, |payment| payment.id))
}

fn list_side(
    connection: &Connection,
    filter: &PaymentFilter,
    side: &str,
    page: PageRequest,
) -> Result<Vec<PaymentRecord>, Fault> {
    let (before, limit) = (before(page).into_bytes(), rows_to_read(page));
    let company_id = filter.company_id.map(Uuid::into_bytes);
    let account_id = filter.account_id.map(Uuid::into_bytes);
    let state = filter.state.map(PaymentState::name);
    let (from, to) = (filter.created.from.map(micros), filter.created.to.map(micros));
    let rows = Query::new(format!("SELECT {PAYMENT} FROM payments"))
        .and("id < ?", &[&before])
        .and_if(side, account_id.as_ref())
        .and_if("company_id = ?", company_id.as_ref())
        .and_if("state = ?", state.as_ref())
        .and_if("provider = ?", filter.provider.as_ref())
        .and_if("created_at >= ?", from.as_ref())
        .and_if("created_at < ?", to.as_ref())
        .ordered("id DESC", &limit)
        .fetch(connection, read)?;
    shaped(rows)
}

fn page_of_all(connection: &Connection, behind: Option<Uuid>, limit: u32) -> Result<PaymentPage, Fault> {
    let sql = format!("SELECT {PAYMENT} FROM payments WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let behind = behind.unwrap_or_default();
    let rows = statement.query_map(params![behind.as_bytes(), limit], read)?;
    let payments = shaped(rows.collect::<rusqlite::Result<Vec<_>>>()?)?;
    let account_ids: BTreeSet<Uuid> = payments.iter().flat_map(PaymentRecord::accounts).collect();
    let hold_ids: BTreeSet<Uuid> = payments.iter().filter_map(|payment| payment.hold_id).collect();
    let histories = payments.into_iter().map(|payment| {
        let events = payment_events::all(connection, &payment)?;
        Ok(PaymentHistory { payment, events })
    });
    let histories = histories.collect::<Result<Vec<_>, Fault>>()?;
    let transaction_ids = histories
        .iter()
        .flat_map(PaymentHistory::transaction_ids)
        .collect();
    Ok(PaymentPage {
        accounts: accounts::find_all(connection, &account_ids)?,
        holds: holds::find_all(connection, &hold_ids)?,
        transactions: transactions::find_all(connection, &transaction_ids)?,
        histories,
    })
}

#[async_trait]
impl Payments for SqliteStore {
    async fn find_payment(&self, payment_id: Uuid) -> Result<Option<PaymentRecord>, StoreError> {
        self.read(move |connection| find(connection, payment_id)).await
    }

    async fn find_payments(&self, payment_ids: BTreeSet<Uuid>) -> Result<Vec<PaymentRecord>, StoreError> {
        self.read(move |connection| load(connection, &payment_ids)).await
    }

    async fn list_payments(
        &self,
        filter: PaymentFilter,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, StoreError> {
        self.read(move |connection| list(connection, &filter, page)).await
    }

    async fn list_payment_events(
        &self,
        payment_id: Uuid,
        page: PageRequest,
    ) -> Result<Page<StoredPaymentEvent>, StoreError> {
        self.read(move |connection| match find(connection, payment_id)? {
            Some(payment) => payment_events::list(connection, &payment, page),
            None => Ok(Page {
                items: Vec::new(),
                next: None,
            }),
        })
        .await
    }

    async fn payment_page(&self, behind: Option<Uuid>, limit: u32) -> Result<PaymentPage, StoreError> {
        self.read(move |connection| page_of_all(connection, behind, limit))
            .await
    }
}
