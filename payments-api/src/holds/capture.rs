//! `POST /api/v1/holds/{hold_id}/capture`: what was reserved is posted, in full or in part.

use std::sync::Arc;

use ledger::{Money, Rejection};
use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;
use service::{Problem, Strict};
use store::{MovementIntent, StoredHold};
use uuid::Uuid;

use super::release::Settled;
use super::shape;
use crate::Refused;
use crate::amount::Amount;
use crate::answers::Success;
use crate::desk::{Declined, Order, Said, Session};
use crate::endpoint::State;
use crate::ends::{AMOUNT, Ends};
use crate::idempotency::{Named, OptionalIdempotencyKey, fingerprint};
use crate::refusal::Refusal;
use crate::tags::Chapter;

const ROUTE: &str = "POST /api/v1/holds/{hold_id}/capture";

pub(super) struct CaptureHold(pub(super) State);

/// What is to be captured.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewCapture {
    /// How much; all of it unless said. The rest is released.
    amount: Option<Amount>,
}

#[OpenApi(tag = "Chapter::Holds")]
impl CaptureHold {
    /// Capture a hold
    ///
    /// Once: what is not captured is released. Under an `Idempotency-Key` it can be sent again.
    #[oai(
        path = "/api/v1/holds/:hold_id/capture",
        method = "post",
        operation_id = "capture_hold"
    )]
    async fn capture(
        &self,
        hold_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: OptionalIdempotencyKey,
        /// The capture.
        capture: Strict<NewCapture>,
    ) -> Result<Settled, Refused<404, 409, 422>> {
        let found = super::find(&self.0, hold_id.0).await?;
        let order = read(&found, &capture.0)?;
        let named = match key.0 {
            Some(key) => {
                let fingerprint = fingerprint(&format!("{ROUTE} {}", hold_id.0), &capture.0)?;
                Some(Named::new(order.company_id, ROUTE, &key, fingerprint))
            }
            None => None,
        };
        Ok(Settled::from(
            self.0.desk.answer(Arc::new(order), named).await?.reply()?,
        ))
    }
}

fn read(found: &StoredHold, new: &NewCapture) -> Result<Capturing, Problem> {
    let hold = &found.hold;
    let amount = new.amount.as_ref();
    let amount = amount.map(|amount| amount.positive(hold.amount().currency(), AMOUNT));
    Ok(Capturing {
        company_id: hold.company_id(),
        hold_id: hold.id(),
        ends: Ends::of(found),
        amount: amount.transpose()?,
    })
}

/// The order to post what a hold reserved.
struct Capturing {
    company_id: Uuid,
    hold_id: Uuid,
    ends: Ends,
    amount: Option<Money>,
}

impl Order for Capturing {
    fn name(&self, intent: &mut MovementIntent) {
        intent.footprint.holds.insert((self.company_id, self.hold_id));
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        super::refuse_expired(session, self.hold_id)?;
        let said = Said {
            reference: super::capture_reference(self.hold_id),
            metadata: "{}",
        };
        let (hold, transaction) =
            session.capture_hold(self.company_id, self.hold_id, self.amount, said, refused)?;
        let shown = shape::hold(&hold, self.ends, Some(transaction.id)).map_err(Declined::Fault)?;
        Success::showing(&shown).map_err(Declined::Fault)
    }
}

fn refused(rejection: &Rejection) -> Refusal {
    let refusal = Refusal::from(rejection);
    match rejection {
        Rejection::AmountExceedsHold { .. }
        | Rejection::AmountOverflow { .. }
        | Rejection::InsufficientFunds { .. } => refusal.at(AMOUNT),
        _ => refusal,
    }
}
