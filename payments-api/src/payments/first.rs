//! How a payment came out when it was made: what its request was answered first, and is to be answered ever after.

use jiff::Timestamp;
use ledger::PaymentState;
use serde::Deserialize;
use service::Problem;
use store::{Decline, PageRequest, StoredPaymentEvent};
use uuid::Uuid;

use super::shape::PaymentStatus;
use crate::answers::{Answered, Success};
use crate::desk::Outcome;
use crate::endpoint::State;
use crate::problems;

/// How many events are read at once.
const EVENTS: u32 = 200;
/// The first event says that the payment was taken; the second, what its request made of it.
const OUTCOME: u64 = 2;

/// How a payment came out that was to be authorized at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirstOutcome {
    pub(crate) payment_id: Uuid,
    pub(crate) state: PaymentState,
    /// Why it was declined, if it was.
    pub(crate) decline: Option<Decline>,
    /// When that was.
    pub(crate) at: Timestamp,
    /// Whether it was answered before.
    pub(crate) replayed: bool,
}

/// What is read of the answer that was stored, which is the payment as it was then.
#[derive(Deserialize)]
struct Told {
    id: Uuid,
    status: PaymentStatus,
    error: Option<WhyNot>,
    updated_at: Timestamp,
}

#[derive(Deserialize)]
struct WhyNot {
    code: String,
    detail: String,
}

impl FirstOutcome {
    /// That of a request to pay: as it was answered, or, once that is forgotten, as the payment's events tell.
    ///
    /// # Errors
    /// The refusal, if there is no payment; 500; 503.
    pub(crate) async fn of(state: &State, outcome: Outcome) -> Result<Self, Problem> {
        match outcome {
            Outcome::Answered(Answered { answer, replayed }) => {
                let success = answer.map_err(|refusal| refusal.to_problem())?;
                Ok(Self {
                    replayed,
                    ..Self::told(&success)?
                })
            }
            Outcome::Posted(payment_id) => Self::remembered(state, payment_id).await,
        }
    }

    fn told(success: &Success) -> Result<Self, Problem> {
        let told: Told = serde_json::from_str(success.body.text()).map_err(Problem::internal)?;
        let decline = told.error.map(|WhyNot { code, detail }| Decline { code, detail });
        Ok(Self {
            payment_id: told.id,
            state: told.status.into(),
            decline,
            at: told.updated_at,
            replayed: false,
        })
    }

    async fn remembered(state: &State, payment_id: Uuid) -> Result<Self, Problem> {
        let payment = super::find(state, payment_id).await?;
        let event = outcome_of(state, payment_id).await?;
        let first = event.event.state;
        Ok(Self {
            payment_id,
            state: first,
            // One that was declined stays so.
            decline: payment.decline.filter(|_| first == PaymentState::Declined),
            at: event.created_at,
            replayed: true,
        })
    }
}

/// The event by which a payment came out as it did. Events are listed newest first, so it is on the last page.
async fn outcome_of(state: &State, payment_id: Uuid) -> Result<StoredPaymentEvent, Problem> {
    let mut page = PageRequest {
        limit: EVENTS,
        after: None,
    };
    loop {
        let found = state.store.list_payment_events(payment_id, page).await;
        let found = found.map_err(problems::of_store)?;
        let mut events = found.items.into_iter();
        if let Some(event) = events.find(|event| event.number == OUTCOME) {
            return Ok(event);
        }
        let missing = || Problem::internal(format!("payment {payment_id} has no event {OUTCOME}"));
        page.after = Some(found.next.ok_or_else(missing)?);
    }
}
