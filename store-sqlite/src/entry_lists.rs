//! Lists of entries, in the reverse order of posting: by transaction, and by position within one.

use rusqlite::{Connection, OptionalExtension};
use store::{EntryFilter, Page, PageRequest, StoredEntry};
use uuid::Uuid;

use crate::as_of;
use crate::entries::{ENTRY, EntryRow};
use crate::fault::Fault;
use crate::pages::{cut, rows_to_read};
use crate::query::Query;
use crate::value::{UuidBytes, micros};

const PLACE_OF: &str = "SELECT e.transaction_number, e.position, t.created_at, e.account_number, e.number
    FROM entries e JOIN transactions t ON t.number = e.transaction_number WHERE e.id = ?1";

/// Where a page begins: behind this entry.
struct Place {
    transaction_number: i64,
    position: i64,
    created_at: i64,
    account_number: i64,
    number: i64,
}

/// Ahead of every entry.
const BEGINNING: Place = Place {
    transaction_number: i64::MAX,
    position: i64::MAX,
    created_at: i64::MAX,
    account_number: 0,
    number: i64::MAX,
};

/// Where a page begins. An id that is not there ends the list.
fn place_of(connection: &Connection, after: Option<Uuid>) -> Result<Option<Place>, Fault> {
    let Some(entry_id) = after else {
        return Ok(Some(BEGINNING));
    };
    let place = connection
        .prepare_cached(PLACE_OF)?
        .query_row([entry_id.as_bytes()], |row| {
            Ok(Place {
                transaction_number: row.get(0)?,
                position: row.get(1)?,
                created_at: row.get(2)?,
                account_number: row.get(3)?,
                number: row.get(4)?,
            })
        });
    Ok(place.optional()?)
}

/// Numbers of an account's entries: above the one, and below the other.
struct Within {
    above: i64,
    below: i64,
}

/// A filter in the terms of the database, and the bounds of a page.
struct List {
    transaction_id: Option<UuidBytes>,
    run_id: Option<UuidBytes>,
    code: Option<String>,
    account_id: Option<UuidBytes>,
    company_id: Option<UuidBytes>,
    dated_from: Option<i64>,
    dated_before: Option<i64>,
    before: Place,
    limit: i64,
}

/// Lists entries by the index that fits the filter best.
pub(crate) fn list(
    connection: &Connection,
    filter: EntryFilter,
    page: PageRequest,
) -> Result<Page<StoredEntry>, Fault> {
    let Some(before) = place_of(connection, page.after)? else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    let list = List {
        transaction_id: filter.transaction_id.map(Uuid::into_bytes),
        run_id: filter.run_id.map(Uuid::into_bytes),
        code: filter.account.map(|code| code.to_string()),
        account_id: filter.account_id.map(Uuid::into_bytes),
        company_id: filter.company_id.map(Uuid::into_bytes),
        dated_from: filter.dated.from.map(micros),
        dated_before: filter.dated.to.map(micros),
        before,
        limit: rows_to_read(page),
    };
    let rows = list.rows(connection)?;
    let entries = rows
        .into_iter()
        .map(StoredEntry::try_from)
        .collect::<Result<_, _>>()?;
    Ok(cut(entries, page, |entry: &StoredEntry| entry.id))
}

/// Joins the account of an entry. It is left out only if the entry is corrupt, which is then said.
const ITS_ACCOUNT: &str = "LEFT JOIN accounts a ON a.number = e.account_number";

const ITS_TRANSACTION: &str = "CROSS JOIN transactions t ON t.number = e.transaction_number";

impl List {
    fn rows(&self, connection: &Connection) -> Result<Vec<EntryRow>, Fault> {
        if self.transaction_id.or(self.run_id).is_some() {
            self.of_transactions().fetch(connection, EntryRow::read)
        } else if self.code.is_some() || self.account_id.is_some() {
            self.of_accounts(connection)
        } else if self.company_id.is_some() {
            self.of_company().fetch(connection, EntryRow::read)
        } else {
            self.of_everybody().fetch(connection, EntryRow::read)
        }
    }

