//! Statistics.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{at, id, money};
use super::payments::{Payment, Transfer, pay};
use crate::{AmountTotal, LatencyPercentiles, RunStatus, StatisticsQuery, StatisticsStep, Store};

/// Three steps of a second from the beginning, the last cut short.
fn query(company_id: Option<Uuid>) -> StatisticsQuery {
    StatisticsQuery {
        company_id,
        from: at(0),
        to: at(2_500),
        step: SignedDuration::from_secs(1),
    }
}

/// A run accepted at a moment that takes so long, posting 1.00 and another amount.
fn accepted(company_id: Uuid, at_ms: i64, takes_ms: Option<i64>, minor: i64, status: RunStatus) -> Payment {
    let mut payment = Payment::new(company_id, &format!("{at_ms}+{takes_ms:?}"));
    payment.claim.accepted_at = at(at_ms);
    payment.finished_at = takes_ms.map(|takes_ms| at(at_ms + takes_ms));
    payment.status = status;
    payment
        .transfers
        .push(Transfer::new(company_id, "bank", "receivables", minor));
    payment
}

fn step(
    at_ms: i64,
    runs: &[(RunStatus, u64)],
    latency: Option<[u64; 3]>,
    posted: Option<(i64, u64)>,
) -> StatisticsStep {
    let amount = |(minor, transactions)| AmountTotal {
        posted: money(minor),
        transactions,
    };
    StatisticsStep {
        at: at(at_ms),
        runs: runs
            .iter()
            .map(|(status, runs)| (status.as_str(), *runs))
            .collect(),
        latency: latency.map(|[p50_ms, p90_ms, p99_ms]| LatencyPercentiles {
            p50_ms,
            p90_ms,
            p99_ms,
        }),
        amounts: posted
            .map(|posted| ("BRL".to_owned(), amount(posted)))
            .into_iter()
            .collect(),
    }
}

async fn some_runs(store: &dyn Store) -> [Uuid; 2] {
    use RunStatus::{Failed, Succeeded, Waiting};
    let (one, other) = (id(), id());
    let mut payments: Vec<_> = (1..=10)
        .map(|number| accepted(one, number, Some(number * 10), 7, Succeeded))
        .collect();
    payments.push(accepted(one, 999, Some(200), 1, Failed));
    payments.push(accepted(one, 1_000, None, 2, Waiting));
    payments.push(accepted(other, 500, Some(4), 3, Succeeded));
    payments.push(accepted(other, 2_499, Some(5), 3, Succeeded));
    for outside in [-1, 2_500] {
        payments.push(accepted(one, outside, Some(1), 1_000, Succeeded));
    }
    pay(store, payments).await.unwrap();
    [one, other]
}

/// Counts, latencies and amounts are those of the runs accepted in each step, worked out by hand here.
pub async fn reports_statistics_by_step(factory: &impl StoreFactory) {
    use RunStatus::{Failed, Succeeded, Waiting};
    let store = factory.open().await;
    let [one, other] = some_runs(&*store).await;
    let report = store.statistics(query(Some(one))).await.unwrap();
    let first = step(
        0,
        &[(Succeeded, 10), (Failed, 1)],
        Some([60, 100, 200]),
        Some((11 * 100 + 71, 22)),
    );
    let second = step(1_000, &[(Waiting, 1)], None, Some((102, 2)));
    assert_eq!(report.steps, [first, second, step(2_000, &[], None, None)]);
    let runs = [(Succeeded, 10), (Failed, 1), (Waiting, 1)];
    assert_eq!(
        report.total,
        step(0, &runs, Some([60, 100, 200]), Some((12 * 100 + 73, 24)))
    );

    let report = store.statistics(query(None)).await.unwrap();
    let last = step(2_000, &[(Succeeded, 1)], Some([5, 5, 5]), Some((103, 2)));
    assert_eq!(report.steps[2], last);
    let runs = [(Succeeded, 12), (Failed, 1), (Waiting, 1)];
    assert_eq!(
        report.total,
        step(0, &runs, Some([50, 100, 200]), Some((14 * 100 + 79, 28)))
    );
    let report = store.statistics(query(Some(other))).await.unwrap();
    assert_eq!(report.total.runs, BTreeMap::from([("succeeded", 2)]));
}

/// Steps without runs are reported too; a stretch without length has none.
pub async fn reports_nothing_of_an_empty_store(factory: &impl StoreFactory) {
    let store = factory.open().await;
    for company_id in [None, Some(id())] {
        let report = store.statistics(query(company_id)).await.unwrap();
        assert_eq!(
            report.steps,
            [0, 1_000, 2_000].map(|at_ms| step(at_ms, &[], None, None))
        );
        assert_eq!(report.total, step(0, &[], None, None));
        let nothing = StatisticsQuery {
            to: at(0),
            ..query(company_id)
        };
        assert_eq!(store.statistics(nothing).await.unwrap().steps, []);
    }
}
