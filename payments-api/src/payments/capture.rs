//! `POST /api/v1/payments/{payment_id}/capture`: what was authorized is taken, in full or in part.

use std::sync::Arc;

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;
use uuid::Uuid;

use super::change::{Changed, Changing, Wanted};
use crate::Refused;
use crate::amount::Amount;
use crate::endpoint::State;
use crate::ends::AMOUNT;
use crate::idempotency::OptionalIdempotencyKey;
use crate::optional::Optional;
use crate::tags::Chapter;

const ROUTE: &str = "POST /api/v1/payments/{payment_id}/capture";

pub(super) struct CapturePayment(pub(super) State);

/// What is to be captured.
#[derive(Debug, Clone, Default, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewPaymentCapture {
    /// How much; all of it unless said. The rest is released.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    amount: Option<Amount>,
}

#[OpenApi(tag = "Chapter::Payments")]
impl CapturePayment {
    /// Capture a payment
    ///
    /// Once: what is not captured is released. Under an `Idempotency-Key` it can be sent again.
    #[oai(
        path = "/api/v1/payments/:payment_id/capture",
        method = "post",
        operation_id = "capture_payment"
    )]
    async fn capture(
        &self,
        payment_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: OptionalIdempotencyKey,
        /// The capture: of all of it, unless said.
        capture: Optional<NewPaymentCapture>,
    ) -> Result<Changed, Refused<404, 409, 422>> {
        let payment = super::find(&self.0, payment_id.0).await?;
        let currency = payment.life.amount().currency();
        let amount = capture.0.amount.as_ref();
        let amount = amount
            .map(|amount| amount.positive(currency, AMOUNT))
            .transpose()?;
        let address = format!("{ROUTE} {}", payment.id);
        let named = key.naming(payment.company_id, ROUTE, &address, &capture.0)?;
        let order = Changing {
            company_id: payment.company_id,
            payment_id: payment.id,
            wanted: Wanted::Capture(amount),
        };
        let answered = self.0.desk.answer(Arc::new(order), named).await?;
        Ok(Changed::from(answered.reply()?))
    }
}
