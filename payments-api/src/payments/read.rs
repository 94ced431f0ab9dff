//! `GET /api/v1/payments/{payment_id}`: one payment.

use poem_openapi::{OpenApi, param::Path};
use service::{Problem, RawJson};
use uuid::Uuid;
use views::stored_json;

use super::shape::{self, Payment};
use crate::Refused;
use crate::endpoint::State;
use crate::tags::Chapter;

pub(super) struct ReadPayment(pub(super) State);

#[OpenApi(tag = "Chapter::Payments")]
impl ReadPayment {
    /// Read a payment
    #[oai(
        path = "/api/v1/payments/:payment_id",
        method = "get",
        operation_id = "read_payment"
    )]
    async fn read(&self, payment_id: Path<Uuid>) -> Result<RawJson<Payment>, Refused<404>> {
        let payment = super::find(&self.0, payment_id.0).await?;
        let shown = shape::payment(&payment).map_err(Problem::internal)?;
        Ok(stored_json::write(&shown)?)
    }
}
