//! How much memory the process has, watched while it works.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_millis(200);

/// Resident memory of this process, in MiB: system, load generator and all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    pub(super) start: u64,
    /// Halfway through: with the end it tells whether memory grows with the number of payments.
    pub(super) middle: u64,
    pub(super) peak: u64,
    pub(super) end: u64,
}

/// Watches until it is stopped.
pub(super) struct Watch {
    start: Option<u64>,
    samples: Arc<Mutex<Vec<u64>>>,
    watching: JoinHandle<()>,
}

impl Memory {
    pub(super) fn watch() -> Watch {
        let samples = Arc::new(Mutex::new(Vec::new()));
        let seen = samples.clone();
        let watching = tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                seen.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend(resident_mib());
            }
        });
        Watch {
            start: resident_mib(),
            samples,
            watching,
        }
    }
}

impl Watch {
    /// What was seen; none where the system does not tell.
    pub(super) fn stop(self) -> Option<Memory> {
        self.watching.abort();
        let (start, end) = (self.start?, resident_mib()?);
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let middle = samples.get(samples.len() / 2).copied().unwrap_or(end);
        let peak = samples.iter().copied().max().unwrap_or(end).max(end);
        Some(Memory {
            start,
            middle,
            peak,
            end,
        })
    }
}

/// Resident memory, as Linux tells it.
fn resident_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib / 1024)
}
