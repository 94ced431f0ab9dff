//! Keeping a loop alive: one that panics would leave its partition without a worker.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;

/// Runs a loop until it ends by itself. If it panics, what it had taken goes back to the queue, and it is started
/// again a moment later.
pub(crate) async fn supervise<L>(stop: CancellationToken, run: L)
where
    L: AsyncFn(&CancellationToken),
{
    let mut backoff = Backoff::new();
    // What a loop leaves behind is dropped with it; what loops share is guarded against half-done changes.
    while AssertUnwindSafe(run(&stop)).catch_unwind().await.is_err() {
        tracing::error!("a loop of the worker panicked, which is a defect: starting it again");
        if !backoff.wait(&stop).await {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_loop_is_started_until_it_ends_by_itself() {
        let started = AtomicU32::new(0);
        let run = async |_: &CancellationToken| {
            assert!(started.fetch_add(1, Ordering::SeqCst) >= 3, "a defect");
        };
        supervise(CancellationToken::new(), run).await;
        assert_eq!(started.into_inner(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_is_to_stop_is_not_started_again() {
        let (stop, started) = (CancellationToken::new(), AtomicU32::new(0));
        let run = async |stop: &CancellationToken| {
            started.fetch_add(1, Ordering::SeqCst);
            stop.cancel();
            panic!("a defect");
        };
        supervise(stop, run).await;
        assert_eq!(started.into_inner(), 1);
    }
}
