//! Holds: amounts reserved until they are captured or freed.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use ledger::{AccountKey, Hold, HoldState, HoldStatus, Money};
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{DueHold, HoldFilter, Page, PageRequest, StoredHold};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{before, cut, rows_to_read};
use crate::query::Query;
use crate::value::{Place, UuidBytes};

/// A hold's columns.
pub(crate) const HOLD: &str =
    "id, company_id, account, to_account, currency, amount, captured, status, expires_at";

const PLACE: &str =
    "INSERT INTO holds (id, company_id, account, to_account, currency, amount, captured, status,
        expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const CHANGE: &str = "UPDATE holds SET captured = ?3, status = ?4 WHERE id = ?1 AND company_id = ?2";

const ACCOUNT_OF: &str = "SELECT id FROM accounts WHERE code = ?1 AND company_id = ?2 AND currency = ?3";

const DUE: &str = "SELECT company_id, id, expires_at FROM holds
    WHERE status = 'pending' AND expires_at IS NOT NULL AND expires_at <= ?1
        AND (?2 IS NULL OR (expires_at, id) > (?2, ?3))
    ORDER BY expires_at, id LIMIT ?4";

/// A hold as it was read.
pub(crate) struct HoldRow {
    id: UuidBytes,
    company_id: UuidBytes,
    account: String,
    to: String,
    currency: String,
    amount: i64,
    captured: Option<i64>,
    status: String,
    expires_at_ms: Option<i64>,
}

impl HoldRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            company_id: row.get(1)?,
            account: row.get(2)?,
            to: row.get(3)?,
            currency: row.get(4)?,
            amount: row.get(5)?,
            captured: row.get(6)?,
            status: row.get(7)?,
            expires_at_ms: row.get(8)?,
        })
    }
}

impl TryFrom<HoldRow> for Hold {
    type Error = Fault;

    fn try_from(row: HoldRow) -> Result<Self, Fault> {
        let place = Place::new("holds", row.id);
        let currency = place.currency(&row.currency)?;
        let state = HoldState {
            id: place.id,
            company_id: Uuid::from_bytes(row.company_id),
            account: place.code(row.account)?,
            to: place.code(row.to)?,
            amount: Money::new(row.amount, currency),
            captured: row.captured.map(|minor| Money::new(minor, currency)),
            status: place.hold_status(&row.status)?,
            expires_at_ms: row.expires_at_ms,
        };
        Self::from_state(state).map_err(|error| place.corrupt(&error))
    }
}

