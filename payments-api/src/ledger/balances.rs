//! `GET /api/v1/ledger/balances`: what is on the accounts, now or as of a moment.

use api_types::{Balance, Page};
use poem_openapi::{OpenApi, param::Query};
use service::{Cursor, Limit, RawJson};
use store::AccountFilter;
use uuid::Uuid;
use views::{lists, stored_json};

use super::code;
use super::shape;
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, problems, spans};

pub(super) struct ListBalances(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ListBalances {
    /// List balances
    ///
    /// One per account, the newest account first: now, or as of a moment, that moment included. As of a moment means after
    /// the last transaction of the company, in the order in which they were posted, that is dated up to then.
    #[oai(
        path = "/api/v1/ledger/balances",
        method = "get",
        operation_id = "list_ledger_balances"
    )]
    async fn list(
        &self,
        /// The company.
        company_id: Query<Uuid>,
        /// Only those of accounts of this code: one per currency.
        account: Query<Option<String>>,
        /// As of this moment; now, if it is left out.
        as_of: Query<Option<Moment>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<Balance>>, Refused> {
        let filter = AccountFilter {
            code: code("account", account.0)?,
            ..AccountFilter::default()
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let before = as_of.0.map(spans::behind);
        let found = self
            .0
            .store
            .list_standings(company_id.0, filter, before, page)
            .await;
        let found = found.map_err(problems::of_store)?;
        let shown = lists::page(found, |standing| Ok(shape::balance(&standing, as_of.0)))?;
        Ok(stored_json::write(&shown)?)
    }
}
