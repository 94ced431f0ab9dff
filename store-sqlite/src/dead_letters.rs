//! Dead letters: kept, asked to be put back, put back.

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{DeadLetter, DeadLetterStatus, DeadLetters, Page, PageRequest, StoreError};
use uuid::Uuid;

use crate::SqliteStore;
use crate::fault::Fault;
use crate::pages::{before, cut, rows_to_read};
use crate::query::Query;
use crate::value::{Place, UuidBytes, micros, optional_uuid};

const LETTER: &str = "id, company_id, event_id, partition, reason, detail, message_kind, correlation_id, created_at, \
     status, body";

const KEEP: &str =
    "INSERT INTO dead_letters (id, company_id, event_id, partition, reason, detail, message_kind,
        correlation_id, created_at, status, body)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (id) DO NOTHING";

const SET_STATUS: &str = "UPDATE dead_letters SET status = ?2 WHERE id = ?1";

/// The condition is that of an index which holds the company alone.
const COUNT: &str = "SELECT count(*) FROM dead_letters WHERE status <> 'requeued'";

struct LetterRow {
    id: UuidBytes,
    company_id: Option<UuidBytes>,
    event_id: Option<String>,
    partition: i64,
    reason: String,
    detail: String,
    message_kind: String,
    correlation_id: String,
    created_at: i64,
    status: String,
    body: Vec<u8>,
}

impl LetterRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            company_id: row.get(1)?,
            event_id: row.get(2)?,
            partition: row.get(3)?,
            reason: row.get(4)?,
            detail: row.get(5)?,
            message_kind: row.get(6)?,
            correlation_id: row.get(7)?,
            created_at: row.get(8)?,
            status: row.get(9)?,
            body: row.get(10)?,
        })
    }
}

impl TryFrom<LetterRow> for DeadLetter {
    type Error = Fault;

    fn try_from(row: LetterRow) -> Result<Self, Fault> {
        let place = Place::new("dead_letters", row.id);
        Ok(Self {
            id: place.id,
            company_id: optional_uuid(row.company_id),
            event_id: row.event_id,
            partition: place.number(row.partition)?,
            reason: row.reason,
            detail: row.detail,
            message_kind: row.message_kind,
            body: Bytes::from(row.body),
            correlation_id: row.correlation_id,
            created_at: place.time(row.created_at)?,
            status: place.known(DeadLetterStatus::from_name(&row.status), &row.status)?,
        })
    }
}

/// Keeps dead letters. Those that are kept already stay as they are.
pub(crate) fn keep_all(connection: &Connection, letters: &[DeadLetter]) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached(KEEP)?;
    for letter in letters {
        insert.execute(params![
            letter.id.as_bytes(),
            letter.company_id.as_ref().map(Uuid::as_bytes),
            letter.event_id,
            letter.partition,
            letter.reason,
            letter.detail,
            letter.message_kind,
            letter.correlation_id,
            micros(letter.created_at),
            letter.status.as_str(),
            &letter.body[..],
        ])?;
    }
    Ok(())
}

fn find(connection: &Connection, id: Uuid) -> Result<Option<DeadLetter>, Fault> {
    let sql = format!("SELECT {LETTER} FROM dead_letters WHERE id = ?1");
    let row = connection
        .prepare_cached(&sql)?
        .query_row([id.as_bytes()], LetterRow::read)
        .optional()?;
    row.map(DeadLetter::try_from).transpose()
}

fn list(
    connection: &Connection,
    company_id: Option<Uuid>,
    page: PageRequest,
) -> Result<Page<DeadLetter>, Fault> {
    let before = before(page).into_bytes();
    let limit = rows_to_read(page);
    let company_id = company_id.map(Uuid::into_bytes);
    let rows = Query::new(format!("SELECT {LETTER} FROM dead_letters"))
        .and("id < ?", &[&before])
        .and_if("company_id = ?", company_id.as_ref())
        .ordered("id DESC", &limit)
        .fetch(connection, LetterRow::read)?;
    let letters = rows
        .into_iter()
        .map(DeadLetter::try_from)
        .collect::<Result<_, _>>()?;
    Ok(cut(letters, page, |letter: &DeadLetter| letter.id))
}

fn count(connection: &Connection, company_id: Option<Uuid>) -> Result<u64, Fault> {
    let count: i64 = match company_id {
        None => connection.prepare_cached(COUNT)?.query_row([], |row| row.get(0)),
        Some(company_id) => connection
            .prepare_cached(&format!("{COUNT} AND company_id = ?1"))?
            .query_row([company_id.as_bytes()], |row| row.get(0)),
    }?;
    Ok(u64::try_from(count).unwrap_or_default())
}

fn requests(connection: &Connection, limit: u32) -> Result<Vec<DeadLetter>, Fault> {
    let sql =
        format!("SELECT {LETTER} FROM dead_letters WHERE status = 'requeue_requested' ORDER BY id LIMIT ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([limit], LetterRow::read)?;
    rows.map(|row| row?.try_into()).collect()
}

/// Sets where a letter stands; none if there is no such one.
fn set_status(
    connection: &Connection,
    id: Uuid,
    status: DeadLetterStatus,
) -> Result<Option<DeadLetter>, Fault> {
    connection
        .prepare_cached(SET_STATUS)?
        .execute(params![id.as_bytes(), status.as_str()])?;
    find(connection, id)
}

#[async_trait]
impl DeadLetters for SqliteStore {
    async fn list_dead_letters(
        &self,
        company_id: Option<Uuid>,
        page: PageRequest,
    ) -> Result<Page<DeadLetter>, StoreError> {
        self.read(move |connection| list(connection, company_id, page))
            .await
    }

    async fn count_dead_letters(&self, company_id: Option<Uuid>) -> Result<u64, StoreError> {
        self.read(move |connection| count(connection, company_id)).await
    }

    async fn find_dead_letter(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.read(move |connection| find(connection, id)).await
    }

    async fn keep_dead_letter(&self, letter: DeadLetter) -> Result<(), StoreError> {
        self.write(move |connection| keep_all(connection, std::slice::from_ref(&letter)))
            .await
    }

    async fn request_requeue(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.write(move |connection| set_status(connection, id, DeadLetterStatus::RequeueRequested))
            .await
    }

    async fn requeue_requests(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.read(move |connection| requests(connection, limit)).await
    }

    async fn mark_requeued(&self, id: Uuid) -> Result<(), StoreError> {
        self.write(move |connection| set_status(connection, id, DeadLetterStatus::Requeued))
            .await?;
        Ok(())
    }
}
