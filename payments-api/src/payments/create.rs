//! `POST /api/v1/payments`: an amount is to go from one account to another.

use std::sync::Arc;

use api_types::JsonObject;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Serialize;
use service::{FieldError, Problem, RawJson, Strict};
use store::KeptRequest;
use uuid::Uuid;

use super::exchange::NewExchange;
use super::order::Paying;
use super::provider;
use super::shape::{Kind, Mode, Payment};
use crate::amount::{self, Amount};
use crate::endpoint::State;
use crate::ends::{AMOUNT, CURRENCY, Ends};
use crate::idempotency::{IdempotencyKey, Named, fingerprint, is_default};
use crate::tags::Chapter;
use crate::{Refused, texts};

const ROUTE: &str = "POST /api/v1/payments";

pub(super) struct CreatePayment(pub(super) State);

/// An amount to pay.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewPayment {
    /// Whose accounts they are.
    company_id: Uuid,
    /// What it goes through. There is no provider yet: `external` is refused.
    payment_type: Kind,
    /// The account that pays. The amount is taken from it, whatever the account's kind.
    source_account_id: Uuid,
    /// The account that is paid; an internal payment has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    destination_account_id: Option<Uuid>,
    /// How much: more than zero.
    amount: Amount,
    /// The currency (ISO 4217): that of the source, and of the destination unless there is an `exchange`.
    currency: String,
    /// At which rate the amount becomes one of the destination's currency, if that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    exchange: Option<NewExchange>,
    /// Whether it is authorized at once; else it is `pending` until that is asked for.
    #[serde(skip_serializing_if = "is_default")]
    #[oai(default)]
    authorization: Mode,
    /// Whether it is captured as soon as it is authorized; else its amount is reserved until that is asked for.
    #[serde(skip_serializing_if = "is_default")]
    #[oai(default)]
    capture: Mode,
    /// The provider of an external payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    provider: Option<String>,
    /// What it is for. It becomes part of the ledger, which never changes and is never erased: no personal data belongs here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    description: Option<String>,
    /// Whatever the company wants to keep with it.
    #[serde(skip_serializing_if = "texts::is_no_metadata")]
    #[oai(nullable)]
    metadata: Option<JsonObject>,
}

#[derive(ApiResponse)]
enum Created {
    /// The payment, as far as it came: `captured`, `authorized` or `pending` as it was asked for, or `declined`.
    #[oai(status = 201)]
    Payment(
        RawJson<Payment>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
        /// `true` if this is the answer to an earlier request under the same key.
        #[oai(header = "Idempotency-Replayed")]
        Option<bool>,
    ),
}

#[OpenApi(tag = "Chapter::Payments")]
impl CreatePayment {
    /// Pay an amount
    ///
    /// **Takes the amount from its source, whatever the kind of that account**, and stands on the other side of its destination:
    /// from one liability to another, or one asset to another, it is brought there; from an asset to a liability a debt is paid
    /// off, and both fall. One that the ledger refuses, because too little is there or an account is frozen, is a payment too: `declined`, and the
    /// same under its key ever after.
    #[oai(path = "/api/v1/payments", method = "post", operation_id = "create_payment")]
    async fn create(
        &self,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        /// The payment.
        payment: Strict<NewPayment>,
    ) -> Result<Created, Refused<404, 409, 422>> {
        let fingerprint = fingerprint(ROUTE, &payment.0)?;
        let named = Named::new(payment.0.company_id, ROUTE, &key.0, fingerprint);
        let order = read(payment.0, named.kept())?;
        let outcome = self.0.desk.carry_out(Arc::new(order), Some(named)).await?;
        let reply = super::answer(&self.0, outcome).await?.reply()?;
        Ok(Created::Payment(reply.body, reply.location, reply.replayed))
    }
}

fn read(new: NewPayment, request: KeptRequest) -> Result<Paying, Problem> {
    if new.payment_type == Kind::External {
        return Err(provider::not_available(new.provider.as_ref()));
    }
    if new.provider.is_some() {
        return Err(invalid(
            "/provider",
            "An internal payment goes through no provider.",
        ));
    }
    let Some(destination) = new.destination_account_id else {
        let detail = "An internal payment goes to an account of the company.";
        return Err(invalid("/destination_account_id", detail));
    };
    let currency = amount::currency(&new.currency, CURRENCY)?;
    texts::check_text(new.description.as_ref(), "/description")?;
    Ok(Paying {
        company_id: new.company_id,
        ends: Ends {
            source: new.source_account_id,
            destination,
        },
        amount: new.amount.positive(currency, AMOUNT)?,
        exchange: new.exchange.map(|exchange| exchange.read()).transpose()?,
        authorization: new.authorization.into(),
        capture: new.capture.into(),
        metadata: texts::metadata(new.metadata.as_ref(), "/metadata")?,
        description: new.description,
        request,
    })
}

fn invalid(pointer: &str, detail: &str) -> Problem {
    let fault = FieldError::new(pointer, "invalid_payment", detail);
    Problem::unprocessable("invalid_payment", detail).with_errors([fault])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::idempotency::expect_pinned;

    #[test]
    fn what_a_payment_says_is_pinned() {
        let said = json!({
            "company_id": "b5aa9687-d61f-467c-973e-f55d446981dc",
            "source_account_id": "01a1fea9-d444-72e4-a31a-3791862a262a",
            "destination_account_id": "01a1fea9-d450-729b-994b-f9256845b836",
            "amount": "7.50", "currency": "BRL",
            "payment_type": "internal",
        });
        let mut exchanged = said.clone();
        exchanged["exchange"] = json!({"currency": "USD", "rate": "0.1839"});
        let mut spelt_out = said.clone();
        spelt_out["authorization"] = json!("automatic");
        spelt_out["capture"] = json!("automatic");
        spelt_out["metadata"] = json!({});
        for member in ["exchange", "provider", "description"] {
            spelt_out[member] = json!(null);
        }
        expect_pinned::<NewPayment>(
            ROUTE,
            &[said, spelt_out],
            "37813062732939de2685e8e4b7a88a86b4a529b8f63f45d78bc550a4ce75a9e2",
        );
        let mut rounded = exchanged.clone();
        rounded["exchange"]["rounding"] = json!("half_even");
        expect_pinned::<NewPayment>(
            ROUTE,
            &[exchanged, rounded],
            "89fcbf62d9ff3c97c3b59deddfe07bda5861ad4ded85353758d5e07621e19a41",
        );
    }
}
