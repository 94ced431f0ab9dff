//! Forgets old answers, in the background.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use service::Clock;
use store::{MoneyStore, StoreError};
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_mins(1);
/// How many are forgotten in one database transaction.
const AT_ONCE: u32 = 1_000;

/// Forgets answers that were kept for so long, until it is told to stop.
pub(crate) async fn clean(
    store: Arc<dyn MoneyStore>,
    clock: Arc<dyn Clock>,
    kept: SignedDuration,
    stop: CancellationToken,
) {
    let cleaning = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Err(error) = forget(&*store, &*clock, kept).await {
                tracing::warn!(%error, "old answers could not be forgotten; trying again later");
            }
        }
    };
    stop.run_until_cancelled(cleaning).await;
}

async fn forget(store: &dyn MoneyStore, clock: &dyn Clock, kept: SignedDuration) -> Result<(), StoreError> {
    let before = clock.now().saturating_sub(kept);
    let Ok(before) = before else { return Ok(()) };
    while store.forget_answers(before, AT_ONCE).await? >= u64::from(AT_ONCE) {}
    Ok(())
}