    /// The entries of one transaction, or of a run's.
    fn of_transactions(&self) -> Query<'_> {
        let tables = "transactions t CROSS JOIN entries e ON e.transaction_number = t.number";
        Query::new(format!("SELECT {ENTRY} FROM {tables} {ITS_ACCOUNT}"))
            .and_if("t.id = ?", self.transaction_id.as_ref())
            .and_if("t.run_id = ?", self.run_id.as_ref())
            .and_if("+t.company_id = ?", self.company_id.as_ref())
            .and_if("a.code = ?", self.code.as_ref())
            .and_if("a.id = ?", self.account_id.as_ref())
            .and_if("t.created_at >= ?", self.dated_from.as_ref())
            .and_if("t.created_at < ?", self.dated_before.as_ref())
            .and(
                "(t.number, e.position) < (?, ?)",
                &[&self.before.transaction_number, &self.before.position],
            )
            .ordered("t.number DESC, e.position DESC", &self.limit)
    }

    /// The entries of a company: its transactions by time, which is how they are indexed, and by number.
    fn of_company(&self) -> Query<'_> {
        let tables = "transactions t INDEXED BY transactions_by_time
             CROSS JOIN entries e ON e.transaction_number = t.number";
        let Place {
            transaction_number,
            position,
            created_at,
            ..
        } = &self.before;
        Query::new(format!("SELECT {ENTRY} FROM {tables} {ITS_ACCOUNT}"))
            .and_if("t.company_id = ?", self.company_id.as_ref())
            .and_if("t.created_at >= ?", self.dated_from.as_ref())
            .and("t.created_at <= ?", &[created_at])
            .and_if("t.created_at < ?", self.dated_before.as_ref())
            .and(
                "(t.created_at, t.number, e.position) < (?, ?, ?)",
                &[created_at, transaction_number, position],
            )
            .ordered("t.created_at DESC, t.number DESC, e.position DESC", &self.limit)
    }

    fn of_everybody(&self) -> Query<'_> {
        let Place {
            transaction_number,
            position,
            ..
        } = &self.before;
        Query::new(format!(
            "SELECT {ENTRY} FROM entries e NOT INDEXED {ITS_TRANSACTION} {ITS_ACCOUNT}"
        ))
        .and_if("t.created_at >= ?", self.dated_from.as_ref())
        .and_if("t.created_at < ?", self.dated_before.as_ref())
        .and(
            "(e.transaction_number, e.position) < (?, ?)",
            &[transaction_number, position],
        )
        .ordered("e.transaction_number DESC, e.position DESC", &self.limit)
    }

    /// The entries of one account, or of all accounts of a code: one per currency, and per company if none is named. A
    /// page is put together from the newest entries of each.
    fn of_accounts(&self, connection: &Connection) -> Result<Vec<EntryRow>, Fault> {
        let no_limit = i64::MAX;
        let accounts = Query::new("SELECT number, company_id, entries FROM accounts".to_owned())
            .and_if("code = ?", self.code.as_ref())
            .and_if("id = ?", self.account_id.as_ref())
            .and_if("company_id = ?", self.company_id.as_ref())
            .ordered("number", &no_limit)
            .fetch(connection, |row| {
                Ok((row.get(0)?, row.get::<_, UuidBytes>(1)?, row.get(2)?))
            })?;
        let mut rows = Vec::new();
        for (number, company_id, entries) in accounts {
            let within = self.within(connection, number, company_id, entries)?;
            rows.extend(
                self.of_account(&number, &within)
                    .fetch(connection, EntryRow::read)?,
            );
        }
        rows.sort_unstable_by_key(|row: &EntryRow| std::cmp::Reverse(row.posted()));
        rows.truncate(usize::try_from(self.limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// An account's entries are numbered in the order of posting.
    fn of_account<'v>(&'v self, account_number: &'v i64, within: &'v Within) -> Query<'v> {
        let Place {
            transaction_number,
            position,
            ..
        } = &self.before;
        let tables =
            format!("entries e INDEXED BY entries_account_number_number_key {ITS_TRANSACTION} {ITS_ACCOUNT}");
        Query::new(format!("SELECT {ENTRY} FROM {tables}"))
            .and("e.account_number = ?", &[account_number])
            .and("e.number > ?", &[&within.above])
            .and("e.number < ?", &[&within.below])
            .and_if("t.created_at >= ?", self.dated_from.as_ref())
            .and_if("t.created_at < ?", self.dated_before.as_ref())
            .and(
                "(e.transaction_number, e.position) < (?, ?)",
                &[transaction_number, position],
            )
            .ordered("e.number DESC", &self.limit)
    }

    /// Between which of its numbers the entries of an account are looked for.
    fn within(
        &self,
        connection: &Connection,
        account_number: i64,
        company_id: UuidBytes,
        entries: i64,
    ) -> Result<Within, Fault> {
        let mut within = Within {
            above: 0,
            below: self.bound_in(account_number),
        };
        if let Some(from) = self.dated_from {
            let first = as_of::first_since(connection, company_id, from)?;
            let behind = first.saturating_sub(1);
            within.above = as_of::last_entry(connection, account_number, entries, behind)?;
        }
        if let Some(before) = self.dated_before {
            let last = as_of::last_before(connection, company_id, before)?;
            let last = as_of::last_entry(connection, account_number, entries, last)?;
            within.below = within.below.min(last.saturating_add(1));
        }
        Ok(within)
    }

    /// Where in an account a page begins: known at once in that of the last page's last entry.
    fn bound_in(&self, account_number: i64) -> i64 {
        if self.before.account_number == account_number {
            self.before.number
        } else {
            i64::MAX
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::in_memory;

    #[test]
    fn lists_are_read_in_their_order_by_an_index() {
        let connection = in_memory();
        let everybody = List {
            transaction_id: None,
            run_id: None,
            code: None,
            account_id: None,
            company_id: None,
            dated_from: None,
            dated_before: None,
            before: BEGINNING,
            limit: 50,
        };
        let company = List {
            company_id: Some([0; 16]),
            before: BEGINNING,
            code: None,
            ..everybody
        };
        let dated = List {
            dated_from: Some(1),
            dated_before: Some(2),
            before: BEGINNING,
            code: None,
            ..company
        };
        let run = List {
            run_id: Some([0; 16]),
            before: BEGINNING,
            code: None,
            ..company
        };
        let transaction = List {
            transaction_id: Some([0; 16]),
            before: BEGINNING,
            code: None,
            ..company
        };
        for (query, by) in [
            (
                company.of_account(&1, &Within { above: 1, below: 9 }),
                "e USING INDEX entries_account_number_number_key (account_number=? AND number>? AND number<?)",
            ),
            (
                dated.of_company(),
                "t USING INDEX transactions_by_time (company_id=? AND created_at>? AND created_at<?)",
            ),
            (
                company.of_company(),
                "t USING INDEX transactions_by_time (company_id=? AND created_at<?)",
            ),
            (
                run.of_transactions(),
                "t USING INDEX transactions_by_run (run_id=?",
            ),
            (
                transaction.of_transactions(),
                "t USING INDEX transactions_id_key (id=?",
            ),
            (
                company.of_everybody(),
                "e USING PRIMARY KEY ((transaction_number,position)<",
            ),
        ] {
            let plan = query.plan(&connection);
            assert!(plan.contains(by) && !plan.contains("TEMP B-TREE"), "{by}: {plan}");
        }
    }
}
