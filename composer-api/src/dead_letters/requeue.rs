//! `POST /dead-letters/{dead_letter_id}/requeue`: tries one again.

use std::sync::Arc;

use api_types::DeadLetter;
use poem_openapi::{ApiResponse, OpenApi, param::Path, payload::Json};
use uuid::Uuid;

use super::{shape::shown, unknown};
use crate::{
    Refused,
    endpoint::{State, to_its_end},
    problems,
    tags::Chapter,
};

pub(super) struct RequeueDeadLetter(pub(super) State);

#[derive(ApiResponse)]
enum Requeued {
    /// It goes back to the queue soon.
    #[oai(status = 202)]
    Accepted(Json<DeadLetter>),
}

#[OpenApi(tag = "Chapter::DeadLetters")]
impl RequeueDeadLetter {
    /// Put a dead letter back on the queue
    ///
    /// It is put back soon, as it came. Asking again before it went back changes nothing. An event that ran meanwhile
    /// does not run twice.
    #[oai(
        path = "/dead-letters/:dead_letter_id/requeue",
        method = "post",
        operation_id = "requeue_dead_letter"
    )]
    async fn requeue(&self, dead_letter_id: Path<Uuid>) -> Result<Requeued, Refused<404>> {
        let id = dead_letter_id.0;
        let state = Arc::clone(&self.0);
        let requested =
            to_its_end(async move { state.store.request_requeue(id).await.map_err(problems::of_store) });
        let letter = requested.await?.ok_or_else(|| unknown(id))?;
        Ok(Requeued::Accepted(Json(shown(letter))))
    }
}
