//! What a dead letter looks like.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use crate::time::Time;

/// A message that could not be run, as it came.
#[derive(Debug, Object)]
pub(super) struct DeadLetter {
    /// Its id.
    id: Uuid,
    /// The company, where the message could be read so far.
    #[oai(nullable)]
    company_id: Option<Uuid>,
    /// The event, where the message could be read so far.
    #[oai(nullable)]
    event_id: Option<String>,
    /// The partition of the queue that it came from.
    partition: u16,
    /// Why it is here: a stable name.
    reason: String,
    /// Why it is here, in a sentence.
    detail: String,
    /// The kind of message.
    message_kind: String,
    /// The message.
    body: String,
    /// How `body` is written.
    body_encoding: BodyEncoding,
    /// What binds it to the request that brought it.
    correlation_id: String,
    /// Where it stands.
    status: DeadLetterStatus,
    /// When it was put here.
    created_at: Time,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum BodyEncoding {
    /// As it is.
    Text,
    /// In base64 (RFC 4648), since it is not UTF-8.
    Base64,
}

/// Where a dead letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum DeadLetterStatus {
    /// Somebody has to look.
    Dead,
    /// Somebody wants it tried again, and it is not back yet.
    RequeueRequested,
    /// It went back to the queue.
    Requeued,
}

impl From<store::DeadLetter> for DeadLetter {
    fn from(letter: store::DeadLetter) -> Self {
        let (body, body_encoding) = match std::str::from_utf8(&letter.body) {
            Ok(text) => (text.to_owned(), BodyEncoding::Text),
            Err(_) => (STANDARD.encode(&letter.body), BodyEncoding::Base64),
        };
        Self {
            id: letter.id,
            company_id: letter.company_id,
            event_id: letter.event_id,
            partition: letter.partition,
            reason: letter.reason,
            detail: letter.detail,
            message_kind: letter.message_kind,
            body,
            body_encoding,
            correlation_id: letter.correlation_id,
            status: letter.status.into(),
            created_at: Time(letter.created_at),
        }
    }
}

impl From<store::DeadLetterStatus> for DeadLetterStatus {
    fn from(status: store::DeadLetterStatus) -> Self {
        match status {
            store::DeadLetterStatus::Dead => Self::Dead,
            store::DeadLetterStatus::RequeueRequested => Self::RequeueRequested,
            store::DeadLetterStatus::Requeued => Self::Requeued,
        }
    }
}
