//! Payments: what is on its way from one account to another, and what happened to it.

mod act;
mod events;
mod exchanged;
mod filters;
mod list;
mod payment;

pub(crate) use list::PaymentsPage;
pub(crate) use payment::PaymentPage;

use crate::{api::money::PaymentStatus, parts::Tone};

/// What a payment's state means. A payment that was declined or cancelled moved nothing, and is no fault.
fn tone(status: PaymentStatus) -> Tone {
    match status {
        PaymentStatus::Pending | PaymentStatus::Authorized => Tone::Waiting,
        PaymentStatus::Processing => Tone::Running,
        PaymentStatus::Captured => Tone::Success,
        PaymentStatus::PartiallyRefunded | PaymentStatus::Refunded | PaymentStatus::Cancelled => Tone::Quiet,
        PaymentStatus::Declined => Tone::Failure,
        PaymentStatus::Failed => Tone::Error,
    }
}
