//! `GET /dead-letters`: what could not be run.

use api_types::DeadLetter;
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::{Cursor, Limit, Page};
use uuid::Uuid;
use views::lists;

use super::shape::shown;
use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct ListDeadLetters(pub(super) State);

#[OpenApi(tag = "Chapter::DeadLetters")]
impl ListDeadLetters {
    /// List dead letters
    ///
    /// Newest first.
    #[oai(path = "/dead-letters", method = "get", operation_id = "list_dead_letters")]
    async fn list(
        &self,
        /// Only this company's; those that could not be read so far are no company's.
        company_id: Query<Option<Uuid>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<Json<Page<DeadLetter>>, Refused> {
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self
            .0
            .store
            .list_dead_letters(company_id.0, page)
            .await
            .map_err(problems::of_store)?;
        Ok(Json(lists::page(found, |letter| Ok(shown(letter)))?))
    }
}
