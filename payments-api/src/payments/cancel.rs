//! `POST /api/v1/payments/{payment_id}/cancel`: a payment is given up before it was captured.

use std::sync::Arc;

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;
use uuid::Uuid;

use super::change::{Changed, Changing, Wanted};
use crate::endpoint::State;
use crate::idempotency::OptionalIdempotencyKey;
use crate::optional::Optional;
use crate::tags::Chapter;
use crate::{Refused, texts};

const ROUTE: &str = "POST /api/v1/payments/{payment_id}/cancel";

pub(super) struct CancelPayment(pub(super) State);

/// Why it is given up.
#[derive(Debug, Clone, Default, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewCancellation {
    /// Why. It is kept with the payment's events, which never change and are never erased: no personal data belongs here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    reason: Option<String>,
}

#[OpenApi(tag = "Chapter::Payments")]
impl CancelPayment {
    /// Cancel a payment
    ///
    /// One that is `pending` or `authorized`: what was reserved is freed. Under an `Idempotency-Key` it can be sent again.
    #[oai(
        path = "/api/v1/payments/:payment_id/cancel",
        method = "post",
        operation_id = "cancel_payment"
    )]
    async fn cancel(
        &self,
        payment_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: OptionalIdempotencyKey,
        /// Why, if that is to be kept.
        cancellation: Optional<NewCancellation>,
    ) -> Result<Changed, Refused<404, 409, 422>> {
        let payment = super::find(&self.0, payment_id.0).await?;
        texts::check_text(cancellation.0.reason.as_ref(), "/reason")?;
        let address = format!("{ROUTE} {}", payment.id);
        let named = key.naming(payment.company_id, ROUTE, &address, &cancellation.0)?;
        let order = Changing {
            company_id: payment.company_id,
            payment_id: payment.id,
            wanted: Wanted::Cancel {
                reason: cancellation.0.reason,
            },
        };
        let answered = self.0.desk.answer(Arc::new(order), named).await?;
        Ok(Changed::from(answered.reply()?))
    }
}
