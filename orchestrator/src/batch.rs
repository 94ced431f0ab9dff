//! One batch, from dry step to commit; what to do when the store does not take it.
//!
//! A batch that is refused for its data is halved, in order, until the event at fault stands alone; that
//! one is stored as failed, and if even that is refused, as a dead letter. Anything else that goes wrong (a lost
//! connection, a full disk) is no event's fault: the same batch is tried again, for as long as it takes.

use std::sync::Arc;

use store::{Outage, StoreError};
use tasks::Needs;

use crate::backoff::Backoff;
use crate::group_commit::Seat;
use crate::holding::Holding;
use crate::prepare::{Prepared, dead_letter};
use crate::round::{self, Ended};
use crate::{Deps, decide, records};

/// How often a batch may come again with a larger footprint before it is halved.
const MAX_ROUNDS: usize = 16;
/// How often, besides, an event that stands alone may, for each of its nodes: each round learns at least of one
/// reference, hold, number or set of accounts that a node or its compensation needs.
const MAX_ROUNDS_PER_NODE: usize = 8;

/// How often several events may fail together, for no fault of their data, before they are halved. A batch that takes longer
/// than the database lets a transaction stand would else be tried for ever.
const MAX_FAILURES: usize = 8;

/// Why work on a partition ends before its time; what was not committed stays in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Halted {
    /// The worker is to stop.
    Stopped,
    /// Somebody else has the partition now: nothing of what was taken may be stored or acknowledged.
    LeaseLost,
}

/// Carries events, in the order of their queue, into the store. Once it returns they are there. The first try is made
/// together with other partitions, unless one of the events is suspect; all others are made alone.
pub(crate) async fn commit(
    events: Vec<Arc<Prepared>>,
    deps: &Deps,
    holding: &Holding,
    seat: &mut Seat,
) -> Result<(), Halted> {
    let is_suspect = events.iter().any(|event| event.is_suspect());
    if is_suspect {
        seat.pass();
    }
    let mut seat = (!is_suspect).then_some(seat);
    let mut pending = vec![events];
    while let Some(mut events) = pending.pop() {
        match attempt(&events, deps, holding, seat.take()).await? {
            Attempt::Done => {}
            Attempt::Stuck => {
                tracing::warn!(
                    events = events.len(),
                    "a batch fails again and again: halving it, in case it is too large"
                );
                let later = events.split_off(events.len() / 2);
                pending.push(later);
                pending.push(events);
            }
            Attempt::Refused(reason) if events.len() == 1 => {
                if let Some(event) = events.pop() {
                    give_up(&event, reason, deps, holding).await?;
                }
            }
            Attempt::Refused(reason) => {
                tracing::warn!(
                    events = events.len(),
                    reason,
                    "a batch was refused for its data: halving it"
                );
                let later = events.split_off(events.len() / 2);
                pending.push(later);
                pending.push(events);
            }
        }
    }
    Ok(())
}

enum Attempt {
    Done,
    /// Some of the data is at fault.
    Refused(String),
    /// It fails, and nothing says that it is at fault. It may all the same be too large for the time that it has.
    Stuck,
}

/// Tries a batch until it is stored or refused; one of several events not for ever.
async fn attempt(
    events: &[Arc<Prepared>],
    deps: &Deps,
    holding: &Holding,
    mut seat: Option<&mut Seat>,
) -> Result<Attempt, Halted> {
    let mut needs = match foresee(events, deps) {
        Ok(needs) => needs,
        Err(reason) => return Ok(Attempt::Refused(reason)),
    };
    let mut backoff = Backoff::new();
    let (mut rounds, max_rounds) = (0, max_rounds(events));
    let mut failures = 0;
    loop {
        match try_once(events, &needs, deps, holding, seat.take()).await {
            Ok(Ended::Committed) => return Ok(Attempt::Done),
            Ok(Ended::LeaseLost) => return Err(lost(holding)),
            Ok(Ended::Widened(more)) => {
                rounds += 1;
                needs.merge(more);
                if rounds >= max_rounds {
                    let reason = format!("after {rounds} rounds it still touches what was not foreseen");
                    return Ok(Attempt::Refused(reason));
                }
            }
            Err(StoreError::Refused { message }) => return Ok(Attempt::Refused(message)),
            Err(error) => {
                failures += 1;
                if failures >= MAX_FAILURES && events.len() > 1 {
                    return Ok(Attempt::Stuck);
                }
                report(&error, "a batch could not be stored: trying it again");
                if !backoff.wait_after(&error, &*deps.ids, &holding.stop).await {
                    return Err(Halted::Stopped);
                }
            }
        }
    }
}

