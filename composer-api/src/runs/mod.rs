//! Runs: what events made of rules.

mod list;
mod read;
mod shape;
mod stream;

use poem_openapi::OpenApi;

use crate::endpoint::State;

pub(crate) use shape::status;

/// The operations on runs.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        list::ListRuns(state.clone()),
        read::ReadRun(state.clone()),
        stream::RunStream(state.clone()),
    )
}
