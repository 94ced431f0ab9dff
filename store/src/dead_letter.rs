//! Messages that could not become runs, kept as they came.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Page, PageRequest, StoreError};

/// Where a dead letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetterStatus {
    /// Somebody has to look.
    Dead,
    /// Somebody wants it tried again; the orchestrator has not put it back yet.
    RequeueRequested,
    /// It went back to the queue.
    Requeued,
}

impl DeadLetterStatus {
    /// The status as it is written in JSON and in databases.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::RequeueRequested => "requeue_requested",
            Self::Requeued => "requeued",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Dead, Self::RequeueRequested, Self::Requeued]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// A message that could not be run, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its id (`UUIDv7`).
    pub id: Uuid,
    /// The company, where the message could be read so far.
    pub company_id: Option<Uuid>,
    /// The event, where the message could be read so far.
    pub event_id: Option<String>,
    /// The partition of the queue that it came from.
    pub partition: u16,
    /// Why it is here: a stable name.
    pub reason: String,
    /// Why it is here, in a sentence.
    pub detail: String,
    /// The kind of message, from its headers.
    pub message_kind: String,
    /// The message's body, byte for byte.
    pub body: Bytes,
    /// The correlation id of the request that brought it.
    pub correlation_id: String,
    /// When it was put here.
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: DeadLetterStatus,
}

/// Dead letters, as stored.
#[async_trait]
pub trait DeadLetters {
    /// Lists dead letters, newest first; without a company, of all companies.
    async fn list_dead_letters(
        &self,
        company_id: Option<Uuid>,
        page: PageRequest,
    ) -> Result<Page<DeadLetter>, StoreError>;

    /// How many have not gone back to the queue: of a company, or of all and of no company.
    async fn count_dead_letters(&self, company_id: Option<Uuid>) -> Result<u64, StoreError>;

    /// Reads one.
    async fn find_dead_letter(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError>;

    /// Keeps one (outside a batch: for messages that cannot even be read). Keeping the same id again
    /// changes nothing.
    async fn keep_dead_letter(&self, letter: DeadLetter) -> Result<(), StoreError>;

    /// Asks for one to be put back on the queue. Answers it as it is then; none if there is no such one.
    /// Asking again before it went back changes nothing; asking after it went back asks anew.
    async fn request_requeue(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError>;

    /// Those that were asked to be put back and have not been, oldest first.
    async fn requeue_requests(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError>;

    /// Notes that one went back to the queue.
    async fn mark_requeued(&self, id: Uuid) -> Result<(), StoreError>;
}
