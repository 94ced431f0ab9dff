//! The walk over the whole ledger: one snapshot, row by row, so that it needs no more memory for a larger ledger.

use ledger::{Account, Hold};
use rusqlite::{Connection, Row};
use store::{LedgerVisitor, StoredEntry, Visit};
use uuid::Uuid;

use crate::accounts::{ACCOUNT, AccountRow};
use crate::entries::{ENTRY, EntryRow};
use crate::fault::Fault;
use crate::holds::{HOLD, HoldRow};
use crate::value::UuidBytes;

/// Shows everything to a visitor, in the order that it is promised.
///
/// Entries are read through outer joins, from their accounts and then from their transactions, so that one which lacks
/// either is found; and they are counted, so that one which lacks both is found as well.
pub(crate) fn walk(connection: &Connection, visitor: &mut dyn LedgerVisitor) -> Result<(), Fault> {
    let accounts = format!("SELECT {ACCOUNT} FROM accounts ORDER BY id");
    let shown = each(connection, &accounts, |row| {
        let account: Account = AccountRow::read(row)?.try_into()?;
        Ok(visitor.account(&account))
    })?;
    if shown.is_none() {
        return Ok(());
    }
    let holds = format!("SELECT {HOLD} FROM holds ORDER BY id");
    let shown = each(connection, &holds, |row| {
        let hold: Hold = HoldRow::read(row)?.try_into()?;
        Ok(visitor.hold(&hold))
    })?;
    if shown.is_none() {
        return Ok(());
    }
    let Some(of_accounts) = entries_of_accounts(connection, visitor)? else {
        return Ok(());
    };
    if entries_of_transactions(connection, visitor)?.is_none() {
        return Ok(());
    }
    let stored: u64 = connection.query_row("SELECT count(*) FROM entries", [], |row| row.get(0))?;
    if stored == of_accounts {
        Ok(())
    } else {
        let message = format!("{stored} are stored, but {of_accounts} belong to accounts");
        Err(Fault::corrupt("entries", &"count", &message))
    }
}

fn entries_of_accounts(
    connection: &Connection,
    visitor: &mut dyn LedgerVisitor,
) -> Result<Option<u64>, Fault> {
    let sql = format!(
        "SELECT {ENTRY} FROM accounts a
         CROSS JOIN entries e INDEXED BY entries_account_number_number_key ON e.account_number = a.number
         LEFT JOIN transactions t ON t.number = e.transaction_number
         ORDER BY a.id, e.number"
    );
    each(connection, &sql, |row| {
        let entry: StoredEntry = EntryRow::read(row)?.try_into()?;
        Ok(visitor.entry_of_account(&entry))
    })
}

fn entries_of_transactions(
    connection: &Connection,
    visitor: &mut dyn LedgerVisitor,
) -> Result<Option<u64>, Fault> {
    let sql = format!(
        "SELECT t.id, e.transaction_number IS NULL, {ENTRY} FROM transactions t
         LEFT JOIN entries e ON e.transaction_number = t.number
         LEFT JOIN accounts a ON a.number = e.account_number
         ORDER BY t.id, e.position"
    );
    each(connection, &sql, |row| {
        if row.get(1)? {
            let transaction_id: UuidBytes = row.get(0)?;
            return Ok(visitor.empty_transaction(Uuid::from_bytes(transaction_id)));
        }
        let entry: StoredEntry = EntryRow::read_after(row, 2)?.try_into()?;
        Ok(visitor.entry_of_transaction(&entry))
    })
}

/// Shows the rows of a query; how many there were, or none if the visitor stopped.
fn each(
    connection: &Connection,
    sql: &str,
    mut show: impl FnMut(&Row<'_>) -> Result<Visit, Fault>,
) -> Result<Option<u64>, Fault> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut shown: u64 = 0;
    while let Some(row) = rows.next()? {
        if show(row)? == Visit::Stop {
            return Ok(None);
        }
        shown = shown.saturating_add(1);
    }
    Ok(Some(shown))
}
