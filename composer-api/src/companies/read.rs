//! `GET /companies/{company_id}`: one company.

use api_types::Company;
use poem_openapi::{OpenApi, param::Path, payload::Json};
use uuid::Uuid;

use super::shape::shown;
use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct ReadCompany(pub(super) State);

#[OpenApi(tag = "Chapter::Companies")]
impl ReadCompany {
    /// Read a company
    #[oai(
        path = "/companies/:company_id",
        method = "get",
        operation_id = "read_company"
    )]
    async fn read(&self, company_id: Path<Uuid>) -> Result<Json<Company>, Refused<404>> {
        let found = self
            .0
            .store
            .find_company(company_id.0)
            .await
            .map_err(problems::of_store)?;
        let company = found.ok_or_else(|| problems::unknown_company(company_id.0))?;
        Ok(Json(shown(company)))
    }
}
