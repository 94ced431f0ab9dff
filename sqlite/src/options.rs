//! How a file is opened.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::migrations::{Migration, MigrationPolicy};

/// Called on the writer's thread at a commit boundary. It may end the process, which is what crash tests do.
pub type CommitHook = Arc<dyn Fn() + Send + Sync>;

/// How a file is opened. Start from [`OpenOptions::new`] and change what differs:
/// `OpenOptions { readers: 8, ..OpenOptions::new("store", MIGRATIONS) }`.
#[derive(Clone)]
pub struct OpenOptions {
    /// What the file is to the system (`store`, `queue`): names its thread and its log lines.
    pub name: &'static str,
    /// Every migration that this binary knows, by ascending version.
    pub migrations: &'static [Migration],
    /// Whether migrations that the file lacks are applied or refused.
    pub policy: MigrationPolicy,
    /// SQL that is run once the file is migrated, before anyone can ask for anything: clears what a process that was
    /// killed left behind and only it could have cleared.
    pub at_open: Option<&'static str>,
    /// Read-only connections, which is how many reads run at once (at least 1).
    pub readers: usize,
    /// Writing jobs that may wait before [`Database::write`](crate::Database::write) itself waits (at least 1).
    pub waiting_jobs: usize,
    /// Jobs that one commit may cover (at least 1).
    pub group_jobs: usize,
    /// Work that is gathered before a commit is due, though more jobs wait.
    pub group_time: Duration,
    /// How long to wait for a lock that another program, such as a backup, holds on the file.
    pub busy_timeout: Duration,
    /// Pages of the write-ahead log after which a commit copies them into the file: the default is 4,096, 16 MiB.
    /// Measured with many small commits: at 1,000 pages, SQLite's default, a fifth of the throughput goes into copying;
    /// at 16,384 nothing more is gained, and a restart after a crash takes longer. More pays where commits change pages
    /// all over a large file.
    pub checkpoint_pages: u32,
    /// Page cache of the writer, in KiB. Each reader has an eighth of it.
    pub cache_kib: u32,
    /// Called before each commit.
    pub before_commit: Option<CommitHook>,
    /// Called after each commit that succeeded, before anyone is told of it.
    pub after_commit: Option<CommitHook>,
}

impl OpenOptions {
    /// The defaults: migrations are applied, 4 readers, 1,024 waiting jobs, groups of up to 64 jobs or 8 ms.
    pub fn new(name: &'static str, migrations: &'static [Migration]) -> Self {
        Self {
            name,
            migrations,
            policy: MigrationPolicy::Apply,
            at_open: None,
            readers: 4,
            waiting_jobs: 1024,
            group_jobs: 64,
            group_time: Duration::from_millis(8),
            busy_timeout: Duration::from_secs(5),
            checkpoint_pages: 4096,
            cache_kib: 64 * 1024,
            before_commit: None,
            after_commit: None,
        }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OpenOptions")
            .field("name", &self.name)
            .field("policy", &self.policy)
            .field("readers", &self.readers)
            .field("waiting_jobs", &self.waiting_jobs)
            .field("group_jobs", &self.group_jobs)
            .field("group_time", &self.group_time)
            .field("busy_timeout", &self.busy_timeout)
            .field("checkpoint_pages", &self.checkpoint_pages)
            .field("cache_kib", &self.cache_kib)
            .finish_non_exhaustive()
    }
}
