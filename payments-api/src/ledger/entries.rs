//! `GET /api/v1/ledger/entries`: what was posted, side by side.

use api_types::{Entry, Page};
use poem_openapi::{OpenApi, param::Query};
use service::{Cursor, Limit, RawJson};
use store::EntryFilter;
use uuid::Uuid;
use views::{lists, stored_json};

use super::code;
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, problems, spans};

pub(super) struct ListLedgerEntries(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ListLedgerEntries {
    /// List entries
    ///
    /// Newest first.
    #[oai(
        path = "/api/v1/ledger/entries",
        method = "get",
        operation_id = "list_ledger_entries"
    )]
    #[expect(clippy::too_many_arguments, reason = "a list is filtered by each of them")]
    async fn list(
        &self,
        /// The company.
        company_id: Query<Uuid>,
        /// Only those of accounts of this code: one per currency.
        account: Query<Option<String>>,
        /// Only those of this account.
        account_id: Query<Option<Uuid>>,
        /// Only those of this transaction.
        transaction_id: Query<Option<Uuid>>,
        /// Only those that this run posted.
        run_id: Query<Option<Uuid>>,
        /// From this moment on.
        from: Query<Option<Moment>>,
        /// Up to, and without, this moment.
        to: Query<Option<Moment>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<Entry>>, Refused> {
        let filter = EntryFilter {
            company_id: Some(company_id.0),
            account: code("account", account.0)?,
            account_id: account_id.0,
            run_id: run_id.0,
            transaction_id: transaction_id.0,
            dated: spans::read(from.0, to.0)?,
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self.0.store.list_entries(filter, page).await;
        let found = found.map_err(problems::of_store)?;
        let shown = lists::page(found, |entry| Ok(views::ledger::entry(&entry)))?;
        Ok(stored_json::write(&shown)?)
    }
}
