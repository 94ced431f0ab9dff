//! The walk over the whole ledger: one snapshot, read through cursors a thousand rows at a time, so that it needs no more
//! memory for a larger ledger.

use ledger::{Account, Hold};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use store::{LedgerVisitor, StoredEntry, Visit};
use uuid::Uuid;

use crate::accounts::{AccountRow, account_columns};
use crate::entries::{EntryRow, entry_columns};
use crate::fault::Fault;
use crate::holds::{HoldRow, hold_columns};

/// The cursors are read to their ends, or nearly so: their queries are to be planned for that.
const PLAN_FOR_ALL: &str = "SET LOCAL cursor_tuple_fraction = 1";

const ACCOUNTS: Cursor = Cursor {
    declare: concat!(
        "DECLARE all_accounts NO SCROLL CURSOR FOR SELECT ",
        account_columns!(),
        " FROM accounts a ORDER BY a.id"
    ),
    fetch: "FETCH 1000 FROM all_accounts",
};

const HOLDS: Cursor = Cursor {
    declare: concat!(
        "DECLARE all_holds NO SCROLL CURSOR FOR SELECT ",
        hold_columns!(),
        " FROM holds h ORDER BY h.id"
    ),
    fetch: "FETCH 1000 FROM all_holds",
};

const ENTRIES_OF_ACCOUNTS: Cursor = Cursor {
    declare: concat!(
        "DECLARE entries_of_accounts NO SCROLL CURSOR FOR SELECT ",
        entry_columns!(),
        " FROM accounts a JOIN entries e ON e.account_number = a.number
          LEFT JOIN transactions t ON t.number = e.transaction_number
          ORDER BY a.id, e.number"
    ),
    fetch: "FETCH 1000 FROM entries_of_accounts",
};

const ENTRIES_OF_TRANSACTIONS: Cursor = Cursor {
    declare: concat!(
        "DECLARE entries_of_transactions NO SCROLL CURSOR FOR SELECT t.id, e.transaction_number IS NULL, ",
        entry_columns!(),
        " FROM transactions t LEFT JOIN entries e ON e.transaction_number = t.number
          LEFT JOIN accounts a ON a.number = e.account_number
          ORDER BY t.id, e.position"
    ),
    fetch: "FETCH 1000 FROM entries_of_transactions",
};

/// Shows everything to a visitor, in the order that it is promised.
///
/// Entries are read through outer joins, from their accounts and then from their transactions, so that one which lacks
/// either is found; and they are counted, so that one which lacks both is found as well.
pub(crate) async fn walk(
    connection: &mut PgConnection,
    visitor: &mut dyn LedgerVisitor,
) -> Result<(), Fault> {
    sqlx::query(PLAN_FOR_ALL).execute(&mut *connection).await?;
    let accounts = ACCOUNTS.each(connection, |row| {
        let account: Account = AccountRow::from_row(row)?.try_into()?;
        Ok(visitor.account(&account))
    });
    if accounts.await?.is_none() {
        return Ok(());
    }
    let holds = HOLDS.each(connection, |row| {
        let hold: Hold = HoldRow::from_row(row)?.try_into()?;
        Ok(visitor.hold(&hold))
    });
    if holds.await?.is_none() {
        return Ok(());
    }
    let entries = ENTRIES_OF_ACCOUNTS.each(connection, |row| {
        let entry: StoredEntry = EntryRow::from_row(row)?.try_into()?;
        Ok(visitor.entry_of_account(&entry))
    });
    let Some(of_accounts) = entries.await? else {
        return Ok(());
    };
    if entries_of_transactions(connection, visitor).await?.is_none() {
        return Ok(());
    }
    check_count(connection, of_accounts).await
}

async fn entries_of_transactions(
    connection: &mut PgConnection,
    visitor: &mut dyn LedgerVisitor,
) -> Result<Option<u64>, Fault> {
    let entries = ENTRIES_OF_TRANSACTIONS.each(connection, |row| {
        if row.try_get(1)? {
            let transaction_id: Uuid = row.try_get(0)?;
            return Ok(visitor.empty_transaction(transaction_id));
        }
        let entry: StoredEntry = EntryRow::read(row, 2)?.try_into()?;
        Ok(visitor.entry_of_transaction(&entry))
    });
    entries.await
}

async fn check_count(connection: &mut PgConnection, of_accounts: u64) -> Result<(), Fault> {
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM entries")
        .fetch_one(connection)
        .await?;
    if u64::try_from(stored) == Ok(of_accounts) {
        return Ok(());
    }
    let message = format!("{stored} are stored, but {of_accounts} belong to accounts");
    Err(Fault::corrupt("entries", &"count", &message))
}

/// A query that is read a part at a time. It is closed with its database transaction.
struct Cursor {
    declare: &'static str,
    fetch: &'static str,
}

impl Cursor {
    /// Shows the rows; how many there were, or none if the visitor stopped.
    async fn each(
        &self,
        connection: &mut PgConnection,
        mut show: impl FnMut(&PgRow) -> Result<Visit, Fault> + Send,
    ) -> Result<Option<u64>, Fault> {
        sqlx::query(self.declare).execute(&mut *connection).await?;
        let mut shown: u64 = 0;
        loop {
            let rows = sqlx::query(self.fetch).fetch_all(&mut *connection).await?;
            if rows.is_empty() {
                return Ok(Some(shown));
            }
            for row in &rows {
                if show(row)? == Visit::Stop {
                    return Ok(None);
                }
                shown = shown.saturating_add(1);
            }
        }
    }
}
