//! Dead letters: messages that could not become runs.

mod list;
mod read;
mod requeue;
mod shape;

use poem_openapi::OpenApi;
use service::Problem;
use uuid::Uuid;

use crate::endpoint::State;

/// The operations on dead letters.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        list::ListDeadLetters(state.clone()),
        read::ReadDeadLetter(state.clone()),
        requeue::RequeueDeadLetter(state.clone()),
    )
}

fn unknown(id: Uuid) -> Problem {
    Problem::not_found("unknown_dead_letter", format!("There is no dead letter {id}."))
}
