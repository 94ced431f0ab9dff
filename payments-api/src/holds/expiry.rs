//! Frees holds whose time ran out, in the background: whoever placed them, a caller or a rule.
//!
//! Each is an order of its own, so that one that is broken holds up no other. Broken ones, and those on an account that
//! somebody keeps locked, are passed over, and tried again after a while. Only a store that is away ends a round.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use poem::http::StatusCode;
use service::{Clock, Problem};
use store::{DueHold, MovementIntent, Movements};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::answers::Success;
use crate::desk::{Declined, Desk, Order, Session};
use crate::problems;

const PAUSE: Duration = Duration::from_secs(1);
/// How many are read at once.
const PAGE: u32 = 1_000;
/// How many stand in the line at once.
const AT_ONCE: usize = 128;
/// After how many rounds broken ones are tried again.
const BROKEN: u32 = 600;
/// After how many rounds those are tried again that somebody kept locked.
const LOCKED: u32 = 5;

/// Frees holds whose time ran out, until it is told to stop.
pub(crate) async fn expire(
    store: Arc<dyn Movements>,
    clock: Arc<dyn Clock>,
    desk: Desk,
    stop: CancellationToken,
) {
    let mut freeing = Freeing {
        store,
        desk,
        round: 0,
        passed_over: HashMap::new(),
    };
    let rounds = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Err(problem) = freeing.free_due(clock.now()).await {
                tracing::warn!(%problem, "holds whose time ran out could not be freed; trying again later");
            }
        }
    };
    stop.run_until_cancelled(rounds).await;
}

/// What is known from round to round.
struct Freeing {
    store: Arc<dyn Movements>,
    desk: Desk,
    round: u32,
    /// The holds that could not be freed, each with the round in which it is tried again.
    passed_over: HashMap<Uuid, u32>,
}

impl Freeing {
    /// Frees what is due at a moment, page by page, so that what is passed over keeps nothing behind it waiting.
    async fn free_due(&mut self, at: Timestamp) -> Result<(), Problem> {
        self.round = self.round.wrapping_add(1);
        let round = self.round;
        self.passed_over.retain(|_, again| *again > round);
        let mut locked = 0_u32;
        let mut after = None;
        loop {
            let page = self.store.due_holds(at, after, PAGE).await;
            let page = page.map_err(problems::of_store)?;
            after = page.last().copied();
            let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            locked = locked.saturating_add(self.free(page).await?);
            if is_last {
                break;
            }
        }
        if locked > 0 {
            tracing::warn!(
                holds = locked,
                "somebody keeps locked what holds whose time ran out are on"
            );
        }
        Ok(())
    }

    /// Frees holds, but for those that are passed over. How many were locked.
    async fn free(&mut self, due: Vec<DueHold>) -> Result<u32, Problem> {
        let due = due.into_iter();
        let due = due.filter(|due| !self.passed_over.contains_key(&due.hold_id));
        let desk = &self.desk;
        let freed = due.map(
            |DueHold {
                 company_id, hold_id, ..
             }| async move {
                let order = Arc::new(Expiring { company_id, hold_id });
                (hold_id, desk.carry_out_unless_locked(order).await)
            },
        );
        let freed: Vec<_> = freed.collect();
        let mut freed = stream::iter(freed).buffer_unordered(AT_ONCE);
        let mut locked = 0_u32;
        while let Some((hold_id, outcome)) = freed.next().await {
            let again = match outcome {
                Ok(Some(_)) => continue,
                Ok(None) => {
                    locked = locked.saturating_add(1);
                    LOCKED
                }
                Err(problem) if problem.status() == StatusCode::INTERNAL_SERVER_ERROR => {
                    problem.log();
                    tracing::error!(%hold_id, "a hold whose time ran out cannot be freed; passing it over");
                    BROKEN
                }
                // The store is away, and will be for the others.
                Err(problem) => return Err(problem),
            };
            self.passed_over.insert(hold_id, self.round.saturating_add(again));
        }
        Ok(locked)
    }
}

/// The order to free a hold. One that was settled meanwhile stays as it is.
struct Expiring {
    company_id: Uuid,
    hold_id: Uuid,
}

impl Order for Expiring {
    fn name(&self, intent: &mut MovementIntent) {
        intent.footprint.holds.insert((self.company_id, self.hold_id));
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let hold = session.books.hold(self.hold_id);
        if hold.is_some_and(|hold| super::is_due(hold, session.due_until)) {
            let freed = session.books.expire_hold(self.company_id, self.hold_id);
            freed.map_err(|error| Declined::Fault(error.to_string()))?;
        }
        Success::showing(&()).map_err(Declined::Fault)
    }
}
