//! Ledger transactions: posted once, with their entries, never changed.

use std::collections::{BTreeSet, HashMap};

use ledger::{Direction, Money};
use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row};
use store::{
    KnownReference, NewTransaction, NumberedTransaction, Outage, Page, PageRequest, StoredEntry,
    StoredTransaction, TransactionFilter,
};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::entries::{self, EntryRow, NewEntry, entry_columns};
use crate::fault::Fault;
use crate::pages::{cut, nothing, rows_to_read};
use crate::statement::Statement;
use crate::value::{Moment, Place, integer};

/// Transactions and their entries go in one statement: the database checks, at its end, that they balance.
const POST: &str =
    "INSERT INTO transactions (id, company_id, reference, run_id, node_id, reverses, created_at, content_hash,
        description, metadata)
    SELECT t.id, t.company_id, t.reference, t.run_id, t.node_id, t.reverses, t.created_at, t.content_hash,
        t.description, t.metadata::json
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::timestamptz[], $8::bytea[],
        $9::text[], $10::text[])
        AS t (id, company_id, reference, run_id, node_id, reverses, created_at, content_hash, description, metadata)
    RETURNING id, number";

/// The entries of what is `posted` in the same statement.
const ENTER: &str =
    "INSERT INTO entries (transaction_number, position, id, account_number, number, debit, amount, balance_after)
    SELECT posted.number, e.position, e.id, e.account_number, e.number, e.debit, e.amount, e.balance_after
    FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::boolean[], $7::bigint[],
        $8::bigint[])
        AS e (transaction_id, position, id, account_number, number, debit, amount, balance_after)
    JOIN posted ON posted.id = e.transaction_id
    RETURNING 1";

const REFERENCES: &str = "SELECT t.company_id, t.reference, t.id, t.content_hash, t.run_id
    FROM unnest($1::uuid[], $2::text[]) AS k (company_id, reference)
    JOIN transactions t ON t.company_id = k.company_id AND t.reference = k.reference";

/// Company, reference, transaction, the hash of its content, its run.
type ReferenceRow = (Uuid, String, Uuid, Vec<u8>, Option<Uuid>);

/// A company's references are its transactions' names.
const POSTED_BEFORE: &str = "transactions_company_id_reference_key";

macro_rules! transaction_columns {
    () => {
        "t.number, t.id, t.company_id, t.reference, t.run_id, t.node_id, t.reverses, t.created_at, t.description, \
         t.metadata::text"
    };
}

const FIND: &str = concat!(
    "SELECT ",
    transaction_columns!(),
    " FROM transactions t WHERE t.id = $1"
);

const FIND_ALL: &str = concat!(
    "SELECT ",
    transaction_columns!(),
    " FROM transactions t WHERE t.id = ANY($1)"
);

const PLACE_OF: &str = "SELECT created_at, number FROM transactions WHERE id = $1";

const OF_RUN: &str = concat!(
    "SELECT ",
    transaction_columns!(),
    " FROM transactions t WHERE t.run_id = $1 ORDER BY t.number"
);

/// Those of a stretch of row numbers.
const STRETCH: &str = concat!(
    "SELECT ",
    transaction_columns!(),
    " FROM transactions t WHERE t.number > $1 AND t.number <= $2 ORDER BY t.number LIMIT $3"
);

/// Each row is looked up by its number. As joins, which the planner may turn round, this reads whole tables wherever their
/// statistics are older than most of their rows, as while a ledger grows fast.
const ENTRIES: &str = concat!(
    "SELECT ",
    entry_columns!(),
    " FROM unnest($1::bigint[]) AS n (number)
      CROSS JOIN LATERAL (SELECT * FROM transactions WHERE number = n.number LIMIT 1) t
      CROSS JOIN LATERAL (SELECT * FROM entries WHERE transaction_number = n.number ORDER BY position OFFSET 0) e
      LEFT JOIN LATERAL (SELECT * FROM accounts WHERE number = e.account_number LIMIT 1) a ON TRUE
      ORDER BY n.number, e.position"
);

struct TransactionRow {
    number: i64,
    id: Uuid,
    company_id: Uuid,
    reference: String,
    run_id: Option<Uuid>,
    node_id: Option<String>,
    reverses: Option<Uuid>,
    created_at: Moment,
    description: Option<String>,
    metadata: String,
}

impl FromRow<'_, PgRow> for TransactionRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            number: row.try_get(0)?,
            id: row.try_get(1)?,
            company_id: row.try_get(2)?,
            reference: row.try_get(3)?,
            run_id: row.try_get(4)?,
            node_id: row.try_get(5)?,
            reverses: row.try_get(6)?,
            created_at: row.try_get(7)?,
            description: row.try_get(8)?,
            metadata: row.try_get(9)?,
        })
    }
}

