//! Frees holds whose time ran out, in the background: whoever placed them, a caller or a rule.

use std::sync::Arc;
use std::time::Duration;

use service::{Clock, Problem};
use store::{MoneyStore, MovementIntent};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::answers::Success;
use crate::desk::{Declined, Desk, Order, Session};
use crate::problems;

const PAUSE: Duration = Duration::from_secs(1);
/// How many are freed in one database transaction.
const AT_ONCE: u32 = 1_000;

/// Frees holds whose time ran out, until it is told to stop.
pub(crate) async fn expire(
    store: Arc<dyn MoneyStore>,
    clock: Arc<dyn Clock>,
    desk: Desk,
    stop: CancellationToken,
) {
    let freeing = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Err(problem) = free_due(&*store, &*clock, &desk).await {
                tracing::warn!(%problem, "holds whose time ran out could not be freed; trying again later");
            }
        }
    };
    stop.run_until_cancelled(freeing).await;
}

/// Frees what is due by now; of very much, the oldest, and the rest in the next round.
async fn free_due(store: &dyn MoneyStore, clock: &dyn Clock, desk: &Desk) -> Result<(), Problem> {
    let due = store.due_holds(clock.now(), AT_ONCE).await;
    let due = due.map_err(problems::of_store)?;
    if due.is_empty() {
        return Ok(());
    }
    desk.answer(Arc::new(Expiring(due)), None).await.map(drop)
}

/// The order to free holds, each as (company, hold). One that was settled meanwhile stays as it is.
struct Expiring(Vec<(Uuid, Uuid)>);

impl Order for Expiring {
    fn name(&self, intent: &mut MovementIntent) {
        intent.footprint.holds.extend(self.0.iter().copied());
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        for (company_id, hold_id) in &self.0 {
            let hold = session.books.hold(*hold_id);
            if !hold.is_some_and(|hold| super::is_due(hold, session.now)) {
                continue;
            }
            // One that is broken does not hold up the others.
            if let Err(error) = session.books.expire_hold(*company_id, *hold_id) {
                tracing::error!(%hold_id, %error, "a hold whose time ran out cannot be freed");
            }
        }
        Success::showing(&()).map_err(Declined::Fault)
    }
}
