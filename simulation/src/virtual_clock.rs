//! Time as the runtime tells it: when the runtime's time stands still until nothing else is to be done, so does this.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use service::Clock;
use tokio::time::Instant;

/// A clock that goes with the runtime's, ahead of or behind the others by what it is off.
#[derive(Debug, Clone, Copy)]
pub struct VirtualClock {
    began: Instant,
    off: SignedDuration,
}

impl VirtualClock {
    /// 2026-01-01T00:00:00Z, in seconds.
    const FIRST_S: i64 = 1_767_225_600;

    /// A clock that now shows the beginning of the simulated time.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub fn start() -> Self {
        Self {
            began: Instant::now(),
            off: SignedDuration::ZERO,
        }
    }

    /// The same clock, off by so much.
    #[must_use]
    pub fn off_by(self, off: SignedDuration) -> Self {
        Self { off, ..self }
    }

    /// How long it has been running.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let first = Timestamp::from_second(Self::FIRST_S).unwrap_or(Timestamp::UNIX_EPOCH);
        let elapsed = SignedDuration::try_from(self.elapsed()).unwrap_or(SignedDuration::MAX);
        first
            .saturating_add(elapsed.saturating_add(self.off))
            .unwrap_or(first)
    }
}
