//! Transfers: money from one account to another, and back.
//!
//! A transfer is a ledger transaction of two entries, and has its id. Its reference is made of the key of the request, so
//! that the same request never moves money twice, also when its answer was forgotten.

mod batch;
mod create;
mod order;
mod read;
mod reverse;
mod shape;

use poem_openapi::OpenApi;
use service::Problem;
use store::StoredTransaction;
use uuid::Uuid;

use crate::answers::{Answered, Success};
use crate::desk::Outcome;
use crate::endpoint::State;
use crate::problems;

/// The operations on transfers.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        create::CreateTransfer(state.clone()),
        batch::CreateTransfers(state.clone()),
        read::ReadTransfer(state.clone()),
        reverse::ReverseTransfer(state.clone()),
    )
}

/// Reads the transaction of a transfer or a reversal.
///
/// # Errors
/// 404 `transfer_not_found`; 503.
async fn find(state: &State, transfer_id: Uuid) -> Result<StoredTransaction, Problem> {
    let found = look_up(state, transfer_id).await?;
    found.ok_or_else(|| problems::transfer_not_found(transfer_id))
}

/// The same; `None` where there is no such transfer.
///
/// # Errors
/// 503.
async fn look_up(state: &State, transfer_id: Uuid) -> Result<Option<StoredTransaction>, Problem> {
    let found = state.store.find_transaction(transfer_id).await;
    Ok(found.map_err(problems::of_store)?.filter(shape::is_transfer))
}

/// What a request is answered; one that was carried out long ago, by the transfer that it made.
///
/// # Errors
/// 500; 503.
async fn answer(state: &State, outcome: Outcome) -> Result<Answered, Problem> {
    let transfer_id = match outcome {
        Outcome::Answered(answered) => return Ok(answered),
        Outcome::Posted(transfer_id) => transfer_id,
    };
    let transaction = find(state, transfer_id).await?;
    let shown = shape::transfer(&transaction).map_err(Problem::internal)?;
    let success = Success::at(shape::location(transfer_id), &shown);
    Ok(Answered {
        answer: Ok(success.map_err(Problem::internal)?),
        replayed: true,
    })
}
