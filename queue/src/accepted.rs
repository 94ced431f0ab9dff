//! The one message that goes over the queue: an event that the router accepted, with the company and the rules
//! as they were at that moment.
//!
//! It is JSON, so that an operator can read it where it waits. The event stands in it byte for byte. It carries a
//! version, and [`AcceptedEvent::decode`] reads every version that was ever written.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// The kind of message that carries an [`AcceptedEvent`].
pub const ACCEPTED_KIND: &str = "payment.accepted";
/// The media type of its body.
pub const ACCEPTED_CONTENT_TYPE: &str = "application/json";
/// The version that this program writes.
const VERSION: u32 = 1;

/// An event that the router accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedEvent {
    /// Names this acceptance: a redelivery has the same.
    pub id: Uuid,
    /// Whose event it is, as the company was at acceptance.
    pub company: CompanySnapshot,
    /// The event; unique within the company.
    pub event_id: String,
    /// SHA-256 of the event's bytes.
    pub body_sha256: [u8; 32],
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The request that brought it.
    pub correlation_id: String,
    /// The W3C trace context of that request, if there was one.
    pub traceparent: Option<String>,
    /// The runs that it starts, each with its id, so that a redelivery starts the same.
    pub runs: Vec<AcceptedRun>,
    /// The event: JSON text, without white space around it, as it came.
    pub event: Bytes,
}

/// A company as it was when an event was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanySnapshot {
    /// Its id.
    pub company_id: Uuid,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// The code of its currency (ISO 4217).
    pub currency: String,
}

/// A run, pinned to a version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedRun {
    /// The run's id.
    pub run_id: Uuid,
    /// The rule.
    pub rule_id: Uuid,
    /// The rule's name.
    pub rule_name: String,
    /// The version.
    pub version: u32,
}

/// Why a message is not an accepted event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcceptedError {
    /// It is not of the form that the router writes.
    #[error("the message cannot be read: {0}")]
    Malformed(String),
    /// A newer program wrote it.
    #[error("the message has version {0}, and this program reads versions up to {VERSION}")]
    NewerVersion(u32),
}

#[derive(Serialize, Deserialize)]
struct Wire<'w> {
    version: u32,
    id: Uuid,
    company: CompanySnapshot,
    event_id: String,
    body_sha256: String,
    accepted_at: Timestamp,
    correlation_id: String,
    traceparent: Option<String>,
    runs: Vec<AcceptedRun>,
    #[serde(borrow)]
    event: &'w RawValue,
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

impl AcceptedEvent {
    /// The message's body.
    ///
    /// # Errors
    ///
    /// [`AcceptedError::Malformed`] if the event is not JSON text.
    pub fn encode(&self) -> Result<Bytes, AcceptedError> {
        let event: &RawValue = serde_json::from_slice(&self.event).map_err(malformed)?;
        let wire = Wire {
            version: VERSION,
            id: self.id,
            company: self.company.clone(),
            event_id: self.event_id.clone(),
            body_sha256: hex::encode(self.body_sha256),
            accepted_at: self.accepted_at,
            correlation_id: self.correlation_id.clone(),
            traceparent: self.traceparent.clone(),
            runs: self.runs.clone(),
            event,
        };
        serde_json::to_vec(&wire).map(Bytes::from).map_err(malformed)
    }

    /// Reads a message's body.
    ///
    /// # Errors
    ///
    /// See [`AcceptedError`].
    pub fn decode(body: &Bytes) -> Result<Self, AcceptedError> {
        let wire: Wire<'_> = serde_json::from_slice(body).map_err(|error| match version_of(body) {
            Some(version) if version > VERSION => AcceptedError::NewerVersion(version),
            _ => malformed(error),
        })?;
        if wire.version > VERSION {
            return Err(AcceptedError::NewerVersion(wire.version));
        }
        let mut body_sha256 = [0; 32];
        hex::decode_to_slice(&wire.body_sha256, &mut body_sha256).map_err(malformed)?;
        Ok(Self {
            id: wire.id,
            company: wire.company,
            event_id: wire.event_id,
            body_sha256,
            accepted_at: wire.accepted_at,
            correlation_id: wire.correlation_id,
            traceparent: wire.traceparent,
            runs: wire.runs,
            event: body.slice_ref(wire.event.get().as_bytes()),
        })
    }
}

fn version_of(body: &[u8]) -> Option<u32> {
    serde_json::from_slice::<VersionOnly>(body)
        .ok()
        .map(|found| found.version)
}

fn malformed(error: impl std::fmt::Display) -> AcceptedError {
    AcceptedError::Malformed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &'static str) -> AcceptedEvent {
        AcceptedEvent {
            id: Uuid::from_u128(1),
            company: CompanySnapshot {
                company_id: Uuid::from_u128(2),
                name: "Ana".to_owned(),
                plan: None,
                region: Some("BR".to_owned()),
                currency: "BRL".to_owned(),
            },
            event_id: "e-1".to_owned(),
            body_sha256: [7; 32],
            accepted_at: Timestamp::UNIX_EPOCH,
            correlation_id: "c-1".to_owned(),
            traceparent: None,
            runs: vec![AcceptedRun {
                run_id: Uuid::from_u128(3),
                rule_id: Uuid::from_u128(4),
                rule_name: "default".to_owned(),
                version: 2,
            }],
            event: Bytes::from_static(text.as_bytes()),
        }
    }

    #[test]
    fn the_event_survives_byte_for_byte() {
        let nested = format!("{}1{}", "[".repeat(128), "]".repeat(128));
        let nested: &'static str = nested.leak();
        for text in [
            r#"{"total": 120.00,"n":1e400, "$serde_json::private::Number":"1"}"#,
            nested,
        ] {
            let sent = event(text);
            assert_eq!(AcceptedEvent::decode(&sent.encode().unwrap()).unwrap(), sent);
        }
    }

    /// Written by the first version. It must be readable for ever: it may wait in a queue while programs are replaced.
    #[test]
    fn the_first_version_is_readable() {
        let body = concat!(
            r#"{"version":1,"id":"0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7d","company":{"company_id":"#,
            r#""b5aa9687-d61f-467c-973e-f55d446981dc","name":"Ana","plan":null,"region":"south","currency":"BRL"},"#,
            r#""event_id":"order-1","body_sha256":"#,
            r#""9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","#,
            r#""accepted_at":"2026-03-01T12:00:00.123456Z","correlation_id":"c-1","traceparent":null,"runs":["#,
            r#"{"run_id":"0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7e","rule_id":"0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7f","#,
            r#""rule_name":"default","version":3}],"event":{"total":120.00,"note":"as it came: 1E2"}}"#,
        );
        let event = AcceptedEvent::decode(&Bytes::from_static(body.as_bytes())).unwrap();
        assert_eq!(
            (event.event_id.as_str(), event.company.region.as_deref()),
            ("order-1", Some("south"))
        );
        assert_eq!((event.runs.len(), event.runs[0].version), (1, 3));
        assert_eq!(event.event, br#"{"total":120.00,"note":"as it came: 1E2"}"#[..]);
        assert_eq!(event.encode().unwrap(), body, "and is what this version writes");
    }

    #[test]
    fn says_why_a_message_cannot_be_read() {
        let malformed = AcceptedEvent::decode(&Bytes::from_static(b"{\"version\":1}")).unwrap_err();
        assert!(malformed.to_string().contains("missing field"), "{malformed}");
        let newer = AcceptedEvent::decode(&Bytes::from_static(b"{\"version\":2,\"other\":1}")).unwrap_err();
        assert_eq!(newer, AcceptedError::NewerVersion(2));
    }
}
