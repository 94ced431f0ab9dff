//! Following the notices of changes, connection after connection.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::RuleCache;
use crate::source::Changes;

/// How long to wait before connecting again: doubled with every failure, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// Keeps the cache connected until `shutdown` is cancelled.
pub(crate) async fn follow(cache: Arc<RuleCache>, shutdown: CancellationToken) {
    // Nothing here is left half done by being cancelled: fetches run in tasks of their own.
    shutdown
        .run_until_cancelled(connect_again_and_again(&cache))
        .await;
    cache.disconnected();
}

async fn connect_again_and_again(cache: &Arc<RuleCache>) {
    let mut pause = FIRST_PAUSE;
    loop {
        match cache.source.changes().await {
            Ok(changes) => {
                tracing::info!("connected to the changes of published rules");
                pause = FIRST_PAUSE;
                take_in(cache, changes).await;
                tracing::warn!("the connection to the changes of published rules was lost");
            }
            Err(error) => tracing::debug!(%error, "no connection to the changes of published rules"),
        }
        tokio::time::sleep(pause).await;
        pause = LAST_PAUSE.min(pause.saturating_mul(2));
    }
}

async fn take_in(cache: &Arc<RuleCache>, mut changes: Changes) {
    cache.connected();
    while let Some(company_id) = changes.next().await {
        cache.changed(company_id);
    }
    cache.disconnected();
}
