//! The line: commits what waits, group by group, and says what to do when the store does not take it.
//!
//! A group that is refused for its data, or that meets a broken row, is halved, in order, until the request at fault stands
//! alone. So is one that meets a row that somebody keeps locked, so that those which need it go aside and the line goes on.
//! Other contention is nobody's fault, and tried again at once; with any other outage all of the group are told to come again.

use std::sync::Arc;
use std::time::Duration;

use service::Problem;
use store::{LockWait, MovementIntent, Outage, StoreError};
use tokio_util::sync::CancellationToken;

use super::aside::Aside;
use super::waiting::Waiting;
use super::{Means, NamedOrder, Outcome, Request, group};
use crate::problems;

/// How often a group that others were in the way of is tried.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(2);
/// How often locked rows are waited for to tell apart those of a group that need them.
const WAITS: u32 = 24;

/// Serves the line, one group after another, until it is told to stop and nobody waits any more.
pub(super) async fn serve(mut waiting: Waiting, means: Means, aside: Aside, stop: CancellationToken) {
    loop {
        let group = tokio::select! {
            biased;
            group = waiting.next_group() => group,
            () = stop.cancelled(), if !waiting.is_closed() => {
                waiting.close();
                continue;
            }
        };
        let Some(group) = group else { return };
        commit(group, &means, &aside).await;
    }
}

/// Commits a group, in halves if need be, and answers each of it that does not go aside. If very many need what is locked,
/// some go aside with them that do not, rather than that all wait to be told apart.
async fn commit(group: Vec<Request>, means: &Means, aside: &Aside) {
    let mut lock_wait = if aside.is_in_use() {
        LockWait::Brief
    } else {
        LockWait::Usual
    };
    let mut waits = 0;
    let mut pending = vec![group];
    while let Some(mut group) = pending.pop() {
        let orders = group.iter().map(|request| request.asked.clone()).collect();
        let error = match attempt(&orders, means, lock_wait).await {
            Ok(outcomes) => {
                answer(group, outcomes);
                continue;
            }
            Err(error) => error,
        };
        if is_locked(&error) {
            // It was waited for once.
            lock_wait = LockWait::Brief;
            waits += 1;
        }
        let is_of_some = is_at_fault(&error) || (is_locked(&error) && waits <= WAITS);
        if is_of_some && group.len() > 1 {
            tracing::warn!(requests = group.len(), %error, "some of a group are in the way of the others: halving it");
            let later = group.split_off(group.len() / 2);
            pending.extend([later, group]);
        } else if is_locked(&error) {
            for request in group {
                aside.take(request);
            }
        } else {
            let problem = problems::of_store(error);
            let outcomes = group.iter().map(|_| Err(problem.clone())).collect();
            answer(group, outcomes);
        }
    }
}

/// Whether some of a group are at fault, or name a row that is.
fn is_at_fault(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused { .. } | StoreError::Corrupt { .. })
}

pub(super) fn is_locked(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unavailable {
            outage: Outage::Locked,
            ..
        }
    )
}

fn answer(group: Vec<Request>, outcomes: Vec<Result<Outcome, Problem>>) {
    for (request, outcome) in group.into_iter().zip(outcomes) {
        request.answer(outcome);
    }
}

/// Tries a group until it is stored, or something else than contention is in the way.
pub(super) async fn attempt(
    orders: &Arc<[NamedOrder]>,
    means: &Means,
    lock_wait: LockWait,
) -> Result<Vec<Result<Outcome, Problem>>, StoreError> {
    let mut attempts = 0;
    loop {
        match try_once(orders, means, lock_wait).await {
            Err(StoreError::Unavailable {
                outage: Outage::Contention,
                message,
            }) if attempts < ATTEMPTS => {
                tracing::debug!(message, attempts, "others were in the way: trying again");
                attempts += 1;
                tokio::time::sleep(PAUSE * attempts).await;
            }
            done => return done,
        }
    }
}

async fn try_once(
    orders: &Arc<[NamedOrder]>,
    means: &Means,
    lock_wait: LockWait,
) -> Result<Vec<Result<Outcome, Problem>>, StoreError> {
    let mut intent = MovementIntent {
        lock_wait,
        ..MovementIntent::default()
    };
    for NamedOrder { order, named, .. } in orders.iter() {
        order.name(&mut intent);
        intent.answers.extend(named.iter().map(|named| named.key.clone()));
    }
    let (tell, told) = std::sync::mpsc::channel();
    let (orders, ids, clock) = (
        Arc::clone(orders),
        Arc::clone(&means.ids),
        Arc::clone(&means.clock),
    );
    let foreseen = intent.footprint.clone();
    let decide = Box::new(move |loaded| {
        // Read once the locks are had: an account's times are in the order of its entries.
        let now = clock.now();
        let (write, outcomes) = group::decide(&orders, loaded, foreseen, now, &*ids);
        let _the_receiver_waits_below = tell.send(outcomes);
        write
    });
    means.store.move_money(intent, decide).await?;
    // What was committed was decided on before.
    told.try_recv().map_err(|error| StoreError::Unavailable {
        outage: Outage::Other,
        message: format!("the store committed what nobody decided on: {error}"),
    })
}
