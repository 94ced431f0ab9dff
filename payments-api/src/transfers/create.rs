//! `POST /api/v1/transfers`: an amount from one account to another, at once.

use std::sync::Arc;

use ledger::reference::TRANSFERS;
use poem_openapi::{ApiResponse, OpenApi};
use service::{RawJson, Strict};

use super::order::Transferring;
use super::shape::{NewTransfer, Transfer};
use crate::Refused;
use crate::endpoint::State;
use crate::idempotency::{IdempotencyKey, Named, fingerprint};
use crate::tags::Chapter;

const ROUTE: &str = "POST /api/v1/transfers";

pub(super) struct CreateTransfer(pub(super) State);

#[derive(ApiResponse)]
pub(super) enum Posted {
    /// It is in the ledger.
    #[oai(status = 201)]
    Transfer(
        RawJson<Transfer>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
        /// `true` if this is the answer to an earlier request under the same key.
        #[oai(header = "Idempotency-Replayed")]
        Option<bool>,
    ),
}

#[OpenApi(tag = "Chapter::Transfers")]
impl CreateTransfer {
    /// Transfer an amount
    ///
    /// **Debits the source and credits the destination, whatever their kinds.** Between two liabilities that takes from the
    /// source and brings to the destination. From an asset such as the bank to a liability both grow: a deposit. Between two
    /// assets the one that is named as the source grows. A payment, other than a transfer, takes from its source.
    #[oai(path = "/api/v1/transfers", method = "post", operation_id = "create_transfer")]
    async fn create(
        &self,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        /// The transfer.
        transfer: Strict<NewTransfer>,
    ) -> Result<Posted, Refused<404, 409, 422>> {
        let order = Transferring::read(&transfer.0, format!("{TRANSFERS}{}", key.0))?;
        let fingerprint = fingerprint(ROUTE, &transfer.0)?;
        let named = Named::new(order.company_id, ROUTE, &key.0, fingerprint);
        let outcome = self.0.desk.carry_out(Arc::new(order), Some(named)).await?;
        let reply = super::answer(&self.0, outcome).await?.reply()?;
        Ok(Posted::Transfer(reply.body, reply.location, reply.replayed))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::idempotency::expect_pinned;

    #[test]
    fn what_a_transfer_says_is_pinned() {
        let said = json!({
            "company_id": "b5aa9687-d61f-467c-973e-f55d446981dc",
            "source_account_id": "01a1fea9-d444-72e4-a31a-3791862a262a",
            "destination_account_id": "01a1fea9-d450-729b-994b-f9256845b836",
            "amount": "7.50", "currency": "BRL",
        });
        let mut spelt_out = said.clone();
        spelt_out["description"] = json!(null);
        spelt_out["metadata"] = json!({});
        expect_pinned::<NewTransfer>(
            ROUTE,
            &[said, spelt_out],
            "1f0e8009eb7a6e2af04b519cdf8fcdbdb5244ce5c8787b3e3f30284f1c610803",
        );
    }
}
