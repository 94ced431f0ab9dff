//! Counters of what the writer has done.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the writer has done since the file was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Jobs that were answered, whatever the answer.
    pub jobs: u64,
    /// Groups that were committed.
    pub commits: u64,
    /// Groups that could not be begun or committed; nothing of them was stored.
    pub failed_groups: u64,
}

/// The counters behind [`Stats`]. Each is exact; together they are a moment's view.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    jobs: AtomicU64,
    commits: AtomicU64,
    failed_groups: AtomicU64,
}

impl Counters {
    pub(crate) fn group_done(&self, jobs: usize, committed: bool) {
        let groups = if committed {
            &self.commits
        } else {
            &self.failed_groups
        };
        groups.fetch_add(1, Ordering::Relaxed);
        self.jobs
            .fetch_add(u64::try_from(jobs).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Stats {
        Stats {
            jobs: self.jobs.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            failed_groups: self.failed_groups.load(Ordering::Relaxed),
        }
    }
}
