//! `GET /api/v1/ledger/accounts`: the accounts of a company, or of all.

use api_types::Account;
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::{Cursor, Limit, Page};
use store::AccountFilter;
use uuid::Uuid;

use super::{code, shape};
use crate::{Refused, endpoint::State, lists, problems, tags::Chapter};

pub(super) struct ListAccounts(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ListAccounts {
    /// List accounts
    ///
    /// Newest first. A first mention in an entry opens an account.
    #[oai(
        path = "/api/v1/ledger/accounts",
        method = "get",
        operation_id = "list_accounts"
    )]
    async fn list(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only those of this code: one per currency and company.
        #[oai(name = "code")]
        wanted: Query<Option<String>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<Json<Page<Account>>, Refused> {
        let filter = AccountFilter {
            company_id: company_id.0,
            code: code("code", wanted.0)?,
            ..AccountFilter::default()
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self
            .0
            .store
            .list_accounts(filter, page)
            .await
            .map_err(problems::of_store)?;
        Ok(Json(lists::page(found, |account| Ok(shape::account(&account)))?))
    }
}
