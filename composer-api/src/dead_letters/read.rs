//! `GET /dead-letters/{dead_letter_id}`: one dead letter.

use api_types::DeadLetter;
use poem_openapi::{OpenApi, param::Path, payload::Json};
use uuid::Uuid;

use super::{shape::shown, unknown};
use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct ReadDeadLetter(pub(super) State);

#[OpenApi(tag = "Chapter::DeadLetters")]
impl ReadDeadLetter {
    /// Read a dead letter
    #[oai(
        path = "/dead-letters/:dead_letter_id",
        method = "get",
        operation_id = "read_dead_letter"
    )]
    async fn read(&self, dead_letter_id: Path<Uuid>) -> Result<Json<DeadLetter>, Refused<404>> {
        let id = dead_letter_id.0;
        let found = self
            .0
            .store
            .find_dead_letter(id)
            .await
            .map_err(problems::of_store)?;
        Ok(Json(shown(found.ok_or_else(|| unknown(id))?)))
    }
}
