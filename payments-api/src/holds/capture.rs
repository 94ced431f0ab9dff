//! `POST /api/v1/holds/{hold_id}/capture`: what was reserved is posted, in full or in part.

use std::sync::Arc;

use ledger::Money;
use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;
use service::Problem;
use store::{MovementIntent, StoredHold};
use uuid::Uuid;

use super::release::Settled;
use super::shape;
use crate::Refused;
use crate::amount::Amount;
use crate::answers::Success;
use crate::desk::{Captured, Declined, Order, Said, Session};
use crate::endpoint::State;
use crate::ends::{self, AMOUNT, Ends};
use crate::idempotency::OptionalIdempotencyKey;
use crate::optional::Optional;
use crate::tags::Chapter;

const ROUTE: &str = "POST /api/v1/holds/{hold_id}/capture";

pub(super) struct CaptureHold(pub(super) State);

/// What is to be captured.
#[derive(Debug, Clone, Default, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewCapture {
    /// How much; all of it unless said. The rest is released.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
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
        /// The capture: of all of it, unless said.
        capture: Optional<NewCapture>,
    ) -> Result<Settled, Refused<404, 409, 422>> {
        let found = super::find(&self.0, hold_id.0).await?;
        let order = read(&found, &capture.0)?;
        let address = format!("{ROUTE} {}", hold_id.0);
        let named = key.naming(order.company_id, ROUTE, &address, &capture.0)?;
        let answered = self.0.desk.answer(Arc::new(order), named).await?;
        Ok(Settled::from(answered.reply()?))
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
        let reference = (self.company_id, super::capture_reference(self.hold_id));
        intent.footprint.references.insert(reference);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        super::refuse_expired(session, self.hold_id)?;
        let said = Said {
            reference: super::capture_reference(self.hold_id),
            metadata: "{}",
        };
        let (hold, transaction) = session.capture_hold(
            self.company_id,
            self.hold_id,
            Captured {
                amount: self.amount,
                further: &[],
                description: None,
            },
            said,
            ends::refused_amount,
        )?;
        let shown = shape::hold(&hold, self.ends, Some(transaction.id)).map_err(Declined::Fault)?;
        Success::showing(&shown).map_err(Declined::Fault)
    }
}
