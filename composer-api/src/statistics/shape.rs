//! What statistics look like.

use std::collections::BTreeMap;

use jiff::Timestamp;
use poem_openapi::Object;
use store::{AmountTotal, LatencyPercentiles, OutboxLag, StatisticsReport, StatisticsStep};

use super::range::Range;
use crate::{QueueFigures, time::Time};

/// What happened in a stretch of time.
#[derive(Debug, Object)]
#[oai(rename = "Statistics")]
pub(super) struct Report {
    /// From this moment on.
    from: Time,
    /// Up to, and without, this moment.
    to: Time,
    /// The length of a step, in seconds.
    step_s: u32,
    /// Every step, oldest first, empty ones too.
    steps: Vec<Step>,
    /// Over the whole stretch.
    total: Step,
    /// How full the queue is now; null where it cannot be asked.
    #[oai(nullable)]
    queue: Option<QueueFigures>,
    /// How far sending events to whoever listens lags behind now; null where events are not sent.
    #[oai(nullable)]
    outbox: Option<OutboxFigures>,
}

/// How far sending events lags behind.
#[derive(Debug, Object)]
pub(super) struct OutboxFigures {
    /// Events that wait to be sent.
    unsent: u64,
    /// How long the oldest of them has been waiting, in milliseconds; null where none waits.
    #[oai(nullable)]
    oldest_age_ms: Option<u64>,
}

impl OutboxFigures {
    pub(super) fn of(lag: OutboxLag, now: Timestamp) -> Self {
        let age = |oldest_at: Timestamp| now.duration_since(oldest_at).as_millis();
        Self {
            unsent: lag.unsent,
            // Clocks of two machines may differ: what is not yet made is not old.
            oldest_age_ms: lag
                .oldest_at
                .map(|oldest_at| u64::try_from(age(oldest_at)).unwrap_or(0)),
        }
    }
}

/// What happened in one step.
#[derive(Debug, Object)]
#[oai(rename = "StatisticsStep")]
struct Step {
    /// When it begins.
    at: Time,
    /// How many runs, by where they stand; only those above zero.
    runs: BTreeMap<String, u64>,
    /// From acceptance to the end, of the runs that ended; null where none did.
    #[oai(nullable)]
    latency_ms: Option<Latency>,
    /// How much was posted, per currency.
    amounts: Vec<Amount>,
}

/// Percentiles, in milliseconds.
#[derive(Debug, Object)]
struct Latency {
    /// Half of the runs took at most so long.
    p50: u64,
    /// 90 % of the runs took at most so long.
    p90: u64,
    /// 99 % of the runs took at most so long.
    p99: u64,
}

/// How much was posted in one currency.
#[derive(Debug, Object)]
struct Amount {
    /// The currency (ISO 4217).
    currency: String,
    /// The sum of debits, with all of the currency's digits.
    posted: String,
    /// In how many ledger transactions.
    transactions: u64,
}

impl Report {
    pub(super) fn of(
        range: Range,
        report: StatisticsReport,
        queue: Option<QueueFigures>,
        outbox: Option<OutboxFigures>,
    ) -> Self {
        Self {
            from: Time(range.from),
            to: Time(range.to),
            step_s: range.step_s,
            steps: report.steps.into_iter().map(Step::from).collect(),
            total: Step::from(report.total),
            queue,
            outbox,
        }
    }
}

impl From<StatisticsStep> for Step {
    fn from(step: StatisticsStep) -> Self {
        let at: Timestamp = step.at;
        Self {
            at: Time(at),
            runs: step
                .runs
                .into_iter()
                .map(|(status, count)| (status.to_owned(), count))
                .collect(),
            latency_ms: step.latency.map(Latency::from),
            amounts: step.amounts.into_values().map(Amount::from).collect(),
        }
    }
}

impl From<LatencyPercentiles> for Latency {
    fn from(latency: LatencyPercentiles) -> Self {
        Self {
            p50: latency.p50_ms,
            p90: latency.p90_ms,
            p99: latency.p99_ms,
        }
    }
}

impl From<AmountTotal> for Amount {
    fn from(total: AmountTotal) -> Self {
        Self {
            currency: total.posted.currency().code().to_owned(),
            posted: total.posted.to_decimal_string(),
            transactions: total.transactions,
        }
    }
}
