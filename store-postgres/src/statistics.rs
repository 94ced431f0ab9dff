//! Statistics: counts, latencies and sums, made by the database from the indexes over a stretch of time.
//!
//! Each of the three is asked once, for every step and, by a second grouping set, for the whole.

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Currency, Money};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, PgConnection, Postgres};
use store::{
    AmountTotal, LatencyPercentiles, RunStatus, Statistics, StatisticsQuery, StatisticsReport,
    StatisticsStep, StoreError,
};
use uuid::Uuid;

use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::unit::Begin;
use crate::value::Moment;

/// Every company that has runs or transactions, found by jumping through an index from one to the next.
pub(crate) const COMPANIES: &str = "WITH RECURSIVE of_runs AS (
        (SELECT company_id FROM runs ORDER BY company_id LIMIT 1)
        UNION ALL
        SELECT (SELECT r.company_id FROM runs r WHERE r.company_id > c.company_id ORDER BY r.company_id LIMIT 1)
        FROM of_runs c WHERE c.company_id IS NOT NULL
    ), of_accounts AS (
        (SELECT company_id FROM accounts ORDER BY company_id LIMIT 1)
        UNION ALL
        SELECT (SELECT a.company_id FROM accounts a WHERE a.company_id > c.company_id ORDER BY a.company_id LIMIT 1)
        FROM of_accounts c WHERE c.company_id IS NOT NULL
    )
    SELECT company_id FROM of_runs WHERE company_id IS NOT NULL
    UNION SELECT company_id FROM of_accounts WHERE company_id IS NOT NULL";

const RUNS: &str = "SELECT step, status, count(*)
    FROM (
        SELECT width_bucket(accepted_at, $2) AS step, status FROM runs
        WHERE company_id = ANY ($1) AND accepted_at >= $3 AND accepted_at < $4
    ) accepted
    GROUP BY GROUPING SETS ((step, status), (status))";

/// The clocks of two machines may disagree about what came first.
const LATENCIES: &str =
    "SELECT step, percentile_disc(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY latency_ms)
    FROM (
        SELECT width_bucket(accepted_at, $2) AS step,
            greatest(floor(extract(epoch FROM finished_at - accepted_at) * 1000)::bigint, 0) AS latency_ms
        FROM runs
        WHERE company_id = ANY ($1) AND accepted_at >= $3 AND accepted_at < $4 AND finished_at IS NOT NULL
    ) finished
    GROUP BY GROUPING SETS ((step), ())";

const AMOUNTS: &str = "SELECT step, currency, sum(posted)::bigint, count(*)
    FROM (
        SELECT width_bucket(t.created_at, $2) AS step, a.currency, sum(e.amount) AS posted
        FROM transactions t
        JOIN entries e ON e.transaction_number = t.number AND e.debit
        JOIN accounts a ON a.number = e.account_number
        WHERE t.company_id = ANY ($1) AND t.created_at >= $3 AND t.created_at < $4
        GROUP BY t.number, t.created_at, a.currency
    ) posted
    GROUP BY GROUPING SETS ((step, currency), (currency))";

/// A stretch of time in the terms of the database.
struct Stretch {
    companies: Vec<Uuid>,
    /// The beginnings of the steps, oldest first.
    starts: Vec<Moment>,
    from: Moment,
    to: Moment,
}

impl Stretch {
    /// Answers rows of a question about it.
    async fn ask<T>(&self, connection: &mut PgConnection, question: &'static str) -> Result<Vec<T>, Fault>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let asked: QueryAs<'_, Postgres, T, PgArguments> = sqlx::query_as(question);
        let rows = asked
            .bind(&self.companies)
            .bind(&self.starts)
            .bind(self.from)
            .bind(self.to)
            .fetch_all(connection)
            .await?;
        Ok(rows)
    }
}

/// The beginnings of the steps.
fn starts(query: StatisticsQuery) -> Result<Vec<Timestamp>, Fault> {
    if !query.step.is_positive() {
        return Err(Fault::refused("a step of statistics must be longer than nothing"));
    }
    let next = |at: &Timestamp| at.checked_add(query.step).ok();
    let all = std::iter::successors(Some(query.from), next);
    Ok(all.take_while(|at| *at < query.to).collect())
}

