//! `GET /api/v1/ledger/entries`: what was posted.

use api_types::Entry;
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::{Cursor, Limit, Page};
use store::EntryFilter;
use uuid::Uuid;

use super::{code, shape};
use crate::{Refused, endpoint::State, lists, problems, tags::Chapter};

pub(super) struct ListEntries(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ListEntries {
    /// List entries
    ///
    /// Newest first.
    #[oai(
        path = "/api/v1/ledger/entries",
        method = "get",
        operation_id = "list_entries"
    )]
    async fn list(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only those of accounts of this code.
        account: Query<Option<String>>,
        /// Only those that this run posted.
        run_id: Query<Option<Uuid>>,
        /// Only those of this transaction.
        transaction_id: Query<Option<Uuid>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<Json<Page<Entry>>, Refused> {
        let filter = EntryFilter {
            company_id: company_id.0,
            account: code("account", account.0)?,
            run_id: run_id.0,
            transaction_id: transaction_id.0,
            ..EntryFilter::default()
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self
            .0
            .store
            .list_entries(filter, page)
            .await
            .map_err(problems::of_store)?;
        Ok(Json(lists::page(found, |entry| Ok(shape::entry(&entry)))?))
    }
}
