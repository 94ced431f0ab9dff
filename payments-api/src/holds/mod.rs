//! Holds: an amount reserved on an account for another, until it is captured, released, or its time runs out.
//!
//! Limits are checked when a hold is placed; from then on it counts as pending. It is settled once at most, in whichever of
//! the three ways comes first.

mod capture;
mod expiry;
mod list;
mod place;
mod read;
mod release;
mod shape;

use jiff::Timestamp;
use ledger::reference::HOLDS;
use ledger::{Hold, HoldStatus};
use poem_openapi::OpenApi;
use service::Problem;
use store::StoredHold;
use uuid::Uuid;

use crate::desk::{Declined, Session};
use crate::endpoint::State;
use crate::problems;
use crate::refusal::Refusal;

pub(crate) use expiry::expire;

/// The operations on holds.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        place::PlaceHold(state.clone()),
        list::ListHolds(state.clone()),
        read::ReadHold(state.clone()),
        capture::CaptureHold(state.clone()),
        release::ReleaseHold(state.clone()),
    )
}

/// Reads a hold.
///
/// # Errors
/// 404 `hold_not_found`; 503.
async fn find(state: &State, hold_id: Uuid) -> Result<StoredHold, Problem> {
    let found = state.store.find_hold(hold_id).await;
    let found = found.map_err(problems::of_store)?;
    found.ok_or_else(|| Problem::not_found("hold_not_found", format!("There is no hold {hold_id}.")))
}

/// What the reference of a capture is: there is one at most.
fn capture_reference(hold_id: Uuid) -> String {
    format!("{HOLDS}{hold_id}/capture")
}

/// Refuses what comes after a hold's time, also if the hold was not freed yet.
fn refuse_expired(session: &Session<'_>, hold_id: Uuid) -> Result<(), Declined> {
    let hold = session.books.hold(hold_id);
    match hold.filter(|hold| is_due(hold, session.due_until)) {
        None => Ok(()),
        Some(_) => Err(Refusal::of("hold_expired", format!("Hold {hold_id} has expired.")).into()),
    }
}

/// Whether a hold is pending beyond its time.
fn is_due(hold: &Hold, now: Timestamp) -> bool {
    let is_over = |expires_at_ms| expires_at_ms <= now.as_millisecond();
    hold.status() == HoldStatus::Pending && hold.expires_at_ms().is_some_and(is_over)
}