/// Reads the holds that exist, in the order of their keys. One that belongs to a payment is there only for who reads that
/// payment too: nobody else settles it.
pub(crate) fn load(
    connection: &Connection,
    keys: &BTreeSet<(Uuid, Uuid)>,
    payments: &BTreeSet<Uuid>,
) -> Result<Vec<Hold>, Fault> {
    let sql = format!("SELECT {HOLD} FROM holds WHERE id = ?2 AND company_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut holds = Vec::new();
    for (company_id, hold_id) in keys {
        let payment_id = payment_of(connection, *hold_id)?;
        if payment_id.is_some_and(|payment_id| !payments.contains(&payment_id)) {
            continue;
        }
        let row = statement
            .query_row([company_id.as_bytes(), hold_id.as_bytes()], HoldRow::read)
            .optional()?;
        if let Some(row) = row {
            holds.push(row.try_into()?);
        }
    }
    Ok(holds)
}

/// The payment that a hold belongs to, if it does.
fn payment_of(connection: &Connection, hold_id: Uuid) -> Result<Option<Uuid>, Fault> {
    let found: Option<UuidBytes> = connection
        .prepare_cached("SELECT id FROM payments WHERE hold_id = ?1")?
        .query_row([hold_id.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(found.map(Uuid::from_bytes))
}

/// A hold as it is, also one that is a payment's.
fn find_any(connection: &Connection, hold_id: Uuid) -> Result<Option<Hold>, Fault> {
    let sql = format!("SELECT {HOLD} FROM holds WHERE id = ?1");
    let row = connection
        .prepare_cached(&sql)?
        .query_row([hold_id.as_bytes()], HoldRow::read)
        .optional()?;
    row.map(Hold::try_from).transpose()
}

/// Those of the holds that are there, as they are: also those that are payments'.
pub(crate) fn find_all(connection: &Connection, ids: &BTreeSet<Uuid>) -> Result<Vec<Hold>, Fault> {
    let found = ids.iter().filter_map(|id| find_any(connection, *id).transpose());
    found.collect()
}

/// Reads a hold that is no payment's, with the ids of its two accounts.
pub(crate) fn find(connection: &Connection, hold_id: Uuid) -> Result<Option<StoredHold>, Fault> {
    if payment_of(connection, hold_id)?.is_some() {
        return Ok(None);
    }
    let hold = find_any(connection, hold_id)?;
    hold.map(|hold| with_accounts(connection, hold)).transpose()
}

/// Lists holds that are no payment's, newest first.
pub(crate) fn list(
    connection: &Connection,
    filter: &HoldFilter,
    page: PageRequest,
) -> Result<Page<StoredHold>, Fault> {
    let (before, limit) = (before(page).into_bytes(), rows_to_read(page));
    let company_id = filter.company_id.map(Uuid::into_bytes);
    let status = filter.status.map(HoldStatus::name);
    let account = filter.account.as_ref();
    let account = account.map(|key| {
        (
            key.company_id.into_bytes(),
            key.currency.code(),
            key.code.as_str(),
        )
    });
    let mut query = Query::new(format!("SELECT {HOLD} FROM holds"))
        .and("id < ?", &[&before])
        .and(
            "NOT EXISTS (SELECT 1 FROM payments p WHERE p.hold_id = holds.id)",
            &[],
        )
        .and_if("company_id = ?", company_id.as_ref())
        .and_if("status = ?", status.as_ref());
    if let Some((company_id, currency, code)) = &account {
        query = query
            .and("company_id = ?", &[company_id])
            .and("currency = ?", &[currency])
            .and("(account = ? OR to_account = ?)", &[code, code]);
    }
    let rows = query
        .ordered("id DESC", &limit)
        .fetch(connection, HoldRow::read)?;
    let holds = rows
        .into_iter()
        .map(|row| with_accounts(connection, row.try_into()?));
    let holds = holds.collect::<Result<Vec<_>, Fault>>()?;
    Ok(cut(holds, page, |found| found.hold.id()))
}

/// A hold with the ids of its two accounts.
fn with_accounts(connection: &Connection, hold: Hold) -> Result<StoredHold, Fault> {
    Ok(StoredHold {
        account_id: account_of(connection, hold.id(), &hold.account())?,
        to_account_id: account_of(connection, hold.id(), &hold.to())?,
        hold,
    })
}

fn account_of(connection: &Connection, hold_id: Uuid, key: &AccountKey) -> Result<Uuid, Fault> {
    let values = params![key.code.as_str(), key.company_id.as_bytes(), key.currency.code()];
    let found: Option<UuidBytes> = connection
        .prepare_cached(ACCOUNT_OF)?
        .query_row(values, |row| row.get(0))
        .optional()?;
    let missing = || Fault::corrupt("holds", &hold_id, &format!("there is no account {key}"));
    found.map(Uuid::from_bytes).ok_or_else(missing)
}

/// Pending holds whose time has run out at a moment, the longest overdue first, those only that come after one.
pub(crate) fn due(
    connection: &Connection,
    at: Timestamp,
    after: Option<DueHold>,
    limit: u32,
) -> Result<Vec<DueHold>, Fault> {
    let mut statement = connection.prepare_cached(DUE)?;
    let (time, hold_id) = (
        after.map(|after| after.expires_at.as_millisecond()),
        after.map(|after| after.hold_id.into_bytes()),
    );
    let rows = statement.query_map(params![at.as_millisecond(), time, hold_id, limit], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let due = rows.map(|row| {
        let (company_id, hold_id, expires_at): (UuidBytes, UuidBytes, i64) = row?;
        let hold_id = Uuid::from_bytes(hold_id);
        let expires_at = Timestamp::from_millisecond(expires_at)
            .map_err(|error| Fault::corrupt("holds", &hold_id, &error))?;
        Ok(DueHold {
            company_id: Uuid::from_bytes(company_id),
            hold_id,
            expires_at,
        })
    });
    due.collect()
}

/// Places new holds.
pub(crate) fn place(connection: &Connection, holds: &[Hold]) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached(PLACE)?;
    for hold in holds.iter().map(Hold::state) {
        insert.execute(params![
            hold.id.as_bytes(),
            hold.company_id.as_bytes(),
            hold.account.as_str(),
            hold.to.as_str(),
            hold.amount.currency().code(),
            hold.amount.minor(),
            hold.captured.map(Money::minor),
            hold.status.name(),
            hold.expires_at_ms,
        ])?;
    }
    Ok(())
}

/// Writes where holds stand that the batch has read.
pub(crate) fn change(connection: &Connection, loaded: &HashSet<Uuid>, holds: &[Hold]) -> Result<(), Fault> {
    let mut update = connection.prepare_cached(CHANGE)?;
    for hold in holds.iter().map(Hold::state) {
        if !loaded.contains(&hold.id) {
            return Err(Fault::refused(format!("hold {} was not read", hold.id)));
        }
        let updated = update.execute(params![
            hold.id.as_bytes(),
            hold.company_id.as_bytes(),
            hold.captured.map(Money::minor),
            hold.status.name(),
        ])?;
        if updated != 1 {
            return Err(Fault::refused(format!("hold {} is not as it was read", hold.id)));
        }
    }
    Ok(())
}
