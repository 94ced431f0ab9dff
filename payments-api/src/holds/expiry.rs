//! Frees holds whose time ran out, in the background: whoever placed them, a caller or a rule.
//!
//! Each is an order of its own, so that one that is broken holds up no other. Broken ones are the longest overdue for ever:
//! they are passed over, and tried again after a while.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use poem::http::StatusCode;
use service::{Clock, Problem};
use store::{MoneyStore, MovementIntent};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::answers::Success;
use crate::desk::{Declined, Desk, Order, Session};
use crate::problems;

const PAUSE: Duration = Duration::from_secs(1);
/// How many are freed in one round.
const IN_A_ROUND: u32 = 1_000;
/// How many stand in the line at once.
const AT_ONCE: usize = 128;
/// After how many rounds broken ones are tried again.
const PASSED_OVER: u32 = 600;

/// Frees holds whose time ran out, until it is told to stop.
pub(crate) async fn expire(
    store: Arc<dyn MoneyStore>,
    clock: Arc<dyn Clock>,
    desk: Desk,
    stop: CancellationToken,
) {
    let freeing = async {
        let mut broken = HashSet::new();
        for round in 1_u32.. {
            tokio::time::sleep(PAUSE).await;
            if round.is_multiple_of(PASSED_OVER) {
                broken.clear();
            }
            if let Err(problem) = free_due(&*store, &*clock, &desk, &mut broken).await {
                tracing::warn!(%problem, "holds whose time ran out could not be freed; trying again later");
            }
        }
    };
    stop.run_until_cancelled(freeing).await;
}

/// Frees what is due by now, but for what is known to be broken; of very much, the oldest, and the rest in the next round.
async fn free_due(
    store: &dyn MoneyStore,
    clock: &dyn Clock,
    desk: &Desk,
    broken: &mut HashSet<Uuid>,
) -> Result<(), Problem> {
    let passed_over = u32::try_from(broken.len()).unwrap_or(u32::MAX);
    let due = store.due_holds(clock.now(), IN_A_ROUND.saturating_add(passed_over));
    let mut due = due.await.map_err(problems::of_store)?;
    due.retain(|(_, hold_id)| !broken.contains(hold_id));
    let freed = due.into_iter().map(|(company_id, hold_id)| async move {
        let order = Arc::new(Expiring { company_id, hold_id });
        (hold_id, desk.answer(order, None).await)
    });
    let mut freed = stream::iter(freed).buffer_unordered(AT_ONCE);
    while let Some((hold_id, outcome)) = freed.next().await {
        match outcome {
            Ok(_) => {}
            Err(problem) if problem.status() == StatusCode::INTERNAL_SERVER_ERROR => {
                problem.log();
                tracing::error!(%hold_id, "a hold whose time ran out cannot be freed; passing it over");
                broken.insert(hold_id);
            }
            // The store is away, and will be for the others.
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
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
        if hold.is_some_and(|hold| super::is_due(hold, session.now)) {
            let freed = session.books.expire_hold(self.company_id, self.hold_id);
            freed.map_err(|error| Declined::Fault(error.to_string()))?;
        }
        Success::showing(&()).map_err(Declined::Fault)
    }
}
