//! The order to let something happen to a payment.

use ledger::Money;
use poem_openapi::ApiResponse;
use service::RawJson;
use store::{KeptRequest, MovementIntent};
use uuid::Uuid;

use super::progress::Progress;
use super::shape::Payment;
use crate::answers::{Reply, Success};
use crate::desk::{Declined, Order, Session, foresee_events};
use crate::refusal::Refusal;

/// What is to happen.
pub(super) enum Wanted {
    /// It is authorized.
    Authorize,
    /// So much of it is captured, all of it unless said.
    Capture(Option<Money>),
    /// So much is refunded, all that is left unless said.
    Refund {
        amount: Option<Money>,
        reason: Option<String>,
        /// The request: it is carried out once for ever.
        request: KeptRequest,
    },
    /// It is given up.
    Cancel { reason: Option<String> },
}

/// The order to let something happen to a payment.
pub(super) struct Changing {
    pub(super) company_id: Uuid,
    pub(super) payment_id: Uuid,
    pub(super) wanted: Wanted,
}

impl Changing {
    fn request(&self) -> Option<&KeptRequest> {
        match &self.wanted {
            Wanted::Refund { request, .. } => Some(request),
            Wanted::Authorize | Wanted::Capture(_) | Wanted::Cancel { .. } => None,
        }
    }
}

impl Order for Changing {
    fn name(&self, intent: &mut MovementIntent) {
        intent.payments.insert(self.payment_id);
        let keys = self.request().map(|request| request.key.clone());
        intent.requests.extend(keys);
        foresee_events(intent, self.company_id);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        if let Some(request) = self.request() {
            session.first_time(request)?;
        }
        let payment = session.payment(self.payment_id).cloned();
        let payment = payment.ok_or_else(|| {
            let detail = format!("There is no payment {}.", self.payment_id);
            Refusal::of("payment_not_found", detail)
        })?;
        let mut progress = Progress::of(payment, self.request().cloned());
        match &self.wanted {
            Wanted::Authorize => progress.authorize(session),
            Wanted::Capture(amount) => progress.capture(*amount, session),
            Wanted::Refund { amount, reason, .. } => progress.refund(*amount, reason.clone(), session),
            Wanted::Cancel { reason } => progress.cancel(reason.clone(), session),
        }?;
        progress.keep(session)
    }
}

#[derive(ApiResponse)]
pub(super) enum Changed {
    /// The payment as it is now.
    #[oai(status = 200)]
    Payment(
        RawJson<Payment>,
        /// `true` if this is the answer to an earlier request under the same key.
        #[oai(header = "Idempotency-Replayed")]
        Option<bool>,
    ),
}

impl From<Reply<Payment>> for Changed {
    fn from(reply: Reply<Payment>) -> Self {
        Self::Payment(reply.body, reply.replayed)
    }
}
