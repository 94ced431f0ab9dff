//! Idempotency: the same request sent again is answered the same, and does nothing.
//!
//! A request names itself by the header `Idempotency-Key` (IETF draft
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>), within its company and its route. The
//! answer is stored in the database transaction of the effect. Equals in flight need no lock: they come to the desk one
//! after another, and all but the first find the answer of the first.

mod cleaning;
mod fingerprint;
mod header;
mod in_flight;

use service::Problem;
use store::{AnswerKey, KeptRequest};
use uuid::Uuid;

pub(crate) use cleaning::clean;
pub(crate) use fingerprint::{fingerprint, is_default};
pub(crate) use header::{IdempotencyKey, OptionalIdempotencyKey, is_key};
pub(crate) use in_flight::{InFlight, PATIENCE};

#[cfg(test)]
pub(crate) use fingerprint::expect_pinned;

/// A request with the name that its caller gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) key: AnswerKey,
    pub(crate) fingerprint: [u8; 32],
}

impl Named {
    /// A request of a company to a route, such as `POST /transfers`. The fingerprint is of all that the request says.
    pub(crate) fn new(company_id: Uuid, route: &str, key: &str, fingerprint: [u8; 32]) -> Self {
        Self {
            key: AnswerKey {
                company_id,
                route: route.to_owned(),
                key: key.to_owned(),
            },
            fingerprint,
        }
    }

    /// The same, to be kept for ever.
    pub(crate) fn kept(&self) -> KeptRequest {
        KeptRequest {
            key: self.key.clone(),
            fingerprint: self.fingerprint,
        }
    }
}

/// 409: the same request is still under way.
pub(crate) fn still_running() -> Problem {
    let detail = "A request under this Idempotency-Key is still being carried out. Ask again in a moment.";
    Problem::conflict("idempotency_in_flight", detail)
}
