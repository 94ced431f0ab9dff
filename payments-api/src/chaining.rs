//! Chains the ledger's transactions, in the background: whoever posted them, a caller or a rule.

use std::sync::Arc;
use std::time::Duration;

use store::{ChainRound, MoneyStore, StoreError};
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_secs(1);
/// How many are chained in one database transaction.
const AT_ONCE: u32 = 1_000;
/// Between two of them, where many wait: those who post go first.
const BREATH: Duration = Duration::from_millis(10);

/// Chains what was posted, until it is told to stop.
pub(crate) async fn extend(store: Arc<dyn MoneyStore>, stop: CancellationToken) {
    let extending = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Err(error) = catch_up(&*store).await {
                tracing::warn!(%error, "the ledger's chain could not be extended; trying again later");
            }
        }
    };
    stop.run_until_cancelled(extending).await;
}

async fn catch_up(store: &dyn MoneyStore) -> Result<(), StoreError> {
    while store.extend_chain(AT_ONCE).await? == ChainRound::Full {
        tokio::time::sleep(BREATH).await;
    }
    Ok(())
}
