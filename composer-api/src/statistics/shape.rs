//! What statistics look like.

use api_types::{Amount, Latency, OutboxFigures, Statistics, StatisticsStep, Time};
use jiff::Timestamp;
use store::{AmountTotal, LatencyPercentiles, OutboxLag, StatisticsReport};

use super::range::Range;

/// A report as the API shows it, without what stands now.
pub(super) fn report(range: Range, report: StatisticsReport) -> Statistics {
    Statistics {
        from: Time::from(range.from),
        to: Time::from(range.to),
        step_s: range.step_s,
        steps: report.steps.into_iter().map(step).collect(),
        total: step(report.total),
        queue: None,
        outbox: None,
        dead_letters: 0,
    }
}

/// How far sending lags, as the API shows it.
pub(super) fn outbox(lag: &OutboxLag, now: Timestamp) -> OutboxFigures {
    let age = |oldest_at: Timestamp| now.duration_since(oldest_at).as_millis();
    OutboxFigures {
        unsent: lag.unsent,
        // Clocks of two machines may differ: what is not yet made is not old.
        oldest_age_ms: lag
            .oldest_at
            .map(|oldest_at| u64::try_from(age(oldest_at)).unwrap_or(0)),
    }
}

fn step(step: store::StatisticsStep) -> StatisticsStep {
    StatisticsStep {
        at: Time::from(step.at),
        runs: step
            .runs
            .into_iter()
            .map(|(status, count)| (status.to_owned(), count))
            .collect(),
        latency_ms: step.latency.map(latency),
        amounts: step.amounts.into_values().map(amount).collect(),
    }
}

fn latency(latency: LatencyPercentiles) -> Latency {
    Latency {
        p50: latency.p50_ms,
        p90: latency.p90_ms,
        p99: latency.p99_ms,
    }
}

fn amount(total: AmountTotal) -> Amount {
    Amount {
        currency: total.posted.currency().code().to_owned(),
        posted: total.posted.to_decimal_string(),
        transactions: total.transactions,
    }
}
