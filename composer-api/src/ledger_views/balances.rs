//! `GET /api/v1/ledger/balances`: what accounts hold.

use api_types::Balance;
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::{Cursor, Limit, Page};
use store::AccountFilter;
use uuid::Uuid;

use super::{code, shape};
use crate::{Refused, endpoint::State, lists, problems, tags::Chapter};

pub(super) struct ListBalances(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ListBalances {
    /// List balances
    ///
    /// One per account, the newest account first.
    #[oai(
        path = "/api/v1/ledger/balances",
        method = "get",
        operation_id = "list_balances"
    )]
    async fn list(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only those of accounts of this code.
        account: Query<Option<String>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<Json<Page<Balance>>, Refused> {
        let filter = AccountFilter {
            company_id: company_id.0,
            code: code("account", account.0)?,
            ..AccountFilter::default()
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self
            .0
            .store
            .list_accounts(filter, page)
            .await
            .map_err(problems::of_store)?;
        Ok(Json(lists::page(found, |account| Ok(shape::balance(&account)))?))
    }
}
