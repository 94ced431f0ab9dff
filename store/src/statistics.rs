//! Counts, latencies and amounts over time: what an overview draws.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ledger::Money;
use uuid::Uuid;

use crate::{RunStatus, StoreError};

/// Which stretch of time to report on, in steps of equal length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatisticsQuery {
    /// Only this company's.
    pub company_id: Option<Uuid>,
    /// From this moment on.
    pub from: Timestamp,
    /// Up to, and without, this moment.
    pub to: Timestamp,
    /// The length of a step; positive. The caller bounds the number of steps.
    pub step: SignedDuration,
}

/// From acceptance by the router to commit, in milliseconds, to within 1 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatencyPercentiles {
    /// Half of the runs took at most so long.
    pub p50_ms: u64,
    /// 90 % of the runs took at most so long.
    pub p90_ms: u64,
    /// 99 % of the runs took at most so long.
    pub p99_ms: u64,
}

/// How much was posted (the sum of debits), in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmountTotal {
    /// The sum of debits.
    pub posted: Money,
    /// In how many ledger transactions.
    pub transactions: u64,
}

/// One step of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsStep {
    /// When the step begins.
    pub at: Timestamp,
    /// How many runs that were accepted in it stand how; only those above zero.
    pub runs: BTreeMap<&'static str, u64>,
    /// Of the runs that finished; none where none did.
    pub latency: Option<LatencyPercentiles>,
    /// Per currency, by its code.
    pub amounts: BTreeMap<String, AmountTotal>,
}

/// A report: the steps, and the same over all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsReport {
    /// Every step, oldest first, empty ones too.
    pub steps: Vec<StatisticsStep>,
    /// Over the whole stretch.
    pub total: StatisticsStep,
}

impl StatisticsStep {
    /// Counts one more run that stands so.
    pub fn count_run(&mut self, status: RunStatus, runs: u64) {
        let count = self.runs.entry(status.as_str()).or_default();
        *count = count.saturating_add(runs);
    }
}

/// Statistics, computed from what is stored.
#[async_trait]
pub trait Statistics {
    /// Reports on a stretch of time.
    async fn statistics(&self, query: StatisticsQuery) -> Result<StatisticsReport, StoreError>;
}
