//! Notes when accepted payments are committed.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use orchestrator::{CommittedRun, Observer};
use tokio::sync::Notify;
use uuid::Uuid;

/// No latency is longer: ten minutes, in microseconds.
const LONGEST_US: u64 = 600_000_000;

/// From acceptance to commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latency {
    pub(super) p50: Duration,
    pub(super) p90: Duration,
    pub(super) p99: Duration,
}

/// What was committed since the last reset, of the companies that are measured: a queue in a file
/// may still hold what an earlier measurement left behind.
pub(super) struct Recorder {
    companies: HashSet<Uuid>,
    seen: Mutex<Seen>,
    more: Notify,
}

struct Seen {
    completed: u64,
    last_commit: Option<Instant>,
    latency_us: Histogram<u64>,
}

impl Recorder {
    pub(super) fn of(companies: impl IntoIterator<Item = Uuid>) -> Self {
        Self {
            companies: companies.into_iter().collect(),
            seen: Mutex::new(Seen::empty()),
            more: Notify::new(),
        }
    }

    pub(super) fn reset(&self) {
        *self.lock() = Seen::empty();
    }

    pub(super) fn completed(&self) -> u64 {
        self.lock().completed
    }

    pub(super) fn last_commit(&self) -> Option<Instant> {
        self.lock().last_commit
    }

    pub(super) fn latency(&self) -> Latency {
        let seen = self.lock();
        let at = |quantile| Duration::from_micros(seen.latency_us.value_at_quantile(quantile));
        Latency {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
        }
    }

    /// Waits until so many are committed; answers false if that takes too long.
    pub(super) async fn wait_for(&self, count: u64, longest: Duration) -> bool {
        let wait = async {
            loop {
                let more = self.more.notified();
                if self.completed() >= count {
                    return;
                }
                more.await;
            }
        };
        tokio::time::timeout(longest, wait).await.is_ok()
    }

    /// Counts cannot be left half written in a way that matters, so a poisoned lock is as good as any.
    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn empty() -> Self {
        // Up to the longest that is waited for; what lay beyond would be noted as that.
        #[expect(clippy::expect_used, reason = "constants that the library accepts")]
        let latency_us =
            Histogram::new_with_bounds(1, LONGEST_US, 3).expect("constants that the library accepts");
        Self {
            completed: 0,
            last_commit: None,
            latency_us,
        }
    }
}

impl Observer for Recorder {
    fn committed(&self, runs: &[CommittedRun]) {
        let mut seen = self.lock();
        for run in runs.iter().filter(|run| self.companies.contains(&run.company_id)) {
            let latency = run.committed_at.duration_since(run.accepted_at).as_micros();
            seen.latency_us
                .saturating_record(u64::try_from(latency).unwrap_or(0));
            seen.completed += 1;
        }
        seen.last_commit = Some(Instant::now());
        drop(seen);
        self.more.notify_waiters();
    }
}
