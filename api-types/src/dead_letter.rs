//! Messages that could not become runs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Time;

/// A message that could not be run, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct DeadLetter {
    /// Its id.
    pub id: Uuid,
    /// The company, where the message could be read so far.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub company_id: Option<Uuid>,
    /// The event, where the message could be read so far.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub event_id: Option<String>,
    /// The partition of the queue that it came from.
    pub partition: u16,
    /// Why it is here: a stable name.
    pub reason: String,
    /// Why it is here, in a sentence.
    pub detail: String,
    /// The kind of message.
    pub message_kind: String,
    /// The message.
    pub body: String,
    /// How `body` is written.
    pub body_encoding: BodyEncoding,
    /// What binds it to the request that brought it.
    pub correlation_id: String,
    /// Where it stands.
    pub status: DeadLetterStatus,
    /// When it was put here.
    pub created_at: Time,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
#[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
pub enum BodyEncoding {
    /// As it is.
    Text,
    /// In base64 (RFC 4648), since it is not UTF-8.
    Base64,
}

/// Where a dead letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
#[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
pub enum DeadLetterStatus {
    /// Somebody has to look.
    Dead,
    /// Somebody wants it tried again, and it is not back yet.
    RequeueRequested,
    /// It went back to the queue.
    Requeued,
}
