//! Waiting before the same is tried again.

use std::time::Duration;

use service::Ids;
use store::{Outage, StoreError};
use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);
/// Others were in the way: the first wait is shorter than this, and by another amount each time, so that they do not
/// meet again.
const CONTENDED: Duration = Duration::from_millis(16);
/// How often that doubles.
const CONTENDED_DOUBLINGS: u32 = 4;
/// Somebody has to mend the database first.
const DAMAGED: Duration = Duration::from_secs(30);

/// Waits that double up to five seconds, until something works.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    contended: u32,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self {
            next: FIRST,
            contended: 0,
        }
    }

    /// Waits; answers false if the worker is to stop instead.
    pub(crate) async fn wait(&mut self, stop: &CancellationToken) -> bool {
        let wait = self.doubled();
        pause(wait, stop).await
    }

    /// Waits as long as this error asks for; answers false if the worker is to stop instead.
    pub(crate) async fn wait_after(
        &mut self,
        error: &StoreError,
        ids: &dyn Ids,
        stop: &CancellationToken,
    ) -> bool {
        let wait = match error {
            StoreError::Unavailable {
                outage: Outage::Contention,
                ..
            } => self.brief(ids),
            StoreError::Corrupt { .. } => DAMAGED,
            StoreError::Unavailable { .. } | StoreError::Refused { .. } => self.doubled(),
        };
        pause(wait, stop).await
    }

    /// Something worked: the next wait is short again.
    pub(crate) fn reset(&mut self) {
        *self = Self::new();
    }

    fn doubled(&mut self) -> Duration {
        let wait = self.next;
        self.next = (self.next * 2).min(LONGEST);
        wait
    }

    /// A wait by chance. Chance is in the ids, which are the only one there is here.
    fn brief(&mut self, ids: &dyn Ids) -> Duration {
        let bound = CONTENDED * 2_u32.pow(self.contended);
        self.contended = (self.contended + 1).min(CONTENDED_DOUBLINGS);
        let id = ids.next().as_u128();
        // Its lower half is random, its upper the time: also ids that are made up for a test differ there.
        let chance = (id ^ (id >> 80)) % bound.as_micros();
        Duration::from_micros(u64::try_from(chance).unwrap_or_default())
    }
}

async fn pause(wait: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        biased;
        () = stop.cancelled() => false,
        () = tokio::time::sleep(wait) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::SeededIds;
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

    async fn waited(backoff: &mut Backoff, error: &StoreError, ids: &SeededIds) -> Duration {
        let before = Instant::now();
        assert!(backoff.wait_after(error, ids, &CancellationToken::new()).await);
        before.elapsed()
    }

    fn unavailable(outage: Outage) -> StoreError {
        let message = String::new();
        StoreError::Unavailable { outage, message }
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_in_the_way_of_others_waits_briefly_and_never_the_same() {
        let (ids, mut backoff) = (SeededIds::new(1), Backoff::new());
        let deadlock = unavailable(Outage::Contention);
        let mut waits = Vec::new();
        for _ in 0..20 {
            waits.push(waited(&mut backoff, &deadlock, &ids).await);
        }
        // A timer fires with the millisecond that follows.
        assert!(
            waits.iter().all(|wait| *wait <= Duration::from_millis(257)),
            "{waits:?}"
        );
        assert!(waits[0] <= Duration::from_millis(17), "{waits:?}");
        waits.dedup();
        assert!(waits.len() > 10, "{waits:?}");
        assert_eq!(
            waited(&mut backoff, &unavailable(Outage::Connection), &ids).await,
            FIRST
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_damaged_database_is_left_alone_for_a_while() {
        let damaged = StoreError::Corrupt {
            table: "accounts",
            row: String::new(),
            message: String::new(),
        };
        assert_eq!(
            waited(&mut Backoff::new(), &damaged, &SeededIds::new(1)).await,
            DAMAGED
        );
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
