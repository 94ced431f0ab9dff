//! `GET /companies`: whose rules, runs and accounts there are.

use api_types::{Company, Page};
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::{Cursor, Limit};
use views::lists;

use super::shape::shown;
use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct ListCompanies(pub(super) State);

#[OpenApi(tag = "Chapter::Companies")]
impl ListCompanies {
    /// List companies
    ///
    /// Newest first.
    #[oai(path = "/companies", method = "get", operation_id = "list_companies")]
    async fn list(
        &self,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<Json<Page<Company>>, Refused> {
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self.0.store.list_companies(page).await;
        let found = found.map_err(problems::of_store)?;
        Ok(Json(lists::page(found, |company| Ok(shown(company)))?))
    }
}
