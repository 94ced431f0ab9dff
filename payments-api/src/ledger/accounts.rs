//! `GET /api/v1/ledger/accounts`: the chart of accounts.

use api_types::{AccountKind, Page};
use poem_openapi::{OpenApi, param::Query};
use service::{Cursor, Limit, RawJson};
use store::AccountFilter;
use uuid::Uuid;
use views::{lists, stored_json};

use super::shape::{self, LedgerAccount};
use super::{code, currency};
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Refused, problems};

pub(super) struct ListLedgerAccounts(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ListLedgerAccounts {
    /// List the chart of accounts
    ///
    /// Each account with all that was posted to it and is pending on it now; the newest account first.
    #[oai(
        path = "/api/v1/ledger/accounts",
        method = "get",
        operation_id = "list_ledger_accounts"
    )]
    #[expect(clippy::too_many_arguments, reason = "a list is filtered by each of them")]
    async fn list(
        &self,
        /// The company.
        company_id: Query<Uuid>,
        /// Only those of this kind.
        kind: Query<Option<AccountKind>>,
        /// Only those in this currency.
        #[oai(name = "currency")]
        in_currency: Query<Option<String>>,
        /// Only those of this code: one per currency.
        #[oai(name = "code")]
        wanted: Query<Option<String>>,
        /// Only those whose codes begin so: `merchant:42:`, say.
        code_prefix: Query<Option<String>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<LedgerAccount>>, Refused> {
        let filter = AccountFilter {
            company_id: Some(company_id.0),
            code: code("code", wanted.0)?,
            code_prefix: code("code_prefix", code_prefix.0)?,
            kind: kind.0.map(views::ledger::stored_kind),
            currency: currency("currency", in_currency.0.as_deref())?,
            ..AccountFilter::default()
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self.0.store.list_accounts(filter, page).await;
        let found = found.map_err(problems::of_store)?;
        let shown = lists::page(found, |account| Ok(shape::account(&account)))?;
        Ok(stored_json::write(&shown)?)
    }
}
