//! `POST /api/v1/holds/{hold_id}/release`: what was reserved is freed.

use std::sync::Arc;

use poem_openapi::{ApiResponse, OpenApi, param::Path};
use service::RawJson;
use store::MovementIntent;
use uuid::Uuid;

use super::shape::{self, Hold};
use crate::Refused;
use crate::answers::{Reply, Success};
use crate::desk::{Declined, Order, Session};
use crate::endpoint::State;
use crate::ends::Ends;
use crate::idempotency::OptionalIdempotencyKey;
use crate::optional::{Nothing, Optional};
use crate::tags::Chapter;

const ROUTE: &str = "POST /api/v1/holds/{hold_id}/release";

pub(super) struct ReleaseHold(pub(super) State);

#[derive(ApiResponse)]
pub(super) enum Settled {
    /// The hold as it is now.
    #[oai(status = 200)]
    Hold(
        RawJson<Hold>,
        /// `true` if this is the answer to an earlier request under the same key.
        #[oai(header = "Idempotency-Replayed")]
        Option<bool>,
    ),
}

impl From<Reply<Hold>> for Settled {
    fn from(reply: Reply<Hold>) -> Self {
        Self::Hold(reply.body, reply.replayed)
    }
}

#[OpenApi(tag = "Chapter::Holds")]
impl ReleaseHold {
    /// Release a hold
    ///
    /// Nothing is posted. Under an `Idempotency-Key` it can be sent again.
    #[oai(
        path = "/api/v1/holds/:hold_id/release",
        method = "post",
        operation_id = "release_hold"
    )]
    async fn release(
        &self,
        hold_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: OptionalIdempotencyKey,
        /// There is nothing to say.
        nothing: Optional<Nothing>,
    ) -> Result<Settled, Refused<404, 409, 422>> {
        let found = super::find(&self.0, hold_id.0).await?;
        let order = Releasing {
            company_id: found.hold.company_id(),
            hold_id: hold_id.0,
            ends: Ends::of(&found),
        };
        let address = format!("{ROUTE} {}", hold_id.0);
        let named = key.naming(order.company_id, ROUTE, &address, &nothing.0)?;
        let answered = self.0.desk.answer(Arc::new(order), named).await?;
        Ok(Settled::from(answered.reply()?))
    }
}

/// The order to free what a hold reserved.
struct Releasing {
    company_id: Uuid,
    hold_id: Uuid,
    ends: Ends,
}

impl Order for Releasing {
    fn name(&self, intent: &mut MovementIntent) {
        intent.footprint.holds.insert((self.company_id, self.hold_id));
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        super::refuse_expired(session, self.hold_id)?;
        let hold = session.release_hold(self.company_id, self.hold_id)?;
        let shown = shape::hold(&hold, self.ends, None).map_err(Declined::Fault)?;
        Success::showing(&shown).map_err(Declined::Fault)
    }
}
