//! `POST /api/v1/payments/{payment_id}/refund`: of what was captured, something is given back.

use std::sync::Arc;

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;
use uuid::Uuid;

use super::change::{Changed, Changing, Wanted};
use crate::amount::Amount;
use crate::endpoint::State;
use crate::ends::AMOUNT;
use crate::idempotency::{IdempotencyKey, Named, fingerprint};
use crate::optional::Optional;
use crate::tags::Chapter;
use crate::{Refused, texts};

const ROUTE: &str = "POST /api/v1/payments/{payment_id}/refund";

pub(super) struct RefundPayment(pub(super) State);

/// What is to be given back.
#[derive(Debug, Clone, Default, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewRefund {
    /// How much; all that is left unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    amount: Option<Amount>,
    /// Why; the payment's description unless said. It becomes part of the ledger, which never changes and is never erased: no
    /// personal data belongs here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    reason: Option<String>,
}

#[OpenApi(tag = "Chapter::Payments")]
impl RefundPayment {
    /// Refund a payment
    ///
    /// In full or in parts; all refunds together never exceed what was captured.
    #[oai(
        path = "/api/v1/payments/:payment_id/refund",
        method = "post",
        operation_id = "refund_payment"
    )]
    async fn refund(
        &self,
        payment_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        /// The refund: of all that is left, unless said.
        refund: Optional<NewRefund>,
    ) -> Result<Changed, Refused<404, 409, 422>> {
        let payment = super::find(&self.0, payment_id.0).await?;
        texts::check_text(refund.0.reason.as_ref(), "/reason")?;
        let currency = payment.life.amount().currency();
        let amount = refund.0.amount.as_ref();
        let amount = amount
            .map(|amount| amount.positive(currency, AMOUNT))
            .transpose()?;
        let fingerprint = fingerprint(&format!("{ROUTE} {}", payment.id), &refund.0)?;
        let named = Named::new(payment.company_id, ROUTE, &key.0, fingerprint);
        let order = Changing {
            company_id: payment.company_id,
            payment_id: payment.id,
            wanted: Wanted::Refund {
                amount,
                reason: refund.0.reason,
                request: named.kept(),
            },
        };
        let outcome = self.0.desk.carry_out(Arc::new(order), Some(named)).await?;
        Ok(Changed::from(super::answer(&self.0, outcome).await?.reply()?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::idempotency::expect_pinned;

    #[test]
    fn what_a_refund_says_is_pinned() {
        let address = format!("{ROUTE} 01a1fea9-d444-72e4-a31a-3791862a262a");
        expect_pinned::<NewRefund>(
            &address,
            &[json!({}), json!({"amount": null, "reason": null})],
            "9c2fd47da1a7edfec12cec403208ae7f70fce6be622f5f8d39b6cdcd006e74a5",
        );
        expect_pinned::<NewRefund>(
            &address,
            &[json!({"amount": "2.50"})],
            "686be7eefacb9c47696cd2f7735f653af32a157c31604c4f5440daaa4b455cb7",
        );
    }
}
