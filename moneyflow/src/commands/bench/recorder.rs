//! Notes when accepted payments are committed.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use orchestrator::{CommittedRun, Observer};
use tokio::sync::Notify;
use uuid::Uuid;

use super::latencies::{Latencies, Latency};

/// What was committed since the last reset, of the companies that are measured: a queue in a file
/// may still hold what an earlier measurement left behind.
pub(super) struct Recorder {
    companies: HashSet<Uuid>,
    seen: Mutex<Seen>,
    /// From acceptance to commit.
    latencies: Latencies,
    more: Notify,
}

#[derive(Default)]
struct Seen {
    completed: u64,
    last_commit: Option<Instant>,
}

impl Recorder {
    pub(super) fn of(companies: impl IntoIterator<Item = Uuid>) -> Self {
        Self {
            companies: companies.into_iter().collect(),
            seen: Mutex::default(),
            latencies: Latencies::default(),
            more: Notify::new(),
        }
    }

    pub(super) fn reset(&self) {
        *self.lock() = Seen::default();
        self.latencies.reset();
    }

    pub(super) fn completed(&self) -> u64 {
        self.lock().completed
    }

    pub(super) fn last_commit(&self) -> Option<Instant> {
        self.lock().last_commit
    }

    pub(super) fn latency(&self) -> Latency {
        self.latencies.quantiles()
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

impl Observer for Recorder {
    fn committed(&self, runs: &[CommittedRun]) {
        let mut seen = self.lock();
        for run in runs.iter().filter(|run| self.companies.contains(&run.company_id)) {
            let latency = run.committed_at.duration_since(run.accepted_at);
            self.latencies
                .record(Duration::try_from(latency).unwrap_or_default());
            seen.completed += 1;
        }
        seen.last_commit = Some(Instant::now());
        drop(seen);
        self.more.notify_waiters();
    }
}
