//! Ledger transactions: written once, never changed.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{KnownReference, NewTransaction, NumberedTransaction, StoredTransaction};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::entries::{self, ENTRY, EntryRow};
use crate::fault::Fault;
use crate::value::{Place, UuidBytes, integer, micros, optional_uuid};

const WRITE: &str =
    "INSERT INTO transactions (id, company_id, reference, run_id, node_id, reverses, created_at,
        content_hash, description, metadata)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const REFERENCE: &str = "SELECT id, content_hash FROM transactions WHERE company_id = ?1 AND reference = ?2";

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
                Ok((row.get::<_, UuidBytes>(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((id, content_hash)) = found {
            let (company_id, reference) = (*company_id, reference.clone());
            let transaction_id = Uuid::from_bytes(id);
            known.push(KnownReference {
                company_id,
                reference,
                transaction_id,
                content_hash,
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
