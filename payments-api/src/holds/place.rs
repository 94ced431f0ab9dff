//! `POST /api/v1/holds`: an amount reserved on one account for another.

use std::sync::Arc;

use jiff::SignedDuration;
use ledger::Money;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Serialize;
use service::{FieldError, Problem, RawJson, Strict};
use store::MovementIntent;
use uuid::Uuid;

use super::shape::{self, Hold};
use crate::Refused;
use crate::amount::{self, Amount};
use crate::answers::Success;
use crate::desk::{Declined, Order, Session};
use crate::endpoint::State;
use crate::ends::{self, AMOUNT, CURRENCY, Ends};
use crate::idempotency::{IdempotencyKey, Named, fingerprint};
use crate::tags::Chapter;

const ROUTE: &str = "POST /api/v1/holds";
/// A year: nobody reserves for longer.
const MAX_EXPIRY_S: i64 = 366 * 24 * 60 * 60;

pub(super) struct PlaceHold(pub(super) State);

/// An amount to reserve.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewHold {
    /// Whose accounts they are.
    company_id: Uuid,
    /// The account that the amount is reserved on. A capture takes it from there, whatever the account's kind.
    source_account_id: Uuid,
    /// The account that a capture posts it to.
    destination_account_id: Uuid,
    /// How much: more than zero.
    amount: Amount,
    /// The currency (ISO 4217): that of both accounts.
    currency: String,
    /// In how many seconds it is freed by itself: 1 to 31,622,400, a year; never unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    expires_in_s: Option<i64>,
}

#[derive(ApiResponse)]
enum Placed {
    /// The amount is reserved.
    #[oai(status = 201)]
    Hold(
        RawJson<Hold>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
        /// `true` if this is the answer to an earlier request under the same key.
        #[oai(header = "Idempotency-Replayed")]
        Option<bool>,
    ),
}

#[OpenApi(tag = "Chapter::Holds")]
impl PlaceHold {
    /// Place a hold
    ///
    /// What it reserves is no longer available. It is refused where it would be refused to take the amount at once.
    #[oai(path = "/api/v1/holds", method = "post", operation_id = "place_hold")]
    async fn place(
        &self,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        /// The hold.
        hold: Strict<NewHold>,
    ) -> Result<Placed, Refused<404, 409, 422>> {
        let order = read(&hold.0)?;
        let fingerprint = fingerprint(ROUTE, &hold.0)?;
        let named = Named::new(order.company_id, ROUTE, &key.0, fingerprint);
        let answered = self.0.desk.answer(Arc::new(order), Some(named)).await?;
        let reply = answered.reply()?;
        Ok(Placed::Hold(reply.body, reply.location, reply.replayed))
    }
}

fn read(new: &NewHold) -> Result<Placing, Problem> {
    let currency = amount::currency(&new.currency, CURRENCY)?;
    Ok(Placing {
        company_id: new.company_id,
        ends: Ends {
            source: new.source_account_id,
            destination: new.destination_account_id,
        },
        amount: new.amount.positive(currency, AMOUNT)?,
        expires_in: new.expires_in_s.map(expiry).transpose()?,
    })
}

fn expiry(seconds: i64) -> Result<SignedDuration, Problem> {
    if (1..=MAX_EXPIRY_S).contains(&seconds) {
        return Ok(SignedDuration::from_secs(seconds));
    }
    let reason = format!("A hold expires in 1 to {MAX_EXPIRY_S} seconds.");
    let fault = FieldError::new("/expires_in_s", "invalid_expiry", reason.clone());
    Err(Problem::unprocessable("invalid_expiry", reason).with_errors([fault]))
}

/// The order to reserve an amount.
struct Placing {
    company_id: Uuid,
    ends: Ends,
    amount: Money,
    expires_in: Option<SignedDuration>,
}

impl Order for Placing {
    fn name(&self, intent: &mut MovementIntent) {
        self.ends.name(intent);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let [source, destination] = self.ends.found(session);
        let between = ledger::ends(self.company_id, source, destination, self.amount.currency());
        let [source, destination] = between.map_err(|error| ends::unfit(&error))?;
        let (source, destination) = (source.key().clone(), destination.key().clone());
        let expires_at = self
            .expires_in
            .map(|time| session.now.checked_add(time))
            .transpose()
            .map_err(|error| Declined::Fault(error.to_string()))?;
        let draft = ledger::HoldDraft {
            id: session.new_id(),
            account: source.code.clone(),
            to: destination.code,
            amount: self.amount,
            expires_at_ms: expires_at.map(jiff::Timestamp::as_millisecond),
        };
        let hold = session.place_hold(self.company_id, &draft, |rejection| {
            ends::refused(rejection, Some(&source))
        })?;
        let shown = shape::hold(&hold, self.ends, None).map_err(Declined::Fault)?;
        Success::at(shape::location(draft.id), &shown).map_err(Declined::Fault)
    }
}
