//! Holds: amounts reserved until they are captured or freed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use ledger::{AccountKey, Hold, HoldState, HoldStatus, Money};
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{DueHold, HoldFilter, Page, PageRequest, StoredHold};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{before, cut, rows_to_read};
use crate::query::Query;
use crate::value::{Place, UuidBytes, optional_uuid};

/// A hold's columns.
pub(crate) const HOLD: &str =
    "id, company_id, account, to_account, currency, amount, captured, status, expires_at";

const PLACE: &str =
    "INSERT INTO holds (id, company_id, account, to_account, currency, amount, captured, status,
        expires_at, payment_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const CHANGE: &str = "UPDATE holds SET captured = ?3, status = ?4 WHERE id = ?1 AND company_id = ?2";

/// Which of its two accounts a hold is looked for by.
const SIDES: [&str; 2] = ["account = ?", "to_account = ?"];

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
    let sql = format!("SELECT {HOLD}, payment_id FROM holds WHERE id = ?2 AND company_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut holds = Vec::new();
    for (company_id, hold_id) in keys {
        let row = statement
            .query_row([company_id.as_bytes(), hold_id.as_bytes()], |row| {
                Ok((HoldRow::read(row)?, optional_uuid(row.get(9)?)))
            })
            .optional()?;
        if let Some((hold, payment_id)) = row
            && payment_id.is_none_or(|payment_id| payments.contains(&payment_id))
        {
            holds.push(hold.try_into()?);
        }
    }
    Ok(holds)
}

/// Reads a hold that meets a condition.
fn find_where(connection: &Connection, hold_id: Uuid, condition: &str) -> Result<Option<Hold>, Fault> {
    let sql = format!("SELECT {HOLD} FROM holds WHERE id = ?1 AND {condition}");
    let row = connection
        .prepare_cached(&sql)?
        .query_row([hold_id.as_bytes()], HoldRow::read)
        .optional()?;
    row.map(Hold::try_from).transpose()
}

/// Those of the holds that are there, as they are: also those that are payments'.
pub(crate) fn find_all(connection: &Connection, ids: &BTreeSet<Uuid>) -> Result<Vec<Hold>, Fault> {
    let found = ids
        .iter()
        .filter_map(|id| find_where(connection, *id, "TRUE").transpose());
    found.collect()
}

/// Reads a hold that is no payment's, with the ids of its two accounts.
pub(crate) fn find(connection: &Connection, hold_id: Uuid) -> Result<Option<StoredHold>, Fault> {
    let hold = find_where(connection, hold_id, "payment_id IS NULL")?;
    hold.map(|hold| with_accounts(connection, hold)).transpose()
}

/// Lists holds that are no payment's, newest first. Those of an account are looked for from either side, each by its own index.
pub(crate) fn list(
    connection: &Connection,
    filter: &HoldFilter,
    page: PageRequest,
) -> Result<Page<StoredHold>, Fault> {
    // Without an account either side is all there is.
    let looked_at = if filter.account.is_some() { 2 } else { 1 };
    let mut holds = Vec::new();
    for side in SIDES.into_iter().take(looked_at) {
        let list = List::new(filter, side, page);
        for row in list.query().fetch(connection, HoldRow::read)? {
            holds.push(with_accounts(connection, row.try_into()?)?);
        }
    }
    holds.sort_unstable_by_key(|found: &StoredHold| Reverse(found.hold.id()));
    Ok(cut(holds, page, |found| found.hold.id()))
}

/// What is asked for, as values of a query.
struct List<'f> {
    company_id: Option<UuidBytes>,
    status: Option<&'static str>,
    /// Company, currency and code.
    account: Option<(UuidBytes, &'static str, &'f str)>,
    side: &'static str,
    before: UuidBytes,
    limit: i64,
}

impl<'f> List<'f> {
    fn new(filter: &'f HoldFilter, side: &'static str, page: PageRequest) -> Self {
        let account = filter.account.as_ref();
        Self {
            company_id: filter.company_id.map(Uuid::into_bytes),
            status: filter.status.map(HoldStatus::name),
            account: account.map(|key| {
                (
                    key.company_id.into_bytes(),
                    key.currency.code(),
                    key.code.as_str(),
                )
            }),
            side,
            before: before(page).into_bytes(),
            limit: rows_to_read(page),
        }
    }

