//! The line: commits what waits, group by group, and says what to do when the store does not take it.
//!
//! A group that is refused for its data, or that meets a broken row, is halved, in order, until the request at fault stands
//! alone. If it meets a row that somebody keeps locked, those that need one that is locked go aside, and the others go on; once a
//! row is known to be locked, nobody who needs it is tried any more until it is free.
//! Other contention is nobody's fault, and tried again at once; with any other outage all of the group are told to come again.

use std::sync::Arc;
use std::time::Duration;

use service::Problem;
use store::{LockWait, MovementIntent, Outage, StoreError};
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use super::aside::{Aside, Freed, find_locked, intent_of};
use super::waiting::Waiting;
use super::{Means, NamedOrder, Outcome, Request, Undone, group};
use crate::problems;

/// How often a group that others were in the way of is tried.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(2);
/// How often something that is locked and no row is waited for to tell apart those of a group that need it.
const WAITS: u32 = 24;

/// Who serves the line.
pub(super) struct Line {
    means: Means,
    aside: Aside,
}

impl Line {
    pub(super) fn new(means: Means, aside: Aside) -> Self {
        Self { means, aside }
    }

    /// Serves the line, one group after another, until it is told to stop and nobody waits any more.
    pub(super) async fn serve(mut self, mut waiting: Waiting, stop: CancellationToken) {
        loop {
            let group = tokio::select! {
                biased;
                () = stop.cancelled(), if !waiting.is_closed() => {
                    waiting.close();
                    continue;
                }
                () = sleep_until(self.aside.next_look()), if self.aside.is_in_use() => {
                    let Freed { free, to_try } = self.aside.look(&*self.means.store).await;
                    waiting.put_first(free);
                    self.try_again(to_try).await;
                    continue;
                }
                group = waiting.next_group() => group,
            };
            match group {
                Some(group) => self.commit(group).await,
                None if self.aside.is_waited_in() => sleep_until(self.aside.next_look()).await,
                None => return,
            }
        }
    }

    /// Commits a group, in parts if need be, and answers each of it that does not go aside.
    async fn commit(&mut self, group: Vec<Request>) {
        let mut lock_wait = if self.aside.is_in_use() {
            LockWait::Brief
        } else {
            LockWait::Usual
        };
        let mut waits = 0;
        let mut pending = vec![self.set_known_aside(group).await];
        while let Some(mut group) = pending.pop() {
            if group.is_empty() {
                continue;
            }
            match self.attempt(&group, lock_wait).await {
                Ok(outcomes) => answer(group, outcomes),
                Err(error) if is_locked(&error) => {
                    // It was waited for once.
                    lock_wait = LockWait::Brief;
                    waits += 1;
                    pending.extend(self.set_locked_aside(group, waits).await);
                }
                Err(error) if is_at_fault(&error) && group.len() > 1 => {
                    tracing::warn!(requests = group.len(), %error, "some of a group are at fault: halving it");
                    let later = group.split_off(group.len() / 2);
                    pending.extend([later, group]);
                }
                Err(error) => fail(group, &problems::of_store(error)),
            }
        }
    }

    /// Those of a group that name nothing that is known to be locked; the others go aside. Only the store knows all rows
    /// of orders that name accounts by way of something else.
    async fn set_known_aside(&mut self, group: Vec<Request>) -> Vec<Request> {
        if !self.aside.knows_rows() {
            return group;
        }
        let intents: Vec<_> = group.iter().map(|request| intent_of(&request.asked)).collect();
        let others = intents.iter().filter(|intent| intent.names_others());
        let found = find_locked(&*self.means.store, others.cloned().collect()).await;
        let mut found = found.unwrap_or_default().into_iter();
        let mut rest = Vec::with_capacity(group.len());
        for (request, intent) in group.into_iter().zip(intents) {
            let others = intent.names_others().then(|| found.next()).flatten();
            match self
                .aside
                .known(intent.rows().chain(others.into_iter().flatten()))
            {
                Some(row) => self.aside.take(request, Some(row)),
                None => rest.push(request),
            }
        }
        rest
    }

    /// What is left to be tried of a group that met something locked. What is locked and no row is waited for a few times, to
    /// find out who needs it; if that are very many, some go aside with them that do not, rather than that all wait.
    async fn set_locked_aside(&mut self, mut group: Vec<Request>, waits: u32) -> Vec<Vec<Request>> {
        let intents = group.iter().map(|request| intent_of(&request.asked)).collect();
        let found = find_locked(&*self.means.store, intents).await;
        let is_told = found.is_ok();
        let found = found.unwrap_or_default();
        if found.iter().any(|rows| !rows.is_empty()) {
            let mut rest = Vec::with_capacity(group.len());
            let asked = group.len();
            for (request, rows) in group.into_iter().zip(found) {
                match rows.first() {
                    Some(row) => self.aside.take(request, Some(*row)),
                    None => rest.push(request),
                }
            }
            let aside = asked.saturating_sub(rest.len());
            tracing::warn!(
                requests = aside,
                "somebody keeps locked what requests need: they wait for it"
            );
            return vec![rest];
        }
        if is_told && waits == 1 {
            return vec![group];
        }
        if is_told && waits <= WAITS && group.len() > 1 {
            let later = group.split_off(group.len() / 2);
            return vec![later, group];
        }
        for request in group {
            self.aside.take(request, None);
        }
        Vec::new()
    }

    /// Tries those together who wait for something that is no row.
    async fn try_again(&mut self, requests: Vec<Request>) {
        if requests.is_empty() {
            return;
        }
        match self.attempt(&requests, LockWait::Brief).await {
            Ok(outcomes) => answer(requests, outcomes),
            Err(error) if is_locked(&error) => {
                for request in requests {
                    self.aside.take(request, None);
                }
            }
            Err(_) => self.commit(requests).await,
        }
    }

    /// Tries a group until it is stored, or something else than contention is in the way.
    async fn attempt(
        &self,
        group: &[Request],
        lock_wait: LockWait,
    ) -> Result<Vec<Result<Outcome, Problem>>, StoreError> {
        let orders: Arc<[NamedOrder]> = group.iter().map(|request| request.asked.clone()).collect();
        let mut attempts = 0;
        loop {
            match try_once(&orders, &self.means, lock_wait).await {
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
}

/// Whether some of a group are at fault, or name a row that is.
fn is_at_fault(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused { .. } | StoreError::Corrupt { .. })
}

fn is_locked(error: &StoreError) -> bool {
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
        request.answer(outcome.map_err(Undone::Failed));
    }
}

fn fail(group: Vec<Request>, problem: &Problem) {
    for request in group {
        request.answer(Err(Undone::Failed(problem.clone())));
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
