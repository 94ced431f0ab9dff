//! Dead letters: kept, asked to be put back, put back.

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{FromRow, PgConnection, QueryBuilder, Row};
use store::{DeadLetter, DeadLetterStatus, DeadLetters, Page, PageRequest, StoreError};
use uuid::Uuid;

use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::pages::{before, cut, rows_to_read, shaped};
use crate::statement::Statement;
use crate::value::{Moment, Place};

macro_rules! letter_columns {
    () => {
        "d.id, d.company_id, d.event_id, d.partition, d.reason, d.detail, d.message_kind, d.correlation_id, \
         d.created_at, d.status, d.body"
    };
}

const KEEP: &str =
    "INSERT INTO dead_letters (id, company_id, event_id, partition, reason, detail, message_kind, correlation_id,
        created_at, status, body)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::timestamptz[], $10::text[], $11::bytea[])
    ON CONFLICT (id) DO NOTHING";

const FIND: &str = concat!(
    "SELECT ",
    letter_columns!(),
    " FROM dead_letters d WHERE d.id = $1"
);

const REQUESTS: &str = concat!(
    "SELECT ",
    letter_columns!(),
    " FROM dead_letters d WHERE d.status = 'requeue_requested' ORDER BY d.id LIMIT $1"
);

/// The condition is that of an index which holds the company alone.
const COUNT: &str = "SELECT count(*) FROM dead_letters d WHERE d.status <> 'requeued'";

const COUNT_OF_COMPANY: &str =
    "SELECT count(*) FROM dead_letters d WHERE d.status <> 'requeued' AND d.company_id = $1";

const SET_STATUS: &str = concat!(
    "UPDATE dead_letters d SET status = $2 WHERE d.id = $1 RETURNING ",
    letter_columns!()
);

struct LetterRow {
    id: Uuid,
    company_id: Option<Uuid>,
    event_id: Option<String>,
    partition: i32,
    reason: String,
    detail: String,
    message_kind: String,
    correlation_id: String,
    created_at: Moment,
    status: String,
    body: Vec<u8>,
}

impl FromRow<'_, PgRow> for LetterRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            company_id: row.try_get(1)?,
            event_id: row.try_get(2)?,
            partition: row.try_get(3)?,
            reason: row.try_get(4)?,
            detail: row.try_get(5)?,
            message_kind: row.try_get(6)?,
            correlation_id: row.try_get(7)?,
            created_at: row.try_get(8)?,
            status: row.try_get(9)?,
            body: row.try_get(10)?,
        })
    }
}

impl TryFrom<LetterRow> for DeadLetter {
    type Error = Fault;

    fn try_from(row: LetterRow) -> Result<Self, Fault> {
        let place = Place::new("dead_letters", row.id);
        Ok(Self {
            id: row.id,
            company_id: row.company_id,
            event_id: row.event_id,
            partition: place.number(i64::from(row.partition))?,
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

async fn count(connection: &mut PgConnection, company_id: Option<Uuid>) -> Result<u64, Fault> {
    let query = match company_id {
        Some(company_id) => sqlx::query_scalar(COUNT_OF_COMPANY).bind(company_id),
        None => sqlx::query_scalar(COUNT),
    };
    let count: i64 = query.fetch_one(connection).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Keeps dead letters. Those that are kept already stay as they are.
pub(crate) fn keep(statement: &mut Statement, letters: &[DeadLetter]) {
    if letters.is_empty() {
        return;
    }
    let all = || letters.iter();
    statement
        .part("kept", KEEP)
        .bind(all().map(|letter| letter.id).bind_iter())
        .bind(all().map(|letter| letter.company_id).bind_iter())
        .bind(all().map(|letter| letter.event_id.as_deref()).bind_iter())
        .bind(all().map(|letter| i32::from(letter.partition)).bind_iter())
        .bind(all().map(|letter| letter.reason.as_str()).bind_iter())
        .bind(all().map(|letter| letter.detail.as_str()).bind_iter())
        .bind(all().map(|letter| letter.message_kind.as_str()).bind_iter())
        .bind(all().map(|letter| letter.correlation_id.as_str()).bind_iter())
        .bind(all().map(|letter| Moment::from(letter.created_at)).bind_iter())
        .bind(all().map(|letter| letter.status.as_str()).bind_iter())
        .bind(all().map(|letter| &letter.body[..]).bind_iter());
}

async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<DeadLetter>, Fault> {
    let row: Option<LetterRow> = sqlx::query_as(FIND).bind(id).fetch_optional(connection).await?;
    row.map(DeadLetter::try_from).transpose()
}

async fn list(
    connection: &mut PgConnection,
    company_id: Option<Uuid>,
    page: PageRequest,
) -> Result<Page<DeadLetter>, Fault> {
    let text = concat!("SELECT ", letter_columns!(), " FROM dead_letters d WHERE d.id < ");
    let mut query = QueryBuilder::new(text);
    query.push_bind(before(page));
    if let Some(company_id) = company_id {
        query.push(" AND d.company_id = ").push_bind(company_id);
    }
    query
        .push(" ORDER BY d.id DESC LIMIT ")
        .push_bind(rows_to_read(page));
    let rows: Vec<LetterRow> = query.build_query_as().fetch_all(connection).await?;
    Ok(cut(shaped(rows)?, page, |letter: &DeadLetter| letter.id))
}

async fn requests(connection: &mut PgConnection, limit: u32) -> Result<Vec<DeadLetter>, Fault> {
    let rows: Vec<LetterRow> = sqlx::query_as(REQUESTS)
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    shaped(rows)
}

/// Sets where a letter stands; none if there is no such one.
async fn set_status(
    connection: &mut PgConnection,
    id: Uuid,
    status: DeadLetterStatus,
) -> Result<Option<DeadLetter>, Fault> {
    let row: Option<LetterRow> = sqlx::query_as(SET_STATUS)
        .bind(id)
        .bind(status.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(DeadLetter::try_from).transpose()
}

#[async_trait]
impl DeadLetters for PostgresStore {
    async fn list_dead_letters(
        &self,
        company_id: Option<Uuid>,
        page: PageRequest,
    ) -> Result<Page<DeadLetter>, StoreError> {
        self.read(move |connection| Box::pin(list(connection, company_id, page)))
            .await
    }

    async fn count_dead_letters(&self, company_id: Option<Uuid>) -> Result<u64, StoreError> {
        self.read(move |connection| Box::pin(count(connection, company_id)))
            .await
    }

    async fn find_dead_letter(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.read(move |connection| Box::pin(find(connection, id))).await
    }

    async fn keep_dead_letter(&self, letter: DeadLetter) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut statement = Statement::default();
            keep(&mut statement, std::slice::from_ref(&letter));
            Box::pin(statement.execute(connection))
        })
        .await
    }

    async fn request_requeue(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.write(move |connection| Box::pin(set_status(connection, id, DeadLetterStatus::RequeueRequested)))
            .await
    }

    async fn requeue_requests(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.read(move |connection| Box::pin(requests(connection, limit)))
            .await
    }

    async fn mark_requeued(&self, id: Uuid) -> Result<(), StoreError> {
        self.write(move |connection| Box::pin(set_status(connection, id, DeadLetterStatus::Requeued)))
            .await?;
        Ok(())
    }
}