    fn query(&self) -> Query<'_> {
        let mut query = Query::new(format!("SELECT {HOLD} FROM holds"))
            .and("payment_id IS NULL", &[])
            .and("id < ?", &[&self.before])
            .and_if("company_id = ?", self.company_id.as_ref())
            .and_if("status = ?", self.status.as_ref());
        if let Some((company_id, currency, code)) = &self.account {
            query = query
                .and("company_id = ?", &[company_id])
                .and("currency = ?", &[currency])
                .and(self.side, &[code]);
        }
        query.ordered("id DESC", &self.limit)
    }
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

/// Places new holds, and marks those that are payments', which are given by hold.
pub(crate) fn place(
    connection: &Connection,
    holds: &[Hold],
    payments: &BTreeMap<Uuid, Uuid>,
) -> Result<(), Fault> {
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
            payments.get(&hold.id).map(Uuid::as_bytes),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{MIGRATIONS, in_memory};

    const PAGE: PageRequest = PageRequest {
        limit: 50,
        after: None,
    };

    /// All of these indexes leave holds of payments out.
    #[test]
    fn lists_are_read_in_their_order_by_an_index() {
        let company_id = Some(Uuid::nil());
        let status = Some(HoldStatus::Pending);
        let (code, currency) = ("alice".parse().unwrap(), "BRL".parse().unwrap());
        let account = Some(AccountKey::new(Uuid::nil(), code, currency));
        let [on, to] = SIDES;
        for (company_id, status, account, side, index) in [
            (None, None, None, on, "holds_by_id"),
            (None, status, None, on, "holds_by_id"),
            (company_id, None, None, on, "holds_by_company"),
            (company_id, status, None, on, "holds_by_status"),
            (None, None, account.clone(), on, "holds_by_account"),
            (None, status, account.clone(), to, "holds_by_to_account"),
        ] {
            let filter = HoldFilter {
                company_id,
                account,
                status,
            };
            let plan = List::new(&filter, side, PAGE).query().plan(&in_memory());
            assert!(
                plan.contains(&format!("USING INDEX {index} (")),
                "{filter:?}: {plan}"
            );
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
        }
    }

    /// A file of the time when holds did not say whose they are.
    #[test]
    fn holds_that_payments_had_before_are_theirs() {
        let connection = Connection::open_in_memory().unwrap();
        let place = MIGRATIONS
            .iter()
            .position(|step| step.name == "holds of payments");
        let (before, after) = MIGRATIONS.split_at(place.unwrap());
        for migration in before {
            connection.execute_batch(migration.sql).unwrap();
        }
        let [free, held, payment] = [1, 2, 3].map(Uuid::from_u128);
        let mut place = connection
            .prepare("INSERT INTO holds VALUES (?1, ?1, 'alice', 'bob', 'BRL', 100, NULL, 'pending', NULL)")
            .unwrap();
        for hold in [free, held] {
            place.execute([hold.as_bytes()]).unwrap();
        }
        let pay = "INSERT INTO payments (id, company_id, source_account_id, hold_id, amount, captured, refunded, events, created_at,
                updated_at, payment_type, state, currency, authorizing, capturing, metadata)
            VALUES (?2, ?1, ?1, ?1, 100, 0, 0, 2, 0, 0, 'internal', 'authorized', 'BRL', 'automatic', 'manual', '{}')";
        connection
            .execute(pay, [held.as_bytes(), payment.as_bytes()])
            .unwrap();
        for migration in after {
            connection.execute_batch(migration.sql).unwrap();
        }
        let mut owners = connection
            .prepare("SELECT payment_id FROM holds ORDER BY id")
            .unwrap();
        let owners = owners
            .query_map([], |row| Ok(optional_uuid(row.get(0)?)))
            .unwrap();
        let owners: Vec<Option<Uuid>> = owners.map(Result::unwrap).collect();
        assert_eq!(owners, [None, Some(payment)]);
    }
}
