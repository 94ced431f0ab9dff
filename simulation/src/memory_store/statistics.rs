//! Statistics: a walk over everything, step by step.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Direction, Money};
use store::{
    AmountTotal, LatencyPercentiles, RunRecord, Statistics, StatisticsQuery, StatisticsReport,
    StatisticsStep, StoreError, StoredTransaction,
};
use uuid::Uuid;

use super::tables::Tables;
use super::{MemoryStore, refused};

impl Tables {
    /// One step: what was accepted and posted from one moment up to another.
    fn step(&self, of: Option<Uuid>, from: Timestamp, to: Timestamp) -> StatisticsStep {
        let within = |moment| from <= moment && moment < to;
        let is_of = |company_id| of.is_none_or(|of| of == company_id);
        let mut step = StatisticsStep {
            at: from,
            runs: BTreeMap::new(),
            latency: None,
            amounts: BTreeMap::new(),
        };
        let mut latencies_ms = Vec::new();
        for run in &self.runs {
            if is_of(run.company_id) && within(run.accepted_at) {
                step.count_run(run.status, 1);
                latencies_ms.extend(latency_ms(run));
            }
        }
        step.latency = percentiles(latencies_ms);
        for posted in &self.transactions {
            if is_of(posted.transaction.company_id) && within(posted.transaction.created_at) {
                add_debits(&mut step, &posted.transaction);
            }
        }
        step
    }
}

fn latency_ms(run: &RunRecord) -> Option<u64> {
    let took = run.finished_at?.duration_since(run.accepted_at);
    Some(u64::try_from(took.as_millis()).unwrap_or(0))
}

/// By the nearest rank.
fn percentiles(mut latencies_ms: Vec<u64>) -> Option<LatencyPercentiles> {
    latencies_ms.sort_unstable();
    let at = |percent: usize| {
        let rank = (latencies_ms.len() * percent).div_ceil(100);
        latencies_ms.get(rank.saturating_sub(1)).copied()
    };
    Some(LatencyPercentiles {
        p50_ms: at(50)?,
        p90_ms: at(90)?,
        p99_ms: at(99)?,
    })
}

fn add_debits(step: &mut StatisticsStep, transaction: &StoredTransaction) {
    let mut debits: BTreeMap<&str, Money> = BTreeMap::new();
    for entry in &transaction.entries {
        if entry.direction == Direction::Debit {
            let currency = entry.amount.currency();
            let sum = debits.entry(currency.code()).or_insert(Money::new(0, currency));
            *sum = Money::new(sum.minor().saturating_add(entry.amount.minor()), currency);
        }
    }
    for (code, sum) in debits {
        let total = step.amounts.entry(code.to_owned()).or_insert(AmountTotal {
            posted: Money::new(0, sum.currency()),
            transactions: 0,
        });
        total.posted = Money::new(total.posted.minor().saturating_add(sum.minor()), sum.currency());
        total.transactions += 1;
    }
}

#[async_trait]
impl Statistics for MemoryStore {
    async fn statistics(&self, query: StatisticsQuery) -> Result<StatisticsReport, StoreError> {
        if !query.step.is_positive() {
            return Err(refused("a step of statistics must be longer than nothing"));
        }
        let tables = self.open()?;
        let mut steps = Vec::new();
        let mut at = query.from;
        while at < query.to {
            let next = at.saturating_add(query.step).unwrap_or(query.to).min(query.to);
            steps.push(tables.step(query.company_id, at, next));
            at = next;
        }
        Ok(StatisticsReport {
            steps,
            total: tables.step(query.company_id, query.from, query.to),
        })
    }
}
