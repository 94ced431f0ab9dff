//! One round with the store: a batch, of one partition or of several, is tried once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use store::{BatchEnd, BatchIntent, Loaded, StoreError, Verdict};
use tasks::Needs;

use crate::decide::{self, Decided};
use crate::holding::Holding;
use crate::prepare::Prepared;
use crate::{CommittedRun, Deps, records};

/// How a round ended.
pub(crate) enum Ended {
    Committed,
    /// More is needed.
    Widened(Needs),
    LeaseLost,
}

/// Decides on events, which are of these partitions, and stores what was decided.
pub(crate) async fn try_once(
    events: Vec<Arc<Prepared>>,
    needs: Needs,
    holdings: &[Holding],
    deps: &Deps,
) -> Result<Ended, StoreError> {
    let (intent, own) = (intent(&events, &needs, holdings), deps.clone());
    run(intent, holdings, deps, move |loaded| {
        decide::decide(&events, &needs, loaded, &own)
    })
    .await
}

/// Stores an event as failed, whatever it would have done.
pub(crate) async fn fail(
    event: &Arc<Prepared>,
    reason: &str,
    holding: &Holding,
    deps: &Deps,
) -> Result<Ended, StoreError> {
    let (failing, reason, own) = (event.clone(), reason.to_owned(), deps.clone());
    let holdings = std::slice::from_ref(holding);
    let intent = intent(std::slice::from_ref(event), &Needs::default(), holdings);
    run(intent, holdings, deps, move |loaded| {
        decide::fail(&failing, &loaded, &reason, &own)
    })
    .await
}

fn intent(events: &[Arc<Prepared>], needs: &Needs, holdings: &[Holding]) -> BatchIntent {
    BatchIntent {
        leases: holdings.iter().map(|holding| holding.lease).collect(),
        claims: events.iter().map(|event| event.claim.clone()).collect(),
        footprint: decide::footprint(events, needs),
    }
}

/// Runs a batch through the store and tells of what was committed.
async fn run(
    intent: BatchIntent,
    holdings: &[Holding],
    deps: &Deps,
    decide: impl FnOnce(Loaded) -> Decided + Send + 'static,
) -> Result<Ended, StoreError> {
    let outcome = Arc::new(Mutex::new(Outcome::default()));
    let told = outcome.clone();
    let decide = Box::new(move |loaded| {
        let decided = decide(loaded);
        let mut outcome = told.lock().unwrap_or_else(PoisonError::into_inner);
        match decided {
            Decided::Write(write, committed) => {
                outcome.committed = committed;
                outcome.outboxes = write.events.iter().map(|event| event.partition).collect();
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
        BatchEnd::Widened => Ok(Ended::Widened(outcome.needs)),
        BatchEnd::LeaseLost => Ok(Ended::LeaseLost),
        BatchEnd::Committed => {
            for holding in holdings {
                if outcome.outboxes.contains(&holding.lease.partition) {
                    holding.committed.notify_one();
                }
            }
            records::stamp(&mut outcome.committed, deps.clock.now());
            deps.observer.committed(&outcome.committed);
            Ok(Ended::Committed)
        }
    }
}

#[derive(Default)]
struct Outcome {
    committed: Vec<CommittedRun>,
    /// The partitions whose owners have events to send on.
    outboxes: BTreeSet<u16>,
    needs: Needs,
}
