//! `GET /api/v1/accounts/{account_id}/transactions`: what moved on an account.

use api_types::Page;
use poem_openapi::{OpenApi, param::Path, param::Query};
use service::{Cursor, Limit, RawJson};
use store::EntryFilter;
use uuid::Uuid;
use views::{lists, stored_json};

use super::shape::{self, AccountEntry};
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, problems, spans};

pub(super) struct ListEntries(pub(super) State);

#[OpenApi(tag = "Chapter::Accounts")]
impl ListEntries {
    /// List what moved on an account
    ///
    /// Its entries with the balance that each left, newest first.
    #[oai(
        path = "/api/v1/accounts/:account_id/transactions",
        method = "get",
        operation_id = "list_account_transactions"
    )]
    async fn list(
        &self,
        account_id: Path<Uuid>,
        /// From this moment on.
        from: Query<Option<Moment>>,
        /// Up to, and without, this moment.
        to: Query<Option<Moment>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<AccountEntry>>, Refused<404>> {
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let account = super::find(&self.0, account_id.0).await?.account;
        let filter = EntryFilter {
            company_id: Some(account.key().company_id),
            account_id: Some(account.id()),
            dated: spans::read(from.0, to.0)?,
            ..EntryFilter::default()
        };
        let found = self.0.store.list_entries(filter, page).await;
        let found = found.map_err(problems::of_store)?;
        Ok(stored_json::write(&lists::page(found, |found| {
            Ok(shape::entry(&found))
        })?)?)
    }
}
