//! How much memory the process has, watched while it works.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_millis(200);

/// Resident memory of this process, in MiB: system, load generator and all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    pub(super) start: u64,
    pub(super) peak: u64,
    pub(super) end: u64,
}

/// Watches until it is stopped.
pub(super) struct Watch {
    start: Option<u64>,
    peak: Arc<AtomicU64>,
    watching: JoinHandle<()>,
}

impl Memory {
    pub(super) fn watch() -> Watch {
        let start = resident_mib();
        let peak = Arc::new(AtomicU64::new(start.unwrap_or_default()));
        let seen = peak.clone();
        let watching = tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                seen.fetch_max(resident_mib().unwrap_or_default(), Ordering::Relaxed);
            }
        });
        Watch {
            start,
            peak,
            watching,
        }
    }
}

impl Watch {
    /// What was seen; none where the system does not tell.
    pub(super) fn stop(self) -> Option<Memory> {
        self.watching.abort();
        let (start, end) = (self.start?, resident_mib()?);
        let peak = self.peak.load(Ordering::Relaxed).max(end);
        Some(Memory { start, peak, end })
    }
}

/// Resident memory, as Linux tells it.
fn resident_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib / 1024)
}
