//! `GET /api/v1/accounts/{account_id}/transactions`: what moved on an account.

use api_types::Page;
use poem_openapi::{OpenApi, param::Path, param::Query};
use service::{Cursor, Limit, RawJson};
use store::Span;
use uuid::Uuid;

use super::shape::{self, AccountEntry};
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, lists, problems, texts};

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
        super::find(&self.0, account_id.0).await?;
        let span = Span {
            from: from.0.map(|moment| moment.0),
            to: to.0.map(|moment| moment.0),
        };
        let found = self.0.store.list_account_entries(account_id.0, span, page).await;
        let found = found.map_err(problems::of_store)?;
        Ok(texts::answer(&lists::page(found, |found| {
            Ok(shape::entry(&found))
        })?)?)
    }
}
