//! `GET /api/v1/holds`: the holds of a company, or of an account.

use api_types::Page;
use poem_openapi::{OpenApi, param::Query};
use service::{Cursor, Limit, Problem, RawJson};
use store::HoldFilter;
use uuid::Uuid;
use views::{lists, stored_json};

use super::shape::{self, Hold, Status};
use crate::endpoint::State;
use crate::ends::Ends;
use crate::tags::Chapter;
use crate::{Refused, problems};

pub(super) struct ListHolds(pub(super) State);

#[OpenApi(tag = "Chapter::Holds")]
impl ListHolds {
    /// List holds
    ///
    /// Newest first, those that rules placed among them. A list leaves `transaction_id` empty: a hold that is read alone has
    /// it.
    #[oai(path = "/api/v1/holds", method = "get", operation_id = "list_holds")]
    async fn list(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only those on this account, or for it.
        account_id: Query<Option<Uuid>>,
        /// Only those that stand there.
        status: Query<Option<Status>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<Hold>>, Refused> {
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let mut filter = HoldFilter {
            company_id: company_id.0,
            account: None,
            status: status.0.map(Into::into),
        };
        if let Some(account_id) = account_id.0 {
            let found = self.0.store.find_account(account_id).await;
            let Some(found) = found.map_err(problems::of_store)? else {
                return Ok(stored_json::write(&nothing())?);
            };
            filter.account = Some(found.account.key().clone());
        }
        let found = self.0.store.list_holds(filter, page).await;
        let found = found.map_err(problems::of_store)?;
        let shown = lists::page(found, |found| {
            shape::hold(&found.hold, Ends::of(&found), None).map_err(Problem::internal)
        })?;
        Ok(stored_json::write(&shown)?)
    }
}

/// An account that there is not has no holds.
fn nothing() -> Page<Hold> {
    Page {
        items: Vec::new(),
        next_cursor: None,
    }
}