impl TransactionRow {
    fn with_entries(self, entries: Vec<StoredEntry>) -> Result<StoredTransaction, Fault> {
        let place = Place::new("transactions", self.id);
        Ok(StoredTransaction {
            id: self.id,
            company_id: self.company_id,
            reference: self.reference,
            run_id: self.run_id,
            node_id: self.node_id,
            description: self.description,
            metadata: self.metadata,
            reverses: self.reverses,
            entries,
            created_at: place.time(self.created_at)?,
        })
    }
}

/// Posts transactions with their entries, in their order.
pub(crate) fn post(
    statement: &mut Statement,
    transactions: &[NewTransaction],
    accounts: &mut Accounts,
) -> Result<(), Fault> {
    if transactions.is_empty() {
        return Ok(());
    }
    let mut entries = Vec::with_capacity(transactions.len().saturating_mul(2));
    for new in transactions {
        entries::prepare(&new.transaction, accounts, &mut entries)?;
    }
    insert(statement, transactions);
    enter(statement, &entries);
    Ok(())
}

fn insert(statement: &mut Statement, transactions: &[NewTransaction]) {
    let all = || transactions.iter().map(|new| &new.transaction);
    let hashes = transactions.iter().map(|new| &new.content_hash[..]);
    statement
        .part("posted", POST)
        .bind(all().map(|transaction| transaction.id).bind_iter())
        .bind(all().map(|transaction| transaction.company_id).bind_iter())
        .bind(
            all()
                .map(|transaction| transaction.reference.as_str())
                .bind_iter(),
        )
        .bind(all().map(|transaction| transaction.run_id).bind_iter())
        .bind(
            all()
                .map(|transaction| transaction.node_id.as_deref())
                .bind_iter(),
        )
        .bind(all().map(|transaction| transaction.reverses).bind_iter())
        .bind(
            all()
                .map(|transaction| Moment::from(transaction.created_at))
                .bind_iter(),
        )
        .bind(hashes.bind_iter())
        .bind(
            all()
                .map(|transaction| transaction.description.as_deref())
                .bind_iter(),
        )
        .bind(all().map(|transaction| transaction.metadata.as_str()).bind_iter());
}

fn enter(statement: &mut Statement, entries: &[NewEntry<'_>]) {
    let each = || entries.iter().map(|new| new.entry);
    statement
        .part("entered", ENTER)
        .bind(each().map(|entry| entry.transaction_id).bind_iter())
        .bind(entries.iter().map(|new| new.position).bind_iter())
        .bind(each().map(|entry| entry.id).bind_iter())
        .bind(entries.iter().map(|new| new.account_number).bind_iter())
        .bind(entries.iter().map(|new| new.number).bind_iter())
        .bind(
            each()
                .map(|entry| entry.direction == Direction::Debit)
                .bind_iter(),
        )
        .bind(each().map(|entry| entry.amount).map(Money::minor).bind_iter())
        .bind(
            each()
                .map(|entry| entry.balance_after)
                .map(Money::minor)
                .bind_iter(),
        );
    statement.ask("entered", entries.len(), "two transactions have one id");
}

/// What is written under a reference that was looked for and not found: somebody else may have posted under it since. The
/// next try finds theirs.
pub(crate) fn or_contention(fault: Fault) -> Fault {
    if fault.violates(POSTED_BEFORE) {
        return Fault::unavailable(
            Outage::Contention,
            "somebody else posted under the same reference meanwhile",
        );
    }
    fault
}

/// Those of the references that are in use.
pub(crate) async fn known_references(
    connection: &mut PgConnection,
    references: &BTreeSet<(Uuid, String)>,
) -> Result<Vec<KnownReference>, Fault> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<ReferenceRow> = sqlx::query_as(REFERENCES)
        .bind(references.iter().map(|(company_id, _)| *company_id).bind_iter())
        .bind(
            references
                .iter()
                .map(|(_, reference)| reference.as_str())
                .bind_iter(),
        )
        .fetch_all(connection)
        .await?;
    let known = |(company_id, reference, transaction_id, hash, run_id): ReferenceRow| {
        let content_hash = Place::new("transactions", transaction_id).sha256(&hash)?;
        Ok(KnownReference {
            company_id,
            reference,
            transaction_id,
            content_hash,
            run_id,
        })
    };
    found.into_iter().map(known).collect()
}

