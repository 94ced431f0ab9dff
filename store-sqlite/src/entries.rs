//! Entries of ledger transactions: writing them, and the shape in which they are read.

use ledger::Money;
use rusqlite::{CachedStatement, Connection, Row, params};
use store::{StoredEntry, StoredTransaction};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::fault::Fault;
use crate::value::{Place, UuidBytes, integer, optional_uuid};

const WRITE: &str =
    "INSERT INTO entries (transaction_number, position, id, account_number, number, direction, amount,
        balance_after)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// An entry's columns; the tables are `e` (entries), `t` (transactions) and `a` (accounts). The row ends with its
/// place in the order of posting.
pub(crate) const ENTRY: &str = "e.id, t.id, e.position, t.company_id, t.run_id, a.id, a.code, a.currency, e.number, \
     e.direction, e.amount, e.balance_after, t.created_at, e.transaction_number";

/// An entry as it was read. Its transaction and its account are missing if an outer join did not find them.
pub(crate) struct EntryRow {
    id: UuidBytes,
    transaction_id: Option<UuidBytes>,
    position: i64,
    company_id: Option<UuidBytes>,
    run_id: Option<UuidBytes>,
    account_id: Option<UuidBytes>,
    code: Option<String>,
    currency: Option<String>,
    number: i64,
    direction: String,
    amount: i64,
    balance_after: i64,
    created_at: Option<i64>,
    transaction_number: i64,
}

impl EntryRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Self::read_after(row, 0)
    }

    /// Reads an entry that stands behind so many other columns.
    pub(crate) fn read_after(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(first)?,
            transaction_id: row.get(first + 1)?,
            position: row.get(first + 2)?,
            company_id: row.get(first + 3)?,
            run_id: row.get(first + 4)?,
            account_id: row.get(first + 5)?,
            code: row.get(first + 6)?,
            currency: row.get(first + 7)?,
            number: row.get(first + 8)?,
            direction: row.get(first + 9)?,
            amount: row.get(first + 10)?,
            balance_after: row.get(first + 11)?,
            created_at: row.get(first + 12)?,
            transaction_number: row.get(first + 13)?,
        })
    }

    /// Its place in the order of posting.
    pub(crate) fn posted(&self) -> (i64, i64) {
        (self.transaction_number, self.position)
    }
}

impl TryFrom<EntryRow> for StoredEntry {
    type Error = Fault;

    fn try_from(row: EntryRow) -> Result<Self, Fault> {
        let place = Place::new("entries", row.id);
        let (Some(transaction_id), Some(company_id), Some(created_at)) =
            (row.transaction_id, row.company_id, row.created_at)
        else {
            return Err(place.corrupt(&"its transaction is not there"));
        };
        let (Some(account_id), Some(code), Some(currency)) = (row.account_id, row.code, row.currency) else {
            return Err(place.corrupt(&"its account is not there"));
        };
        let currency = place.currency(&currency)?;
        Ok(Self {
            id: place.id,
            transaction_id: Uuid::from_bytes(transaction_id),
            position: place.number(row.position)?,
            company_id: Uuid::from_bytes(company_id),
            run_id: optional_uuid(row.run_id),
            account_id: Uuid::from_bytes(account_id),
            account: place.code(code)?,
            number: place.number(row.number)?,
            direction: place.direction(&row.direction)?,
            amount: Money::new(row.amount, currency),
            balance_after: Money::new(row.balance_after, currency),
            created_at: place.time(created_at)?,
        })
    }
}

/// The statement that writes entries.
pub(crate) fn writer(connection: &Connection) -> Result<CachedStatement<'_>, Fault> {
    Ok(connection.prepare_cached(WRITE)?)
}

/// Writes the entries of a transaction, each as the next of its account.
pub(crate) fn write(
    insert: &mut CachedStatement<'_>,
    transaction_number: i64,
    transaction: &StoredTransaction,
    accounts: &mut Accounts,
) -> Result<(), Fault> {
    for (position, entry) in (0_u32..).zip(&transaction.entries) {
        check_shared(transaction, position, entry)?;
        let account = accounts.get_mut(entry.account_id)?;
        let key = &account.key;
        if (key.company_id, &key.code, key.currency)
            != (entry.company_id, &entry.account, entry.amount.currency())
            || key.currency != entry.balance_after.currency()
        {
            return Err(Fault::refused(format!(
                "entry {} is not in the terms of account {key}",
                entry.id
            )));
        }
        if Some(entry.number) != account.entries.checked_add(1) {
            let (id, number, last) = (entry.id, entry.number, account.entries);
            return Err(Fault::refused(format!(
                "entry {id} is number {number} of {key}, whose last is {last}"
            )));
        }
        account.entries = entry.number;
        insert.execute(params![
            transaction_number,
            entry.position,
            entry.id.as_bytes(),
            account.number,
            integer(entry.number)?,
            entry.direction.name(),
            entry.amount.minor(),
            entry.balance_after.minor(),
        ])?;
    }
    Ok(())
}

/// What an entry shares with its transaction is stored once: so it must be the same.
fn check_shared(transaction: &StoredTransaction, position: u32, entry: &StoredEntry) -> Result<(), Fault> {
    let stated = (
        entry.transaction_id,
        entry.company_id,
        entry.run_id,
        entry.created_at,
        entry.position,
    );
    let shared = (
        transaction.id,
        transaction.company_id,
        transaction.run_id,
        transaction.created_at,
        position,
    );
    if stated == shared {
        Ok(())
    } else {
        Err(Fault::refused(format!(
            "entry {} contradicts its transaction {}",
            entry.id, transaction.id
        )))
    }
}
