//! `GET /api/v1/holds/{hold_id}`: one hold.

use poem_openapi::{OpenApi, param::Path};
use service::{Problem, RawJson};
use uuid::Uuid;
use views::stored_json;

use super::shape::{self, Hold};
use crate::endpoint::State;
use crate::ends::Ends;
use crate::tags::Chapter;
use crate::{Refused, problems};

pub(super) struct ReadHold(pub(super) State);

#[OpenApi(tag = "Chapter::Holds")]
impl ReadHold {
    /// Read a hold
    #[oai(path = "/api/v1/holds/:hold_id", method = "get", operation_id = "read_hold")]
    async fn read(&self, hold_id: Path<Uuid>) -> Result<RawJson<Hold>, Refused<404>> {
        let found = super::find(&self.0, hold_id.0).await?;
        let capture = self.capture_of(&found.hold).await?;
        let shown = shape::hold(&found.hold, Ends::of(&found), capture);
        Ok(stored_json::write(&shown.map_err(Problem::internal)?)?)
    }
}

impl ReadHold {
    /// The transaction of a hold's capture. Of one that was read as pending nothing is looked for, since it may have been
    /// captured since.
    async fn capture_of(&self, hold: &ledger::Hold) -> Result<Option<Uuid>, Problem> {
        if hold.captured().is_none() {
            return Ok(None);
        }
        let reference = super::capture_reference(hold.id());
        let found = self.0.store.find_reference(hold.company_id(), reference).await;
        found.map_err(problems::of_store)
    }
}
