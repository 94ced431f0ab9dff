//! `GET /api/v1/accounts/{account_id}`: one account.

use poem_openapi::{ApiResponse, OpenApi, param::Path};
use service::{EntityTag, RawJson};
use uuid::Uuid;
use views::stored_json;

use super::shape::{self, Account};
use crate::Refused;
use crate::endpoint::State;
use crate::tags::Chapter;

pub(super) struct ReadAccount(pub(super) State);

#[derive(ApiResponse)]
enum Found {
    /// The account as it is now.
    #[oai(status = 200)]
    Account(
        RawJson<Account>,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

#[OpenApi(tag = "Chapter::Accounts")]
impl ReadAccount {
    /// Read an account
    #[oai(
        path = "/api/v1/accounts/:account_id",
        method = "get",
        operation_id = "read_account"
    )]
    async fn read(&self, account_id: Path<Uuid>) -> Result<Found, Refused<404>> {
        let found = super::find(&self.0, account_id.0).await?;
        let tag = EntityTag::version(found.details.version).to_string();
        let shown = shape::account(&found.account, found.details)?;
        Ok(Found::Account(stored_json::write(&shown)?, tag))
    }
}
