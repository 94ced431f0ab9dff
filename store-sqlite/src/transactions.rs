//! Ledger transactions: written once, never changed.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{
    KnownReference, NewTransaction, NumberedTransaction, Page, PageRequest, StoredTransaction,
    TransactionFilter,
};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::entries::{self, ENTRY, EntryRow};
use crate::fault::Fault;
use crate::pages::{cut, rows_to_read};
use crate::query::Query;
use crate::value::{Place, UuidBytes, integer, micros, optional_uuid};

const WRITE: &str =
    "INSERT INTO transactions (id, company_id, reference, run_id, node_id, reverses, created_at,
        content_hash, description, metadata)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const REFERENCE: &str =
    "SELECT id, content_hash, run_id FROM transactions WHERE company_id = ?1 AND reference = ?2";

const TRANSACTION: &str =
    "number, id, company_id, reference, run_id, node_id, reverses, created_at, description, metadata";

struct TransactionRow {
    number: i64,
    id: UuidBytes,
    company_id: UuidBytes,
    reference: String,
    run_id: Option<UuidBytes>,
    node_id: Option<String>,
    reverses: Option<UuidBytes>,
    created_at: i64,
    description: Option<String>,
    metadata: String,
}

impl TransactionRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            id: row.get(1)?,
            company_id: row.get(2)?,
            reference: row.get(3)?,
            run_id: row.get(4)?,
            node_id: row.get(5)?,
            reverses: row.get(6)?,
            created_at: row.get(7)?,
            description: row.get(8)?,
            metadata: row.get(9)?,
        })
    }

    /// The transaction with its entries.
    fn complete(self, connection: &Connection) -> Result<StoredTransaction, Fault> {
        let place = Place::new("transactions", self.id);
        let sql = format!(
            "SELECT {ENTRY} FROM entries e JOIN transactions t ON t.number = e.transaction_number
             LEFT JOIN accounts a ON a.number = e.account_number
             WHERE e.transaction_number = ?1 ORDER BY e.position"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([self.number], EntryRow::read)?;
        let entries = rows.map(|row| row?.try_into()).collect::<Result<_, Fault>>()?;
        Ok(StoredTransaction {
            id: place.id,
            company_id: Uuid::from_bytes(self.company_id),
            reference: self.reference,
            run_id: optional_uuid(self.run_id),
            node_id: self.node_id,
            description: self.description,
            metadata: self.metadata,
            reverses: optional_uuid(self.reverses),
            entries,
            created_at: place.time(self.created_at)?,
        })
    }
}

/// Writes transactions with their entries, in the order in which they were posted.
pub(crate) fn write(
    connection: &Connection,
    transactions: &[NewTransaction],
    accounts: &mut Accounts,
) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached(WRITE)?;
    let mut entry_writer = entries::writer(connection)?;
    for NewTransaction {
        transaction,
        content_hash,
    } in transactions
    {
        insert.execute(params![
            transaction.id.as_bytes(),
            transaction.company_id.as_bytes(),
            transaction.reference,
            transaction.run_id.as_ref().map(Uuid::as_bytes),
            transaction.node_id,
            transaction.reverses.as_ref().map(Uuid::as_bytes),
            micros(transaction.created_at),
            content_hash,
            transaction.description,
            transaction.metadata,
        ])?;
        entries::write(
            &mut entry_writer,
            connection.last_insert_rowid(),
            transaction,
            accounts,
        )?;
    }
    Ok(())
}

/// Those of the references that are in use.
pub(crate) fn known_references(
    connection: &Connection,
    references: &BTreeSet<(Uuid, String)>,
) -> Result<Vec<KnownReference>, Fault> {
    let mut statement = connection.prepare_cached(REFERENCE)?;
    let mut known = Vec::new();
    for (company_id, reference) in references {
        let found = statement
            .query_row(params![company_id.as_bytes(), reference], |row| {
                let run_id: Option<UuidBytes> = row.get(2)?;
                Ok((row.get::<_, UuidBytes>(0)?, row.get(1)?, run_id))
            })
            .optional()?;
        if let Some((id, content_hash, run_id)) = found {
            let (company_id, reference) = (*company_id, reference.clone());
            let transaction_id = Uuid::from_bytes(id);
            known.push(KnownReference {
                company_id,
                reference,
                transaction_id,
                content_hash,
                run_id: run_id.map(Uuid::from_bytes),
            });
        }
    }
    Ok(known)
}

pub(crate) fn find(
    connection: &Connection,
    transaction_id: Uuid,
) -> Result<Option<StoredTransaction>, Fault> {
    let sql = format!("SELECT {TRANSACTION} FROM transactions WHERE id = ?1");
    let row = connection
        .prepare_cached(&sql)?
        .query_row([transaction_id.as_bytes()], TransactionRow::read)
        .optional()?;
    row.map(|row| row.complete(connection)).transpose()
}

