//! `AuthorizePayment`: pays an amount, by the same order as `POST /api/v1/payments`.

use std::sync::Arc;

use ledger::{Currency, Money};
use serde::Serialize;
use service::{FieldError, Problem};
use store::{KeptRequest, Step};
use uuid::Uuid;

use super::proto::{AuthorizePaymentRequest, CaptureMode};
use super::requests::Faults;
use crate::endpoint::State;
use crate::ends::Ends;
use crate::idempotency::{Named, fingerprint, is_default, is_key};
use crate::payments::{FirstOutcome, Paying};
use crate::{accounts, texts};

/// What its keys are unique for.
const ROUTE: &str = "payment.v1.PaymentService/AuthorizePayment";

/// All that a request says besides its key, in one way.
#[derive(Serialize)]
struct Asked {
    source: Uuid,
    destination: Uuid,
    minor: i64,
    currency: Currency,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    is_captured: bool,
}

impl Asked {
    /// The order, in the name of the company that the payer's account belongs to.
    fn order(self, company_id: Uuid, request: KeptRequest) -> Paying {
        Paying {
            company_id,
            ends: Ends {
                source: self.source,
                destination: self.destination,
            },
            amount: Money::new(self.minor, self.currency),
            exchange: None,
            authorization: Step::Automatic,
            capture: if self.is_captured {
                Step::Automatic
            } else {
                Step::Manual
            },
            description: self.description,
            metadata: "{}".to_owned(),
            request,
        }
    }
}

/// Carries a request out, or finds how it came out before.
///
/// # Errors
/// What is wrong with it; what refuses it; 503; 500.
pub(super) async fn authorize(
    state: &State,
    mut request: AuthorizePaymentRequest,
) -> Result<FirstOutcome, Problem> {
    let key = std::mem::take(&mut request.idempotency_key);
    let asked = read(&key, request)?;
    let payer = accounts::find(state, asked.source).await.map_err(no_payer)?;
    let company_id = payer.account.key().company_id;
    let named = Named::new(company_id, ROUTE, &key, fingerprint(ROUTE, &asked)?);
    let order = asked.order(company_id, named.kept());
    let outcome = state.desk.carry_out_if_room(Arc::new(order), named).await?;
    FirstOutcome::of(state, outcome).await
}

/// Reads what can be read without looking at an account.
fn read(key: &str, request: AuthorizePaymentRequest) -> Result<Asked, Problem> {
    let mut faults = Faults::default();
    if !is_key(key) {
        let expected = "`idempotency_key` is 1 to 255 visible ASCII characters.";
        faults.note("idempotency_key", "invalid_idempotency_key", expected);
    }
    let source = faults.id("payer_account_id", &request.payer_account_id);
    let destination = faults.id("payee_account_id", &request.payee_account_id);
    let minor = request.amount_cents;
    if minor <= 0 {
        faults.note(
            "amount_cents",
            "invalid_amount",
            "`amount_cents` is more than zero.",
        );
    }
    let currency = request.currency.parse::<Currency>();
    if let Err(error) = &currency {
        faults.note("currency", "invalid_currency", error.to_string());
    }
    let description = Some(request.description).filter(|text| !text.is_empty());
    if let Err(problem) = texts::check_text(description.as_ref(), "description") {
        faults.note("description", "invalid_text", problem.detail());
    }
    let capture = CaptureMode::try_from(request.capture).ok();
    if capture.is_none() {
        faults.note("capture", "invalid_capture", "There is no such `capture`.");
    }
    let asked = source
        .zip(destination)
        .zip(currency.ok())
        .map(|((source, destination), currency)| Asked {
            source,
            destination,
            minor,
            currency,
            description,
            is_captured: capture == Some(CaptureMode::Automatic),
        });
    faults.unless_any(asked)
}

/// That there is no such account names the member that it stands in.
fn no_payer(problem: Problem) -> Problem {
    if problem.status().as_u16() != 404 {
        return problem;
    }
    let fault = FieldError::new("payer_account_id", problem.code(), problem.detail());
    problem.with_errors([fault])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_says_is_pinned() {
        let asked = Asked {
            source: "01a1fea9-d444-72e4-a31a-3791862a262a".parse().unwrap(),
            destination: "01a1fea9-d450-729b-994b-f9256845b836".parse().unwrap(),
            minor: 2_000,
            currency: "BRL".parse().unwrap(),
            description: None,
            is_captured: false,
        };
        let hash = fingerprint(ROUTE, &asked).unwrap();
        assert_eq!(
            hash.map(|byte| format!("{byte:02x}")).concat(),
            "daf7e8abe9128e7417704b1181883605d74b6c671d3930b21c2e9dc0731ff7c9"
        );
    }
}
