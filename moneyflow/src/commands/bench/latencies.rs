//! How long things took, as a histogram.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use super::ms;

/// No latency is longer: ten minutes, in microseconds.
const LONGEST_US: u64 = 600_000_000;

/// Half, nine tenths and 99 of a hundred took at most so long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latency {
    pub(super) p50: Duration,
    pub(super) p90: Duration,
    pub(super) p99: Duration,
}

impl Latency {
    /// In milliseconds.
    pub(super) fn json(&self) -> Value {
        json!({"p50": ms(self.p50), "p90": ms(self.p90), "p99": ms(self.p99)})
    }
}

impl std::fmt::Display for Latency {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { p50, p90, p99 } = *self;
        write!(
            formatter,
            "p50 {:.1}  p90 {:.1}  p99 {:.1}",
            ms(p50),
            ms(p90),
            ms(p99)
        )
    }
}

/// What was recorded since the last reset, to the microsecond and three digits.
pub(super) struct Latencies(Mutex<Histogram<u64>>);

impl Default for Latencies {
    fn default() -> Self {
        // Up to the longest that is waited for; what lay beyond would be noted as that.
        #[expect(clippy::expect_used, reason = "constants that the library accepts")]
        let histogram =
            Histogram::new_with_bounds(1, LONGEST_US, 3).expect("constants that the library accepts");
        Self(Mutex::new(histogram))
    }
}

impl Latencies {
    pub(super) fn record(&self, took: Duration) {
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.lock().saturating_record(microseconds);
    }

    pub(super) fn reset(&self) {
        self.lock().reset();
    }

    pub(super) fn quantiles(&self) -> Latency {
        let histogram = self.lock();
        let at = |quantile| Duration::from_micros(histogram.value_at_quantile(quantile));
        Latency {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
        }
    }

    /// Counts cannot be left half written in a way that matters, so a poisoned lock is as good as any.
    fn lock(&self) -> std::sync::MutexGuard<'_, Histogram<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
