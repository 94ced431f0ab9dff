//! Entries of ledger transactions: checking those that are to be written, and the shape in which they are read.

use ledger::Money;
use sqlx::Row;
use sqlx::postgres::PgRow;
use store::{StoredEntry, StoredTransaction};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::fault::Fault;
use crate::value::{Moment, Place, direction, integer};

/// An entry's columns; the tables are `e` (entries), `t` (transactions) and `a` (accounts).
macro_rules! entry_columns {
    () => {
        "e.id, t.id, e.position, t.company_id, t.run_id, a.id, a.code, a.currency, e.number, e.debit, e.amount, \
         e.balance_after, t.created_at"
    };
}
pub(crate) use entry_columns;

/// An entry as it was read. Its transaction and its account are missing if an outer join did not find them.
pub(crate) struct EntryRow {
    id: Uuid,
    transaction_id: Option<Uuid>,
    position: i16,
    company_id: Option<Uuid>,
    run_id: Option<Uuid>,
    account_id: Option<Uuid>,
    code: Option<String>,
    currency: Option<String>,
    number: i64,
    debit: bool,
    amount: i64,
    balance_after: i64,
    created_at: Option<Moment>,
}

impl EntryRow {
    /// Reads an entry that stands behind so many other columns.
    pub(crate) fn read(row: &PgRow, first: usize) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(first)?,
            transaction_id: row.try_get(first + 1)?,
            position: row.try_get(first + 2)?,
            company_id: row.try_get(first + 3)?,
            run_id: row.try_get(first + 4)?,
            account_id: row.try_get(first + 5)?,
            code: row.try_get(first + 6)?,
            currency: row.try_get(first + 7)?,
            number: row.try_get(first + 8)?,
            debit: row.try_get(first + 9)?,
            amount: row.try_get(first + 10)?,
            balance_after: row.try_get(first + 11)?,
            created_at: row.try_get(first + 12)?,
        })
    }
}

impl sqlx::FromRow<'_, PgRow> for EntryRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Self::read(row, 0)
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
            id: row.id,
            transaction_id,
            position: place.number(i64::from(row.position))?,
            company_id,
            run_id: row.run_id,
            account_id,
            account: place.code(code)?,
            number: place.number(row.number)?,
            direction: direction(row.debit),
            amount: Money::new(row.amount, currency),
            balance_after: Money::new(row.balance_after, currency),
            created_at: place.time(created_at)?,
        })
    }
}

/// An entry to write, with what is looked up or converted for it.
pub(crate) struct NewEntry<'w> {
    pub(crate) entry: &'w StoredEntry,
    pub(crate) account_number: i64,
    pub(crate) position: i16,
    pub(crate) number: i64,
}

/// Checks the entries of a transaction, each as the next of its account.
pub(crate) fn prepare<'w>(
    transaction: &'w StoredTransaction,
    accounts: &mut Accounts,
    prepared: &mut Vec<NewEntry<'w>>,
) -> Result<(), Fault> {
    for (position, entry) in (0_u32..).zip(&transaction.entries) {
        check_shared(transaction, position, entry)?;
        let account = accounts.get_mut(entry.account_id)?;
        let key = &account.key;
        let terms = (entry.company_id, &entry.account, entry.amount.currency());
        if (key.company_id, &key.code, key.currency) != terms
            || key.currency != entry.balance_after.currency()
        {
            let id = entry.id;
            return Err(Fault::refused(format!(
                "entry {id} is not in the terms of account {key}"
            )));
        }
        if Some(entry.number) != account.entries.checked_add(1) {
            let (id, number, last) = (entry.id, entry.number, account.entries);
            return Err(Fault::refused(format!(
                "entry {id} is number {number} of {key}, whose last is {last}"
            )));
        }
        account.entries = entry.number;
        let position = i16::try_from(position)
            .map_err(|_| Fault::refused(format!("transaction {} has too many entries", transaction.id)))?;
        prepared.push(NewEntry {
            entry,
            account_number: account.number,
            position,
            number: integer(entry.number)?,
        });
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
        return Ok(());
    }
    let (entry_id, transaction_id) = (entry.id, transaction.id);
    Err(Fault::refused(format!(
        "entry {entry_id} contradicts its transaction {transaction_id}"
    )))
}
