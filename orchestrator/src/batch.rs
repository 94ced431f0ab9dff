//! One batch, from dry step to commit; what to do when the store does not take it.
//!
//! A batch that is refused for its data is halved, in order, until the event at fault stands alone; that
//! one is stored as failed, and if even that is refused, as a dead letter. Anything else that goes wrong (a lost
//! connection, a full disk) is no event's fault: the same batch is tried again, for as long as it takes.

use std::sync::{Arc, Mutex, PoisonError};

use store::{BatchEnd, BatchIntent, Loaded, StoreError, Verdict};
use tasks::Needs;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::decide::{self, Decided};
use crate::prepare::{Prepared, dead_letter};
use crate::{CommittedRun, Deps, records};

/// How often a batch may come again with a larger footprint before it is halved.
const MAX_ROUNDS: usize = 16;
/// How often, besides, an event that stands alone may, for each of its nodes: each round learns at least of one
/// reference, hold, number or set of accounts that a node or its compensation needs.
const MAX_ROUNDS_PER_NODE: usize = 8;

/// The worker is to stop; what was not committed stays in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

/// Carries events, in the order of their queue, into the store. Once it returns they are there.
pub(crate) async fn commit(
    events: Vec<Arc<Prepared>>,
    deps: &Deps,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    let mut pending = vec![events];
    while let Some(mut events) = pending.pop() {
        match attempt(&events, deps, stop).await? {
            Attempt::Done => {}
            Attempt::Refused(reason) if events.len() == 1 => {
                if let Some(event) = events.pop() {
                    give_up(&event, reason, deps, stop).await?;
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
    Refused(String),
}

/// Tries a batch until it is stored or refused.
async fn attempt(
    events: &[Arc<Prepared>],
    deps: &Deps,
    stop: &CancellationToken,
) -> Result<Attempt, Stopped> {
    let mut needs = match foresee(events, deps) {
        Ok(needs) => needs,
        Err(reason) => return Ok(Attempt::Refused(reason)),
    };
    let mut backoff = Backoff::new();
    let (mut rounds, max_rounds) = (0, max_rounds(events));
    loop {
        match run_once(events, &needs, deps).await {
            Ok(None) => return Ok(Attempt::Done),
            Ok(Some(more)) => {
                rounds += 1;
                needs.merge(more);
                if rounds >= max_rounds {
                    let reason = format!("after {rounds} rounds it still touches what was not foreseen");
                    return Ok(Attempt::Refused(reason));
                }
            }
            Err(StoreError::Refused { message }) => return Ok(Attempt::Refused(message)),
            Err(error) => {
                tracing::warn!(%error, events = events.len(), "a batch could not be stored: trying it again");
                if !backoff.wait(stop).await {
                    return Err(Stopped);
                }
            }
        }
    }
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

/// One round: none if the batch is stored, else what else it needs.
async fn run_once(events: &[Arc<Prepared>], needs: &Needs, deps: &Deps) -> Result<Option<Needs>, StoreError> {
    let (events, foreseen, own) = (events.to_vec(), needs.clone(), deps.clone());
    let intent = intent(&events, needs);
    run(intent, deps, move |loaded| {
        decide::decide(&events, &foreseen, loaded, &own)
    })
    .await
}

fn intent(events: &[Arc<Prepared>], needs: &Needs) -> BatchIntent {
    let partition = events
        .first()
        .map_or(0, |event| event.delivery.message.partition.number());
    let claims = events.iter().map(|event| event.claim.clone()).collect();
    BatchIntent {
        partition,
        claims,
        footprint: decide::footprint(events, needs),
    }
}

/// Runs a batch through the store and tells of what was committed.
async fn run(
    intent: BatchIntent,
    deps: &Deps,
    decide: impl FnOnce(Loaded) -> Decided + Send + 'static,
) -> Result<Option<Needs>, StoreError> {
    let outcome = Arc::new(Mutex::new(Outcome::default()));
    let told = outcome.clone();
    let decide = Box::new(move |loaded| {
        let decided = decide(loaded);
        let mut outcome = told.lock().unwrap_or_else(PoisonError::into_inner);
        match decided {
            Decided::Write(write, committed) => {
                outcome.committed = committed;
                Verdict::Commit(write)
            }
            Decided::Widen(needs) => {
                outcome.needs = needs;
                Verdict::Widen
            }
        }
    });
    let end = deps.store.run_batch(intent, decide).await?;
    let mut outcome = std::mem::take(&mut *outcome.lock().unwrap_or_else(PoisonError::into_inner));
    match end {
        BatchEnd::Widened => Ok(Some(outcome.needs)),
        BatchEnd::Committed => {
            records::stamp(&mut outcome.committed, deps.clock.now());
            deps.observer.committed(&outcome.committed);
            Ok(None)
        }
    }
}

#[derive(Default)]
struct Outcome {
    committed: Vec<CommittedRun>,
    needs: Needs,
}

/// Stores the one event at fault as failed, or else as a dead letter.
async fn give_up(
    event: &Arc<Prepared>,
    reason: String,
    deps: &Deps,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    tracing::error!(runs = ?records::ids(event), reason, "the store refuses what these runs do: storing them as failed");
    let mut backoff = Backoff::new();
    loop {
        let (failing, own, why) = (event.clone(), deps.clone(), reason.clone());
        let intent = intent(std::slice::from_ref(event), &Needs::default());
        let stored = run(intent, deps, move |loaded| {
            decide::fail(&failing, &loaded, &why, &own)
        })
        .await;
        match stored {
            Ok(_) => return Ok(()),
            Err(StoreError::Refused { message }) => {
                let detail = format!("{reason}; and storing it as failed: {message}");
                let event_id = Some(event.claim.event_id.clone());
                let letter = dead_letter(&event.delivery, event_id, "refused_by_store", detail, deps);
                return keep(letter, deps, stop).await;
            }
            Err(error) => {
                tracing::warn!(%error, "a failed run could not be stored: trying again");
                if !backoff.wait(stop).await {
                    return Err(Stopped);
                }
            }
        }
    }
}

/// Keeps a dead letter, for as long as it takes.
pub(crate) async fn keep(
    letter: store::DeadLetter,
    deps: &Deps,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    tracing::error!(id = %letter.id, reason = letter.reason, detail = letter.detail, "a message became a dead letter");
    let mut backoff = Backoff::new();
    while let Err(error) = deps.store.keep_dead_letter(letter.clone()).await {
        tracing::warn!(%error, "a dead letter could not be kept: trying again");
        if !backoff.wait(stop).await {
            return Err(Stopped);
        }
    }
    Ok(())
}
