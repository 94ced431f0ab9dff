//! What the store says, and what is not there, as problems.

use std::time::Duration;

use service::{FieldError, Problem};
use store::StoreError;
use uuid::Uuid;

/// A database that is away is usually back soon.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The store failed. Whatever a client can get wrong was found before the store was asked, or refused under its locks.
pub(crate) fn of_store(error: StoreError) -> Problem {
    match error {
        StoreError::Unavailable { outage, message } => {
            tracing::warn!(%outage, message, "the store is unavailable");
            unavailable()
        }
        error @ (StoreError::Refused { .. } | StoreError::Corrupt { .. }) => Problem::internal(error),
    }
}

/// 503: it could not be done now. A commit whose confirmation was lost may have taken place: under the same key it is
/// answered and not done again.
pub(crate) fn unavailable() -> Problem {
    let detail = "The database does not answer. Try again in a moment, under the same Idempotency-Key if there is one.";
    Problem::unavailable("store_unavailable", detail, RETRY_AFTER)
}

/// 503: somebody keeps locked what it needs. Nothing was done.
pub(crate) fn locked() -> Problem {
    let detail = "What the request needs is being changed by somebody else. Try again in a moment.";
    Problem::unavailable("store_unavailable", detail, RETRY_AFTER)
}

/// 503: more wait than there is room for. Nothing was done.
pub(crate) fn desk_full() -> Problem {
    let detail = "Too many requests wait to be carried out. Try again in a moment, under the same key.";
    Problem::unavailable("desk_full", detail, RETRY_AFTER)
}

/// 400: a parameter that cannot be what it says.
pub(crate) fn invalid_parameter(name: &str, reason: &str) -> Problem {
    let detail = format!("The parameter `{name}` cannot be used: {reason}");
    let fault = FieldError::new(name, "invalid", reason);
    Problem::bad_request("invalid_parameter", detail).with_errors([fault])
}

/// 404: there is no such account.
pub(crate) fn account_not_found(account_id: Uuid) -> Problem {
    Problem::not_found("account_not_found", format!("There is no account {account_id}."))
}

/// 404: there is no such payment.
pub(crate) fn payment_not_found(payment_id: Uuid) -> Problem {
    Problem::not_found("payment_not_found", format!("There is no payment {payment_id}."))
}

/// 404: there is no such ledger transaction, or not in this company.
pub(crate) fn transaction_not_found(transaction_id: Uuid) -> Problem {
    Problem::not_found(
        "transaction_not_found",
        format!("There is no ledger transaction {transaction_id}."),
    )
}

/// 404: there is no such transfer.
pub(crate) fn transfer_not_found(transfer_id: Uuid) -> Problem {
    Problem::not_found(
        "transfer_not_found",
        format!("There is no transfer {transfer_id}."),
    )
}
