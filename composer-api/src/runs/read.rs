//! `GET /runs/{run_id}`: one run with all that belongs to it.

use api_types::RunDetails;
use poem_openapi::{OpenApi, param::Path};
use service::{Problem, RawJson};
use uuid::Uuid;
use views::stored_json;

use super::shape;
use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct ReadRun(pub(super) State);

#[OpenApi(tag = "Chapter::Runs")]
impl ReadRun {
    /// Read a run
    ///
    /// With its event, the states, outputs and comparisons of its nodes, its ledger transactions, and the events that
    /// it sent out.
    #[oai(path = "/runs/:run_id", method = "get", operation_id = "read_run")]
    async fn read(&self, run_id: Path<Uuid>) -> Result<RawJson<RunDetails>, Refused<404>> {
        let found = self
            .0
            .store
            .find_run(run_id.0)
            .await
            .map_err(problems::of_store)?;
        let details = found.ok_or_else(|| unknown_run(run_id.0))?;
        Ok(stored_json::write(&shape::details(details)?)?)
    }
}

fn unknown_run(run_id: Uuid) -> Problem {
    Problem::not_found(
        "unknown_run",
        format!("There is no run {run_id}. One that was just accepted appears once it ran."),
    )
}
