//! What holds look like, asked for and answered.

use api_types::Time;
use jiff::Timestamp;
use ledger::{HoldStatus, Money};
use poem_openapi::{Enum, Object};
use serde::Serialize;
use uuid::Uuid;

use crate::ends::Ends;

/// An amount reserved on an account for another.
#[derive(Debug, Clone, Serialize, Object)]
pub(super) struct Hold {
    /// Its id.
    id: Uuid,
    /// Whose accounts they are.
    company_id: Uuid,
    /// The account that the amount is reserved on.
    source_account_id: Uuid,
    /// The account that a capture posts it to.
    destination_account_id: Uuid,
    /// How much was reserved.
    amount: String,
    /// How much of it was captured.
    #[oai(nullable)]
    captured_amount: Option<String>,
    /// The currency.
    currency: String,
    /// Only a `pending` hold can still change.
    status: Status,
    /// When it is freed by itself, if it is.
    #[oai(nullable)]
    expires_at: Option<Time>,
    /// The ledger transaction of its capture, if it was captured over this API.
    #[oai(nullable)]
    transaction_id: Option<Uuid>,
}

/// Where a hold stands.
#[derive(Debug, Clone, Copy, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "HoldStatus", rename_all = "snake_case")]
pub(super) enum Status {
    /// The amount is reserved.
    Pending,
    /// It was posted, in full or in part, and the rest freed.
    Captured,
    /// It was freed.
    Released,
    /// It was freed because its time ran out.
    Expired,
}

/// Where a hold is.
pub(super) fn location(hold_id: Uuid) -> String {
    format!("/api/v1/holds/{hold_id}")
}

/// A hold between two accounts, as the API shows it.
///
/// # Errors
/// What is stored is none.
pub(super) fn hold(hold: &ledger::Hold, ends: Ends, transaction_id: Option<Uuid>) -> Result<Hold, String> {
    let amount = hold.amount();
    Ok(Hold {
        id: hold.id(),
        company_id: hold.company_id(),
        source_account_id: ends.source,
        destination_account_id: ends.destination,
        amount: amount.to_decimal_string(),
        captured_amount: hold.captured().map(Money::to_decimal_string),
        currency: amount.currency().code().to_owned(),
        status: status(hold.status()),
        expires_at: hold.expires_at_ms().map(moment).transpose()?,
        transaction_id,
    })
}

fn moment(millis: i64) -> Result<Time, String> {
    let moment = Timestamp::from_millisecond(millis);
    moment.map(Time::from).map_err(|error| error.to_string())
}

impl From<Status> for HoldStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Captured => Self::Captured,
            Status::Released => Self::Released,
            Status::Expired => Self::Expired,
        }
    }
}

fn status(status: HoldStatus) -> Status {
    match status {
        HoldStatus::Pending => Status::Pending,
        HoldStatus::Captured => Status::Captured,
        HoldStatus::Released => Status::Released,
        HoldStatus::Expired => Status::Expired,
    }
}
