//! `GET /api/v1/accounts`: the accounts of a company.

use api_types::Page;
use ledger::AccountCode;
use poem_openapi::{OpenApi, param::Query};
use service::{Cursor, Limit, Problem, RawJson};
use store::AccountFilter;
use uuid::Uuid;
use views::{lists, stored_json};

use super::shape::{self, ListedAccount};
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Refused, problems};

pub(super) struct ListAccounts(pub(super) State);

#[OpenApi(tag = "Chapter::Accounts")]
impl ListAccounts {
    /// List accounts
    ///
    /// Newest first, those that rules opened among them, each with what is on it now.
    #[oai(path = "/api/v1/accounts", method = "get", operation_id = "list_accounts")]
    async fn list(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only those of this code: one per currency.
        code: Query<Option<String>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<ListedAccount>>, Refused> {
        let filter = AccountFilter {
            company_id: company_id.0,
            code: code.0.map(read_code).transpose()?,
            ..AccountFilter::default()
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self.0.store.list_detailed_accounts(filter, page).await;
        let found = found.map_err(problems::of_store)?;
        let shown = lists::page(found, |found| shape::listed(&found.account, found.details))?;
        Ok(stored_json::write(&shown)?)
    }
}

fn read_code(code: String) -> Result<AccountCode, Problem> {
    AccountCode::new(code).map_err(|error| problems::invalid_parameter("code", &error.to_string()))
}
