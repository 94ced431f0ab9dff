//! `GET /api/v1/transfers/{transfer_id}`: one transfer.

use poem_openapi::{OpenApi, param::Path};
use service::{Problem, RawJson};
use uuid::Uuid;
use views::stored_json;

use super::shape::{self, Transfer};
use crate::Refused;
use crate::endpoint::State;
use crate::tags::Chapter;

pub(super) struct ReadTransfer(pub(super) State);

#[OpenApi(tag = "Chapter::Transfers")]
impl ReadTransfer {
    /// Read a transfer
    #[oai(
        path = "/api/v1/transfers/:transfer_id",
        method = "get",
        operation_id = "read_transfer"
    )]
    async fn read(&self, transfer_id: Path<Uuid>) -> Result<RawJson<Transfer>, Refused<404>> {
        let transaction = super::find(&self.0, transfer_id.0).await?;
        let shown = shape::transfer(&transaction).map_err(Problem::internal)?;
        Ok(stored_json::write(&shown)?)
    }
}
