//! Waiting before the same is tried again.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);

/// Waits that double up to five seconds, until something works.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    /// Waits; answers false if the worker is to stop instead.
    pub(crate) async fn wait(&mut self, stop: &CancellationToken) -> bool {
        let wait = self.next;
        self.next = (self.next * 2).min(LONGEST);
        tokio::select! {
            () = stop.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }

    /// Something worked: the next wait is short again.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_five_seconds_until_something_works() {
        let stop = CancellationToken::new();
        let mut backoff = Backoff::new();
        let mut waits = Vec::new();
        for _ in 0..9 {
            let before = Instant::now();
            assert!(backoff.wait(&stop).await);
            waits.push(before.elapsed().as_millis());
        }
        assert_eq!(waits, [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
        backoff.reset();
        let before = Instant::now();
        assert!(backoff.wait(&stop).await);
        assert_eq!(before.elapsed(), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_to_stop_does_not_wait() {
        let stop = CancellationToken::new();
        stop.cancel();
        let before = Instant::now();
        assert!(!Backoff::new().wait(&stop).await);
        assert_eq!(before.elapsed(), Duration::ZERO);
    }
}
