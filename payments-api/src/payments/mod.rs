//! Payments: an amount on its way from one account to another, with states of its own.
//!
//! A payment is taken, authorized (its amount is reserved by a hold), captured (posted) and refunded, or declined or
//! cancelled before. Everything that happens to it is an event of its own, kept in the database transaction that moves the
//! money. Its money takes from its source, whatever the kind of that account, as a hold does. Its hold is its own: the
//! operations on holds do not find it.

mod authorize;
mod cancel;
mod capture;
mod change;
mod create;
mod events;
mod exchange;
mod first;
mod list;
mod order;
mod progress;
mod provider;
mod read;
mod refund;
mod shape;

use poem_openapi::OpenApi;
use service::Problem;
use store::PaymentRecord;
use uuid::Uuid;

use crate::answers::{Answered, Success};
use crate::desk::Outcome;
use crate::endpoint::State;
use crate::problems;

pub(crate) use first::FirstOutcome;
pub(crate) use order::Paying;
pub(crate) use shape::PaymentStatus;

pub use provider::{Provider, ProviderAnswer, ProviderError, ProviderRequest};

/// The operations on payments.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    let reading = (
        read::ReadPayment(state.clone()),
        list::ListPayments(state.clone()),
        events::ListPaymentEvents(state.clone()),
    );
    let changing = (
        create::CreatePayment(state.clone()),
        authorize::AuthorizePayment(state.clone()),
        capture::CapturePayment(state.clone()),
        refund::RefundPayment(state.clone()),
        cancel::CancelPayment(state.clone()),
    );
    (changing, reading)
}

/// Reads a payment.
///
/// # Errors
/// 404 `payment_not_found`; 503.
pub(crate) async fn find(state: &State, payment_id: Uuid) -> Result<PaymentRecord, Problem> {
    let found = state.store.find_payment(payment_id).await;
    let found = found.map_err(problems::of_store)?;
    found.ok_or_else(|| problems::payment_not_found(payment_id))
}

/// What a request is answered; one that was carried out long ago, by the payment as it is now.
///
/// # Errors
/// 500; 503.
async fn answer(state: &State, outcome: Outcome) -> Result<Answered, Problem> {
    let payment_id = match outcome {
        Outcome::Answered(answered) => return Ok(answered),
        Outcome::Posted(payment_id) => payment_id,
    };
    let shown = shape::payment(&find(state, payment_id).await?).map_err(Problem::internal)?;
    let success = Success::at(shape::location(payment_id), &shown);
    Ok(Answered {
        answer: Ok(success.map_err(Problem::internal)?),
        replayed: true,
    })
}
