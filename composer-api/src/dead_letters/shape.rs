//! What a dead letter looks like.

use api_types::{BodyEncoding, DeadLetter, DeadLetterStatus, Time};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A dead letter as the API shows it.
pub(super) fn shown(letter: store::DeadLetter) -> DeadLetter {
    let (body, body_encoding) = match std::str::from_utf8(&letter.body) {
        Ok(text) => (text.to_owned(), BodyEncoding::Text),
        Err(_) => (STANDARD.encode(&letter.body), BodyEncoding::Base64),
    };
    DeadLetter {
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
        status: match letter.status {
            store::DeadLetterStatus::Dead => DeadLetterStatus::Dead,
            store::DeadLetterStatus::RequeueRequested => DeadLetterStatus::RequeueRequested,
            store::DeadLetterStatus::Requeued => DeadLetterStatus::Requeued,
        },
        created_at: Time::from(letter.created_at),
    }
}
