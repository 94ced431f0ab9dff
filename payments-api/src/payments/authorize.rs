//! `POST /api/v1/payments/{payment_id}/authorize`: what was taken as `pending` goes on.

use std::sync::Arc;

use poem_openapi::{OpenApi, param::Path};
use uuid::Uuid;

use super::change::{Changed, Changing, Wanted};
use crate::Refused;
use crate::endpoint::State;
use crate::idempotency::OptionalIdempotencyKey;
use crate::optional::{Nothing, Optional};
use crate::tags::Chapter;

const ROUTE: &str = "POST /api/v1/payments/{payment_id}/authorize";

pub(super) struct AuthorizePayment(pub(super) State);

#[OpenApi(tag = "Chapter::Payments")]
impl AuthorizePayment {
    /// Authorize a payment
    ///
    /// One that is `pending` becomes `authorized`, its amount reserved, or `captured` if that is automatic; or `declined`, if
    /// the ledger refuses it. Under an `Idempotency-Key` it can be sent again.
    #[oai(
        path = "/api/v1/payments/:payment_id/authorize",
        method = "post",
        operation_id = "authorize_payment"
    )]
    async fn authorize(
        &self,
        payment_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: OptionalIdempotencyKey,
        /// There is nothing to say.
        nothing: Optional<Nothing>,
    ) -> Result<Changed, Refused<404, 409, 422>> {
        let payment = super::find(&self.0, payment_id.0).await?;
        let address = format!("{ROUTE} {}", payment.id);
        let named = key.naming(payment.company_id, ROUTE, &address, &nothing.0)?;
        let order = Changing {
            company_id: payment.company_id,
            payment_id: payment.id,
            wanted: Wanted::Authorize,
        };
        let answered = self.0.desk.answer(Arc::new(order), named).await?;
        Ok(Changed::from(answered.reply()?))
    }
}