fn empty(at: Timestamp) -> StatisticsStep {
    StatisticsStep {
        at,
        runs: std::collections::BTreeMap::new(),
        latency: None,
        amounts: std::collections::BTreeMap::new(),
    }
}

/// A step by its number from 1, or the whole, which has none.
fn step_of(report: &mut StatisticsReport, step: Option<i32>) -> Result<&mut StatisticsStep, Fault> {
    let Some(number) = step else {
        return Ok(&mut report.total);
    };
    let place = usize::try_from(number)
        .ok()
        .and_then(|number| number.checked_sub(1));
    place
        .and_then(|place| report.steps.get_mut(place))
        .ok_or_else(|| Fault::refused(format!("there is no step {number}")))
}

async fn report(connection: &mut PgConnection, query: StatisticsQuery) -> Result<StatisticsReport, Fault> {
    let starts = starts(query)?;
    let mut report = StatisticsReport {
        steps: starts.iter().copied().map(empty).collect(),
        total: empty(query.from),
    };
    if starts.is_empty() {
        return Ok(report);
    }
    let companies = match query.company_id {
        Some(company_id) => vec![company_id],
        None => sqlx::query_scalar(COMPANIES).fetch_all(&mut *connection).await?,
    };
    let stretch = Stretch {
        companies,
        starts: starts.into_iter().map(Moment::from).collect(),
        from: query.from.into(),
        to: query.to.into(),
    };
    count_runs(connection, &stretch, &mut report).await?;
    measure_latencies(connection, &stretch, &mut report).await?;
    sum_amounts(connection, &stretch, &mut report).await?;
    Ok(report)
}

async fn count_runs(
    connection: &mut PgConnection,
    stretch: &Stretch,
    report: &mut StatisticsReport,
) -> Result<(), Fault> {
    let rows: Vec<(Option<i32>, String, i64)> = stretch.ask(connection, RUNS).await?;
    for (step, name, runs) in rows {
        let known = RunStatus::from_name(&name);
        let status =
            known.ok_or_else(|| Fault::corrupt("runs", &"status", &format!("{name:?} is unknown")))?;
        step_of(report, step)?.count_run(status, u64::try_from(runs).unwrap_or_default());
    }
    Ok(())
}

async fn measure_latencies(
    connection: &mut PgConnection,
    stretch: &Stretch,
    report: &mut StatisticsReport,
) -> Result<(), Fault> {
    let rows: Vec<(Option<i32>, Option<Vec<i64>>)> = stretch.ask(connection, LATENCIES).await?;
    for (step, percentiles) in rows {
        if let Some([p50, p90, p99]) = percentiles.as_deref() {
            let milliseconds = |latency: &i64| u64::try_from(*latency).unwrap_or_default();
            step_of(report, step)?.latency = Some(LatencyPercentiles {
                p50_ms: milliseconds(p50),
                p90_ms: milliseconds(p90),
                p99_ms: milliseconds(p99),
            });
        }
    }
    Ok(())
}

async fn sum_amounts(
    connection: &mut PgConnection,
    stretch: &Stretch,
    report: &mut StatisticsReport,
) -> Result<(), Fault> {
    let rows: Vec<(Option<i32>, String, i64, i64)> = stretch.ask(connection, AMOUNTS).await?;
    for (step, code, debits, transactions) in rows {
        let currency: Currency = code
            .parse()
            .map_err(|error| Fault::corrupt("accounts", &"currency", &error))?;
        let total = AmountTotal {
            posted: Money::new(debits, currency),
            transactions: u64::try_from(transactions).unwrap_or_default(),
        };
        step_of(report, step)?.amounts.insert(code, total);
    }
    Ok(())
}

#[async_trait]
impl Statistics for PostgresStore {
    async fn statistics(&self, query: StatisticsQuery) -> Result<StatisticsReport, StoreError> {
        self.read_snapshot(Begin::LongSnapshot, move |connection| {
            Box::pin(report(connection, query))
        })
        .await
    }
}
