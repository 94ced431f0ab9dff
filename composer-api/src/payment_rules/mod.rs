//! Rules: saving, checking, trying out, publishing, archiving.

mod archive;
mod checking;
mod list;
mod publish;
mod read;
mod save;
mod shape;
mod simulate;
mod simulation;
mod task_results;
mod validate;
mod versions;

use poem_openapi::OpenApi;

use crate::endpoint::State;

/// The operations on rules.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        save::SaveRule(state.clone()),
        list::ListRules(state.clone()),
        read::ReadRule(state.clone()),
        archive::ArchiveRule(state.clone()),
        versions::ReadVersions(state.clone()),
        publish::PublishVersion(state.clone()),
        validate::ValidateRule(state.clone()),
        simulate::SimulateRule(state.clone()),
    )
}
