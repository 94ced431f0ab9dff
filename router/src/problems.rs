//! Every refusal of this service, with its code.

use std::time::Duration;

use queue::PublishError;
use service::{FieldError, Problem};
use uuid::Uuid;

use crate::SourceError;

/// When it is worth trying again, where nobody says.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A member of the event, or the header that stands in for it, is missing or wrong. `code` says which.
pub(crate) fn invalid_event(pointer: &str, code: &'static str, detail: String) -> Problem {
    Problem::unprocessable("invalid_event", detail.clone())
        .with_errors([FieldError::new(pointer, code, detail)])
}

pub(crate) fn unknown_company(company_id: Uuid) -> Problem {
    Problem::not_found("unknown_company", format!("There is no company {company_id}."))
}

pub(crate) fn no_published_rule(company_id: Uuid) -> Problem {
    let detail = format!(
        "The company {company_id} has no published rule, so nothing would happen. Publish one first."
    );
    Problem::not_found("no_published_rule", detail)
}

pub(crate) fn event_id_reused(event_id: &str) -> Problem {
    let detail = format!("An event with the id {event_id:?} was accepted before, with another body.");
    Problem::unprocessable("event_id_reused", detail)
}

pub(crate) fn rules_unavailable(error: &SourceError) -> Problem {
    tracing::debug!(%error, "an event is refused: no rules are at hand");
    let detail = "The published rules of the company cannot be asked for at the moment, and none are known here. \
                  Nothing was accepted.";
    Problem::unavailable("rules_unavailable", detail, RETRY_AFTER)
}

pub(crate) fn rules_unusable(reason: &str) -> Problem {
    let detail = format!(
        "The published rules of the company cannot be run by this router: {reason} Nothing was accepted."
    );
    Problem::unavailable("rules_unusable", detail, RETRY_AFTER)
}

pub(crate) fn not_published(error: &PublishError) -> Problem {
    match error {
        PublishError::Full { retry_after } => {
            let detail = "The queue holds as much as it may. Nothing was accepted.";
            Problem::unavailable("queue_full", detail, *retry_after)
        }
        PublishError::Unavailable { reason } => {
            tracing::warn!(reason, "an event was not published");
            let detail = "The queue did not confirm that it has the event. Send it again, with the same id.";
            Problem::unavailable("queue_unavailable", detail, RETRY_AFTER)
        }
    }
}

pub(crate) fn empty_batch() -> Problem {
    Problem::bad_request(
        "empty_batch",
        "The body has no line with an event; it should have one JSON object per line.",
    )
}

pub(crate) fn too_many_lines(limit: usize) -> Problem {
    let detail = format!("The batch has more than {limit} events. Nothing was accepted: send it in parts.");
    Problem::unprocessable("too_many_lines", detail)
}
