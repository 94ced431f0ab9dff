//! Holds: amounts reserved until they are captured or freed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use ledger::{Hold, HoldState, Money};
use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{FromRow, PgConnection, QueryBuilder, Row};
use store::{DueHold, HoldFilter, Page, PageRequest, StoredHold};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{before, cut, rows_to_read, shaped};
use crate::statement::Statement;
use crate::value::{Moment, Place};

/// A hold's columns; the table is `h`.
macro_rules! hold_columns {
    () => {
        "h.id, h.company_id, h.account, h.to_account, h.currency, h.amount, h.captured, h.status, h.expires_at"
    };
}
pub(crate) use hold_columns;

const LOCK: &str = concat!(
    "SELECT ",
    hold_columns!(),
    ", clock_timestamp() FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS k (company_id, id, place)
      JOIN holds h ON h.id = k.id AND h.company_id = k.company_id
      WHERE h.payment_id IS NULL OR h.payment_id = ANY($3)
      ORDER BY k.place FOR NO KEY UPDATE OF h"
);

const FIND_ALL: &str = concat!("SELECT ", hold_columns!(), " FROM holds h WHERE h.id = ANY($1)");

const PLACE: &str =
    "INSERT INTO holds (id, company_id, account, to_account, currency, amount, captured, status, expires_at, payment_id)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
        $8::text[], $9::timestamptz[], $10::uuid[])";

const CHANGE: &str = "UPDATE holds h SET captured = c.captured, status = c.status
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) AS c (id, company_id, captured, status)
    WHERE h.id = c.id AND h.company_id = c.company_id
    RETURNING 1";

/// Holds that are no payment's, with the ids of their two accounts.
macro_rules! holds_with_accounts {
    () => {
        concat!(
            "SELECT ",
            hold_columns!(),
            ", s.id, d.id FROM holds h
              LEFT JOIN accounts s
                ON s.code = h.account AND s.company_id = h.company_id AND s.currency = h.currency
              LEFT JOIN accounts d
                ON d.code = h.to_account AND d.company_id = h.company_id AND d.currency = h.currency
              WHERE h.payment_id IS NULL"
        )
    };
}

const FIND: &str = concat!(holds_with_accounts!(), " AND h.id = $1");

/// By the server's clock, which all processes share, as well as by the process's.
const DUE: &str = "SELECT company_id, id, expires_at FROM holds
    WHERE status = 'pending' AND expires_at IS NOT NULL AND expires_at <= least($1, clock_timestamp())
        AND ($2::timestamptz IS NULL OR (expires_at, id) > ($2, $3))
    ORDER BY expires_at, id LIMIT $4";

/// A hold as it was read.
pub(crate) struct HoldRow {
    id: Uuid,
    company_id: Uuid,
    account: String,
    to: String,
    currency: String,
    amount: i64,
    captured: Option<i64>,
    status: String,
    expires_at: Option<Moment>,
}

impl FromRow<'_, PgRow> for HoldRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            company_id: row.try_get(1)?,
            account: row.try_get(2)?,
            to: row.try_get(3)?,
            currency: row.try_get(4)?,
            amount: row.try_get(5)?,
            captured: row.try_get(6)?,
            status: row.try_get(7)?,
            expires_at: row.try_get(8)?,
        })
    }
}

/// A hold as it was read under its lock, and when.
struct LoadedRow {
    hold: HoldRow,
    now: Moment,
}

impl FromRow<'_, PgRow> for LoadedRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            hold: HoldRow::from_row(row)?,
            now: row.try_get(9)?,
        })
    }
}

/// A hold with the ids of its accounts, as it was read.
struct StoredHoldRow {
    hold: HoldRow,
    ends: [Option<Uuid>; 2],
}

impl FromRow<'_, PgRow> for StoredHoldRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            hold: HoldRow::from_row(row)?,
            ends: [row.try_get(9)?, row.try_get(10)?],
        })
    }
}

impl TryFrom<StoredHoldRow> for StoredHold {
    type Error = Fault;