/// Tries a batch once: in a group if there is one, and if that comes to nothing, on its own.
async fn try_once(
    events: &[Arc<Prepared>],
    needs: &Needs,
    deps: &Deps,
    holding: &Holding,
    seat: Option<&mut Seat>,
) -> Result<Ended, StoreError> {
    if let Some(seat) = seat
        && let Some(ended) = seat.try_once(events, needs, holding).await
    {
        return ended;
    }
    let holdings = std::slice::from_ref(holding);
    round::try_once(events.to_vec(), needs.clone(), holdings, deps).await
}

/// An event that stands alone cannot be halved: it gets as many rounds as its rules may take.
fn max_rounds(events: &[Arc<Prepared>]) -> usize {
    match events {
        [alone] => alone
            .nodes()
            .saturating_mul(MAX_ROUNDS_PER_NODE)
            .saturating_add(MAX_ROUNDS),
        _ => MAX_ROUNDS,
    }
}

/// Steps the runs dry. A panic in there is the fault of one of them, and halving finds which.
fn foresee(events: &[Arc<Prepared>], deps: &Deps) -> Result<Needs, String> {
    let stepping = std::panic::AssertUnwindSafe(|| decide::foresee(events, deps));
    std::panic::catch_unwind(stepping).map_err(|_| "stepping the runs panicked; the log has where".to_owned())
}

/// Stores the one event at fault as failed, or else as a dead letter.
async fn give_up(
    event: &Arc<Prepared>,
    reason: String,
    deps: &Deps,
    holding: &Holding,
) -> Result<(), Halted> {
    tracing::error!(runs = ?records::ids(event), reason, "the store refuses what these runs do: storing them as failed");
    let mut backoff = Backoff::new();
    loop {
        let stored = round::fail(event, &reason, holding, deps).await;
        match stored {
            Ok(Ended::LeaseLost) => return Err(lost(holding)),
            // With nothing to run there is nothing more to need.
            Ok(Ended::Committed | Ended::Widened(_)) => return Ok(()),
            Err(StoreError::Refused { message }) => {
                let detail = format!("{reason}; and storing it as failed: {message}");
                let event_id = Some(event.claim.event_id.clone());
                let letter = dead_letter(&event.delivery, event_id, "refused_by_store", detail, deps);
                return keep(letter, deps, holding).await;
            }
            Err(error) => {
                report(&error, "a failed run could not be stored: trying again");
                if !backoff.wait_after(&error, &*deps.ids, &holding.stop).await {
                    return Err(Halted::Stopped);
                }
            }
        }
    }
}

/// Keeps a dead letter, for as long as it takes.
pub(crate) async fn keep(letter: store::DeadLetter, deps: &Deps, holding: &Holding) -> Result<(), Halted> {
    tracing::error!(id = %letter.id, reason = letter.reason, detail = letter.detail, "a message became a dead letter");
    let mut backoff = Backoff::new();
    while let Err(error) = deps.store.keep_dead_letter(letter.clone()).await {
        report(&error, "a dead letter could not be kept: trying again");
        if !backoff.wait_after(&error, &*deps.ids, &holding.stop).await {
            return Err(Halted::Stopped);
        }
    }
    Ok(())
}

fn lost(holding: &Holding) -> Halted {
    tracing::warn!(
        partition = holding.lease.partition,
        "another worker has the partition: leaving the batch to it"
    );
    Halted::LeaseLost
}

/// Logs what is going to be tried again, as loudly as somebody must do something about it.
pub(crate) fn report(error: &StoreError, what: &str) {
    match error {
        StoreError::Corrupt { .. } => {
            tracing::error!(%error, "the database is damaged, and its partition stands still until it is mended: {what}");
        }
        StoreError::Unavailable {
            outage: Outage::Contention,
            ..
        } => tracing::info!(%error, "{what}"),
        StoreError::Unavailable { .. } | StoreError::Refused { .. } => tracing::warn!(%error, "{what}"),
    }
}