/// Those of the transactions that are there.
pub(crate) fn find_all(
    connection: &Connection,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<StoredTransaction>, Fault> {
    let found = ids.iter().filter_map(|id| find(connection, *id).transpose());
    found.collect()
}

/// What a run posted, in order.
pub(crate) fn of_run(connection: &Connection, run_id: Uuid) -> Result<Vec<StoredTransaction>, Fault> {
    let sql = format!("SELECT {TRANSACTION} FROM transactions WHERE run_id = ?1 ORDER BY number");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([run_id.as_bytes()], TransactionRow::read)?;
    rows.map(|row| row?.complete(connection)).collect()
}

/// Those behind a row number, in the order of their numbers, at most so many.
pub(crate) fn stretch(
    connection: &Connection,
    behind: u64,
    limit: u32,
) -> Result<Vec<NumberedTransaction>, Fault> {
    let sql = format!("SELECT {TRANSACTION} FROM transactions WHERE number > ?1 ORDER BY number LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![integer(behind)?, limit], TransactionRow::read)?;
    let numbered = rows.map(|row| {
        let row = row?;
        Ok(NumberedTransaction {
            number: Place::new("transactions", row.id).number(row.number)?,
            transaction: row.complete(connection)?,
        })
    });
    numbered.collect()
}

const PLACE_OF: &str = "SELECT created_at, number FROM transactions WHERE id = ?1";

/// Lists the transactions of a company, newest first, by the index that fits the filter. An id that is not there ends the
/// list.
pub(crate) fn list(
    connection: &Connection,
    filter: &TransactionFilter,
    page: PageRequest,
) -> Result<Page<StoredTransaction>, Fault> {
    let place = match page.after {
        None => Some((i64::MAX, i64::MAX)),
        Some(id) => connection
            .prepare_cached(PLACE_OF)?
            .query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?,
    };
    let Some((created_at, number)) = place else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    let bounds = Bounds {
        company_id: filter.company_id.into_bytes(),
        reference: filter.reference.as_deref(),
        run_id: filter.run_id.map(Uuid::into_bytes),
        from: filter.dated.from.map(micros),
        before: filter.dated.to.map(micros),
        created_at,
        number,
        limit: rows_to_read(page),
    };
    let rows = bounds.query().fetch(connection, TransactionRow::read)?;
    let found = rows.into_iter().map(|row| row.complete(connection));
    let found = found.collect::<Result<_, _>>()?;
    Ok(cut(found, page, |transaction: &StoredTransaction| transaction.id))
}

/// A filter in the terms of the database, and where a page begins.
struct Bounds<'f> {
    company_id: UuidBytes,
    reference: Option<&'f str>,
    run_id: Option<UuidBytes>,
    from: Option<i64>,
    before: Option<i64>,
    created_at: i64,
    number: i64,
    limit: i64,
}

impl Bounds<'_> {
    fn query(&self) -> Query<'_> {
        let few = self.reference.is_some() || self.run_id.is_some();
        let company = if few { "+company_id = ?" } else { "company_id = ?" };
        let reference = "company_id = ? AND reference = ?";
        let query = Query::new(format!("SELECT {TRANSACTION} FROM transactions"));
        let query = match &self.reference {
            Some(name) => query.and(reference, &[&self.company_id, name]),
            None => query.and(company, &[&self.company_id]),
        };
        query
            .and_if("run_id = ?", self.run_id.as_ref())
            .and_if("created_at >= ?", self.from.as_ref())
            .and("created_at <= ?", &[&self.created_at])
            .and_if("created_at < ?", self.before.as_ref())
            .and("(created_at, number) < (?, ?)", &[&self.created_at, &self.number])
            .ordered("created_at DESC, number DESC", &self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::in_memory;

    #[test]
    fn lists_are_read_by_an_index() {
        let connection = in_memory();
        let company = Bounds {
            company_id: [0; 16],
            reference: None,
            run_id: None,
            from: Some(1),
            before: Some(2),
            created_at: i64::MAX,
            number: i64::MAX,
            limit: 51,
        };
        let reference = Bounds {
            reference: Some("invoices/1"),
            ..company
        };
        let run = Bounds {
            reference: None,
            run_id: Some([0; 16]),
            ..company
        };
        for (bounds, by) in [
            (
                company,
                "transactions_by_time (company_id=? AND created_at>? AND created_at<?)",
            ),
            (reference, "(company_id=? AND reference=?)"),
            (run, "transactions_by_run (run_id=?"),
        ] {
            let plan = bounds.query().plan(&connection);
            assert!(plan.contains(by), "{by}: {plan}");
        }
    }
}
