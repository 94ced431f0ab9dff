//! The order of posting, by the dates of transactions: what was posted before a moment. What that means when dates are out
//! of that order, [`store::LedgerReports`] says.

use rusqlite::{Connection, OptionalExtension, params};
use store::SIMULTANEOUS;

use crate::fault::Fault;
use crate::value::UuidBytes;

/// The index leads to the latest date before the moment; the transactions that are dated just before that may be behind it.
const LAST_BEFORE: &str = "SELECT max(number) FROM transactions INDEXED BY transactions_by_time
    WHERE company_id = ?1 AND created_at < ?2 AND created_at >= ?3 + (
        SELECT max(created_at) FROM transactions INDEXED BY transactions_by_time
        WHERE company_id = ?1 AND created_at < ?2)";

const FIRST_SINCE: &str = "SELECT min(number) FROM transactions INDEXED BY transactions_by_time
    WHERE company_id = ?1 AND created_at >= ?2 AND created_at <= ?3 + (
        SELECT min(created_at) FROM transactions INDEXED BY transactions_by_time
        WHERE company_id = ?1 AND created_at >= ?2)";

const PROBE: &str = "SELECT transaction_number FROM entries WHERE account_number = ?1 AND number = ?2";

fn simultaneous() -> i64 {
    i64::try_from(SIMULTANEOUS.as_micros()).unwrap_or(i64::MAX)
}

/// The number of the last transaction of a company, in the order of posting, of those dated before a moment; zero if there
/// is none.
pub(crate) fn last_before(connection: &Connection, company_id: UuidBytes, before: i64) -> Result<i64, Fault> {
    let found: Option<i64> = connection
        .prepare_cached(LAST_BEFORE)?
        .query_row(params![company_id, before, -simultaneous()], |row| row.get(0))?;
    Ok(found.unwrap_or(0))
}

/// The number of the first transaction of a company, in the order of posting, of those dated then or later; beyond all
/// numbers if there is none.
pub(crate) fn first_since(connection: &Connection, company_id: UuidBytes, since: i64) -> Result<i64, Fault> {
    let found: Option<i64> = connection
        .prepare_cached(FIRST_SINCE)?
        .query_row(params![company_id, since, simultaneous()], |row| row.get(0))?;
    Ok(found.unwrap_or(i64::MAX))
}

/// The number of the last entry of an account, of so many, that belongs to a transaction up to this one; zero if there is
/// none. Both numbers grow in the order of posting, so it is found by halving.
pub(crate) fn last_entry(
    connection: &Connection,
    account_number: i64,
    entries: i64,
    up_to: i64,
) -> Result<i64, Fault> {
    let mut probe = connection.prepare_cached(PROBE)?;
    let (mut low, mut high) = (0_i64, entries);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        let found: Option<i64> = probe
            .query_row(params![account_number, middle], |row| row.get(0))
            .optional()?;
        let transaction_number = found.ok_or_else(|| {
            let message = format!("entry {middle} of account number {account_number} is not there");
            Fault::corrupt("entries", &account_number, &message)
        })?;
        if transaction_number <= up_to {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}
