//! Counts, latencies and amounts over time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Time;

/// What happened in a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Statistics {
    /// From this moment on.
    pub from: Time,
    /// Up to, and without, this moment.
    pub to: Time,
    /// The length of a step, in seconds.
    pub step_s: u32,
    /// Every step, oldest first, empty ones too.
    pub steps: Vec<StatisticsStep>,
    /// Over the whole stretch.
    pub total: StatisticsStep,
    /// How full the queue is now; null where it cannot be asked.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub queue: Option<QueueFigures>,
    /// How far sending events to whoever listens lags behind now; null where events are not sent.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub outbox: Option<OutboxFigures>,
    /// How many dead letters there are now that have not gone back to the queue.
    pub dead_letters: u64,
}

/// What happened in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct StatisticsStep {
    /// When it begins.
    pub at: Time,
    /// How many runs, by where they stand; only those above zero.
    pub runs: BTreeMap<String, u64>,
    /// From acceptance to the end, of the runs that ended; null where none did.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub latency_ms: Option<Latency>,
    /// How much was posted, per currency.
    pub amounts: Vec<Amount>,
}

/// Percentiles, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Latency {
    /// Half of the runs took at most so long.
    pub p50: u64,
    /// 90 % of the runs took at most so long.
    pub p90: u64,
    /// 99 % of the runs took at most so long.
    pub p99: u64,
}

/// How much was posted in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Amount {
    /// The currency (ISO 4217).
    pub currency: String,
    /// The sum of debits, with all of the currency's digits.
    pub posted: String,
    /// In how many ledger transactions.
    pub transactions: u64,
}

/// How full the queue is, all partitions together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct QueueFigures {
    /// Messages that wait.
    pub ready: u64,
    /// Messages that a worker has and has not acknowledged.
    pub in_flight: u64,
    /// How long the oldest of those that wait has been waiting, in milliseconds; none where none waits.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub oldest_age_ms: Option<u64>,
}

/// How far sending events lags behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct OutboxFigures {
    /// Events that wait to be sent.
    pub unsent: u64,
    /// How long the oldest of them has been waiting, in milliseconds; null where none waits.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub oldest_age_ms: Option<u64>,
}
