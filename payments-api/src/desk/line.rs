//! The line: gathers what waits, commits it, and says what to do when the store does not take it.
//!
//! A group that is refused for its data is halved, in order, until the request at fault stands alone. Contention is nobody's
//! fault, and tried again at once; with any other outage all of the group are told to come again.

use std::sync::Arc;
use std::time::Duration;

use service::Problem;
use store::{MovementIntent, Outage, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Means, NamedOrder, Outcome, Request, group};
use crate::problems;

/// How many requests go together at most.
const GROUP: usize = 512;
/// How often a group that others were in the way of is tried.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(2);

/// Serves the line, one group after another, until it is told to stop and nobody waits any more.
pub(super) async fn serve(mut waiting: mpsc::Receiver<Request>, means: Means, stop: CancellationToken) {
    let mut group = Vec::with_capacity(GROUP);
    loop {
        let taken = tokio::select! {
            biased;
            taken = waiting.recv_many(&mut group, GROUP) => taken,
            () = stop.cancelled(), if !waiting.is_closed() => {
                waiting.close();
                continue;
            }
        };
        if taken == 0 {
            return;
        }
        commit(std::mem::take(&mut group), &means).await;
    }
}

/// Commits a group, in halves if need be, and answers each of it.
async fn commit(group: Vec<Request>, means: &Means) {
    let mut pending = vec![group];
    while let Some(mut group) = pending.pop() {
        match attempt(&group, means).await {
            Ok(outcomes) => answer(group, outcomes),
            Err(StoreError::Refused { message }) if group.len() > 1 => {
                tracing::warn!(
                    requests = group.len(),
                    message,
                    "a group was refused for its data: halving it"
                );
                let later = group.split_off(group.len() / 2);
                pending.push(later);
                pending.push(group);
            }
            Err(error) => {
                let problem = problems::of_store(error);
                let outcomes = group.iter().map(|_| Err(problem.clone())).collect();
                answer(group, outcomes);
            }
        }
    }
}

fn answer(group: Vec<Request>, outcomes: Vec<Result<Outcome, Problem>>) {
    for (request, outcome) in group.into_iter().zip(outcomes) {
        let _nobody_waits_any_more = request.reply.send(outcome);
    }
}

/// Tries a group until it is stored, or something else than contention is in the way.
async fn attempt(group: &[Request], means: &Means) -> Result<Vec<Result<Outcome, Problem>>, StoreError> {
    let orders: Arc<[NamedOrder]> = group.iter().map(|request| request.asked.clone()).collect();
    let mut attempts = 0;
    loop {
        match try_once(&orders, means).await {
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
) -> Result<Vec<Result<Outcome, Problem>>, StoreError> {
    let mut intent = MovementIntent::default();
    for NamedOrder { order, named, .. } in orders.iter() {
        order.name(&mut intent);
        intent.answers.extend(named.iter().map(|named| named.key.clone()));
    }
    let (tell, told) = std::sync::mpsc::channel();
    let (orders, ids, now) = (Arc::clone(orders), Arc::clone(&means.ids), means.clock.now());
    let foreseen = intent.footprint.clone();
    let decide = Box::new(move |loaded| {
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
