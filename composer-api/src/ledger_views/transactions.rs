//! `GET /api/v1/ledger/transactions/{transaction_id}`: one transaction, with all of its sides.

use api_types::LedgerTransaction;
use poem_openapi::{OpenApi, param::Path};
use service::{Problem, RawJson};
use uuid::Uuid;

use super::shape;
use crate::{Refused, endpoint::State, problems, stored_json, tags::Chapter};

pub(super) struct ReadTransaction(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ReadTransaction {
    /// Read a ledger transaction
    ///
    /// With all of its entries, and the run and the node that posted it.
    #[oai(
        path = "/api/v1/ledger/transactions/:transaction_id",
        method = "get",
        operation_id = "read_transaction"
    )]
    async fn read(&self, transaction_id: Path<Uuid>) -> Result<RawJson<LedgerTransaction>, Refused<404>> {
        let id = transaction_id.0;
        let found = self.0.store.find_transaction(id).await;
        let found = found.map_err(problems::of_store)?.ok_or_else(|| unknown(id))?;
        Ok(stored_json::write(&shape::transaction(found)?)?)
    }
}

fn unknown(id: Uuid) -> Problem {
    Problem::not_found(
        "unknown_transaction",
        format!("There is no ledger transaction {id}."),
    )
}
