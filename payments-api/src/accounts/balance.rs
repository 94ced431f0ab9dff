//! `GET /api/v1/accounts/{account_id}/balance`: what is on an account now.

use poem_openapi::{OpenApi, param::Path};
use service::RawJson;
use uuid::Uuid;
use views::stored_json;

use super::shape::{self, AccountBalance};
use crate::Refused;
use crate::endpoint::State;
use crate::tags::Chapter;

pub(super) struct ReadBalance(pub(super) State);

#[OpenApi(tag = "Chapter::Accounts")]
impl ReadBalance {
    /// Read a balance
    ///
    /// As it is in the ledger now, never from a cache.
    #[oai(
        path = "/api/v1/accounts/:account_id/balance",
        method = "get",
        operation_id = "read_balance"
    )]
    async fn read(&self, account_id: Path<Uuid>) -> Result<RawJson<AccountBalance>, Refused<404>> {
        let found = super::find(&self.0, account_id.0).await?;
        Ok(stored_json::write(&shape::balance(&found.account))?)
    }
}