pub(crate) async fn find(
    connection: &mut PgConnection,
    transaction_id: Uuid,
) -> Result<Option<StoredTransaction>, Fault> {
    let row: Option<TransactionRow> = sqlx::query_as(FIND)
        .bind(transaction_id)
        .fetch_optional(&mut *connection)
        .await?;
    let mut found = complete(connection, row.into_iter().collect()).await?;
    Ok(found.pop())
}

/// Those of the transactions that are there.
pub(crate) async fn find_all(
    connection: &mut PgConnection,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<StoredTransaction>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<TransactionRow> = sqlx::query_as(FIND_ALL)
        .bind(ids.iter().copied().bind_iter())
        .fetch_all(&mut *connection)
        .await?;
    complete(connection, rows).await
}

/// What a run posted, in order.
pub(crate) async fn of_run(
    connection: &mut PgConnection,
    run_id: Uuid,
) -> Result<Vec<StoredTransaction>, Fault> {
    let rows: Vec<TransactionRow> = sqlx::query_as(OF_RUN)
        .bind(run_id)
        .fetch_all(&mut *connection)
        .await?;
    complete(connection, rows).await
}

/// Those behind a row number and up to another, in the order of their numbers, at most so many.
pub(crate) async fn stretch(
    connection: &mut PgConnection,
    behind: u64,
    up_to: u64,
    limit: u32,
) -> Result<Vec<NumberedTransaction>, Fault> {
    let rows: Vec<TransactionRow> = sqlx::query_as(STRETCH)
        .bind(integer(behind)?)
        .bind(i64::try_from(up_to).unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?;
    let numbers = rows
        .iter()
        .map(|row| Place::new("transactions", row.id).number(row.number));
    let numbers = numbers.collect::<Result<Vec<u64>, _>>()?;
    let found = numbers.into_iter().zip(complete(connection, rows).await?);
    let numbered = found.map(|(number, transaction)| NumberedTransaction { number, transaction });
    Ok(numbered.collect())
}

/// Lists the transactions of a company, newest first. An id that is not there ends the list.
pub(crate) async fn list(
    connection: &mut PgConnection,
    filter: TransactionFilter,
    page: PageRequest,
) -> Result<Page<StoredTransaction>, Fault> {
    let behind: Option<(Moment, i64)> = match page.after {
        None => None,
        Some(id) => {
            let place = sqlx::query_as(PLACE_OF)
                .bind(id)
                .fetch_optional(&mut *connection)
                .await?;
            let Some(place) = place else {
                return Ok(nothing());
            };
            Some(place)
        }
    };
    let mut query = listing(filter, behind, rows_to_read(page));
    let rows: Vec<TransactionRow> = query.build_query_as().fetch_all(&mut *connection).await?;
    let found = complete(connection, rows).await?;
    Ok(cut(found, page, |transaction: &StoredTransaction| transaction.id))
}

/// A condition is in the text only if the filter asks for it, so that the index which fits the filter is used.
fn listing(filter: TransactionFilter, behind: Option<(Moment, i64)>, limit: i64) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        transaction_columns!(),
        " FROM transactions t WHERE t.company_id = "
    ));
    query.push_bind(filter.company_id);
    if let Some(reference) = filter.reference {
        query.push(" AND t.reference = ").push_bind(reference);
    }
    if let Some(run_id) = filter.run_id {
        query.push(" AND t.run_id = ").push_bind(run_id);
    }
    if let Some(from) = filter.dated.from {
        query.push(" AND t.created_at >= ").push_bind(Moment::from(from));
    }
    if let Some(to) = filter.dated.to {
        query.push(" AND t.created_at < ").push_bind(Moment::from(to));
    }
    if let Some((created_at, number)) = behind {
        query
            .push(" AND (t.created_at, t.number) < (")
            .push_bind(created_at);
        query.push(", ").push_bind(number).push(")");
    }
    query
        .push(" ORDER BY t.created_at DESC, t.number DESC LIMIT ")
        .push_bind(limit);
    query
}

/// The transactions with their entries.
async fn complete(
    connection: &mut PgConnection,
    rows: Vec<TransactionRow>,
) -> Result<Vec<StoredTransaction>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    let read: Vec<EntryRow> = sqlx::query_as(ENTRIES)
        .bind(numbers)
        .fetch_all(connection)
        .await?;
    let mut entries: HashMap<Uuid, Vec<StoredEntry>> = HashMap::with_capacity(rows.len());
    for row in read {
        let entry = StoredEntry::try_from(row)?;
        entries.entry(entry.transaction_id).or_default().push(entry);
    }
    rows.into_iter()
        .map(|row| {
            let of_it = entries.remove(&row.id).unwrap_or_default();
            row.with_entries(of_it)
        })
        .collect()
}