    fn try_from(row: StoredHoldRow) -> Result<Self, Fault> {
        let id = row.hold.id;
        let missing = || Fault::corrupt("holds", &id, &"one of its accounts is not there");
        let [account_id, to_account_id] = row.ends.map(|id| id.ok_or_else(missing));
        Ok(Self {
            hold: row.hold.try_into()?,
            account_id: account_id?,
            to_account_id: to_account_id?,
        })
    }
}

impl TryFrom<HoldRow> for Hold {
    type Error = Fault;

    fn try_from(row: HoldRow) -> Result<Self, Fault> {
        let place = Place::new("holds", row.id);
        let currency = place.currency(&row.currency)?;
        let state = HoldState {
            id: row.id,
            company_id: row.company_id,
            account: place.code(row.account)?,
            to: place.code(row.to)?,
            amount: Money::new(row.amount, currency),
            captured: row.captured.map(|minor| Money::new(minor, currency)),
            status: place.hold_status(&row.status)?,
            expires_at_ms: row.expires_at.map(Moment::as_millis),
        };
        Self::from_state(state).map_err(|error| place.corrupt(&error))
    }
}

/// Locks and reads the holds that exist, in the order of their keys. One that belongs to a payment is there only for who
/// has locked that payment: nobody else settles it. Also what the time is, if there are any.
pub(crate) async fn load(
    connection: &mut PgConnection,
    keys: &BTreeSet<(Uuid, Uuid)>,
    payments: &BTreeSet<Uuid>,
) -> Result<(Vec<Hold>, Option<Timestamp>), Fault> {
    if keys.is_empty() {
        return Ok((Vec::new(), None));
    }
    let rows: Vec<LoadedRow> = sqlx::query_as(LOCK)
        .bind(keys.iter().map(|(company_id, _)| *company_id).bind_iter())
        .bind(keys.iter().map(|(_, hold_id)| *hold_id).bind_iter())
        .bind(payments.iter().copied().bind_iter())
        .fetch_all(connection)
        .await?;
    let last = rows
        .last()
        .map(|row| Place::new("holds", row.hold.id).time(row.now));
    let holds = shaped(rows.into_iter().map(|row| row.hold).collect())?;
    Ok((holds, last.transpose()?))
}

/// Those of the holds that are there, as they are, in no order: also those that are payments'.
pub(crate) async fn find_all(
    connection: &mut PgConnection,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<Hold>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<HoldRow> = sqlx::query_as(FIND_ALL)
        .bind(ids.iter().copied().bind_iter())
        .fetch_all(connection)
        .await?;
    shaped(rows)
}

/// Reads a hold that is no payment's, with the ids of its two accounts.
pub(crate) async fn find(connection: &mut PgConnection, hold_id: Uuid) -> Result<Option<StoredHold>, Fault> {
    let row: Option<StoredHoldRow> = sqlx::query_as(FIND)
        .bind(hold_id)
        .fetch_optional(connection)
        .await?;
    row.map(StoredHold::try_from).transpose()
}

/// Lists holds that are no payment's, newest first. Those of an account are looked for from either side, each by its own index.
pub(crate) async fn list(
    connection: &mut PgConnection,
    filter: HoldFilter,
    page: PageRequest,
) -> Result<Page<StoredHold>, Fault> {
    let sides = [" AND h.account = ", " AND h.to_account = "];
    // Without an account either side is all there is.
    let looked_at = if filter.account.is_some() { 2 } else { 1 };
    let mut found: Vec<StoredHold> = Vec::new();
    for side in sides.into_iter().take(looked_at) {
        found.extend(list_side(connection, &filter, side, page).await?);
    }
    found.sort_unstable_by_key(|found| Reverse(found.hold.id()));
    Ok(cut(found, page, |found| found.hold.id()))
}

/// A condition is in the text only if the filter asks for it, so that the index which fits the filter is used.
async fn list_side(
    connection: &mut PgConnection,
    filter: &HoldFilter,
    side: &'static str,
    page: PageRequest,
) -> Result<Vec<StoredHold>, Fault> {
    let mut query = QueryBuilder::new(concat!(holds_with_accounts!(), " AND h.id < "));
    query.push_bind(before(page));
    if let Some(company_id) = filter.company_id {
        query.push(" AND h.company_id = ").push_bind(company_id);
    }
    if let Some(status) = filter.status {
        query.push(" AND h.status = ").push_bind(status.name());
    }
    if let Some(account) = &filter.account {
        query
            .push(" AND h.company_id = ")
            .push_bind(account.company_id)
            .push(" AND h.currency = ")
            .push_bind(account.currency.code())
            .push(side)
            .push_bind(account.code.as_str().to_owned());
    }
    query
        .push(" ORDER BY h.id DESC LIMIT ")
        .push_bind(rows_to_read(page));
    let rows: Vec<StoredHoldRow> = query.build_query_as().fetch_all(connection).await?;
    shaped(rows)
}

/// Pending holds whose time has run out at a moment that has come, the longest overdue first, those only that come after one.
pub(crate) async fn due(
    connection: &mut PgConnection,
    at: Timestamp,
    after: Option<DueHold>,
    limit: u32,
) -> Result<Vec<DueHold>, Fault> {
    let rows: Vec<(Uuid, Uuid, Moment)> = sqlx::query_as(DUE)
        .bind(Moment::from(at))
        .bind(after.map(|after| Moment::from(after.expires_at)))
        .bind(after.map(|after| after.hold_id))
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    let due = rows.into_iter().map(|(company_id, hold_id, expires_at)| {
        Ok(DueHold {
            company_id,
            hold_id,
            expires_at: Place::new("holds", hold_id).time(expires_at)?,
        })
    });
    due.collect()
}

/// Places new holds, and marks those that are payments', which are given by hold.
pub(crate) fn place(
    statement: &mut Statement,
    holds: &[Hold],
    payments: &BTreeMap<Uuid, Uuid>,
) -> Result<(), Fault> {
    if holds.is_empty() {
        return Ok(());
    }
    let states = || holds.iter().map(Hold::state);
    let expiries: Vec<Option<Moment>> = states()
        .map(|hold| hold.expires_at_ms.map(Moment::from_millis).transpose())
        .collect::<Result<_, _>>()?;
    statement
        .part("placed", PLACE)
        .bind(states().map(|hold| hold.id).bind_iter())
        .bind(states().map(|hold| hold.company_id).bind_iter())
        .bind(states().map(|hold| hold.account.as_str()).bind_iter())
        .bind(states().map(|hold| hold.to.as_str()).bind_iter())
        .bind(states().map(|hold| hold.amount.currency().code()).bind_iter())
        .bind(states().map(|hold| hold.amount.minor()).bind_iter())
        .bind(states().map(|hold| hold.captured.map(Money::minor)).bind_iter())
        .bind(states().map(|hold| hold.status.name()).bind_iter())
        .bind(expiries)
        .bind(states().map(|hold| payments.get(&hold.id).copied()).bind_iter());
    Ok(())
}

/// Writes where holds stand that the batch has read.
pub(crate) fn change(statement: &mut Statement, read: &HashSet<Uuid>, holds: &[Hold]) -> Result<(), Fault> {
    if holds.is_empty() {
        return Ok(());
    }
    if let Some(unread) = holds.iter().find(|hold| !read.contains(&hold.id())) {
        return Err(Fault::refused(format!("hold {} was not read", unread.id())));
    }
    let states = || holds.iter().map(Hold::state);
    statement
        .part("changed_holds", CHANGE)
        .bind(states().map(|hold| hold.id).bind_iter())
        .bind(states().map(|hold| hold.company_id).bind_iter())
        .bind(states().map(|hold| hold.captured.map(Money::minor)).bind_iter())
        .bind(states().map(|hold| hold.status.name()).bind_iter());
    statement.ask("changed_holds", holds.len(), "a hold stands there twice");
    Ok(())
}
