//! Statistics: a stretch of time is read row by row from the indexes over it, and sorted into steps.

use std::collections::BTreeMap;

use async_trait::async_trait;
use hdrhistogram::Histogram;
use jiff::Timestamp;
use ledger::{Currency, Money};
use rusqlite::{Connection, params};
use store::{
    AmountTotal, LatencyPercentiles, RunStatus, Statistics, StatisticsQuery, StatisticsReport,
    StatisticsStep, StoreError,
};
use uuid::Uuid;

use crate::SqliteStore;
use crate::fault::Fault;
use crate::value::{UuidBytes, micros};

/// The next company that has runs; transactions without a run are of companies that have accounts.
const NEXT_COMPANY: &str = "SELECT min(company_id) FROM (
        SELECT min(company_id) AS company_id FROM runs INDEXED BY runs_by_acceptance WHERE company_id > ?1
        UNION ALL
        SELECT min(company_id) FROM accounts INDEXED BY accounts_by_company WHERE company_id > ?1
    )";

const RUNS: &str = "SELECT accepted_at, finished_at, status FROM runs INDEXED BY runs_by_acceptance
    WHERE company_id = ?1 AND accepted_at >= ?2 AND accepted_at < ?3";

const DEBITS: &str = "SELECT t.created_at, t.number, a.currency, e.amount
    FROM transactions t INDEXED BY transactions_by_time
    CROSS JOIN entries e ON e.transaction_number = t.number
    CROSS JOIN accounts a ON a.number = e.account_number
    WHERE t.company_id = ?1 AND t.created_at >= ?2 AND t.created_at < ?3 AND e.direction = 'debit'
    ORDER BY t.created_at, t.number";

/// Latencies in milliseconds, to two digits, in a few kilobytes: exact up to 255 ms.
type Latencies = Histogram<u32>;

/// What was posted in one currency.
struct Posted {
    debits: i128,
    transactions: u64,
    /// The last transaction that was counted: its entries follow one another.
    last: i64,
}

/// One step, or the whole, while rows are sorted into it.
#[derive(Default)]
struct Tally {
    runs: BTreeMap<&'static str, u64>,
    latencies: Option<Latencies>,
    posted: BTreeMap<&'static str, (Currency, Posted)>,
}

impl Tally {
    fn count_run(&mut self, status: RunStatus, latency_ms: Option<u64>) -> Result<(), Fault> {
        let count = self.runs.entry(status.as_str()).or_default();
        *count = count.saturating_add(1);
        if let Some(latency_ms) = latency_ms {
            let latencies = match &mut self.latencies {
                Some(latencies) => latencies,
                None => self.latencies.insert(new_histogram()?),
            };
            latencies.saturating_record(latency_ms);
        }
        Ok(())
    }

    fn count_debit(&mut self, transaction: i64, amount: Money) {
        let currency = amount.currency();
        let none = Posted {
            debits: 0,
            transactions: 0,
            last: 0,
        };
        let (_, posted) = self.posted.entry(currency.code()).or_insert((currency, none));
        posted.debits = posted.debits.saturating_add(i128::from(amount.minor()));
        if posted.last != transaction {
            posted.last = transaction;
            posted.transactions = posted.transactions.saturating_add(1);
        }
    }

    fn finish(self, at: Timestamp) -> Result<StatisticsStep, Fault> {
        let amounts = self.posted.into_iter().map(|(code, (currency, posted))| {
            let debits = i64::try_from(posted.debits)
                .map_err(|_| Fault::refused(format!("the sum of debits in {code} does not fit 64 bits")))?;
            let posted = AmountTotal {
                posted: Money::new(debits, currency),
                transactions: posted.transactions,
            };
            Ok((code.to_owned(), posted))
        });
        Ok(StatisticsStep {
            at,
            runs: self.runs,
            latency: self.latencies.as_ref().map(percentiles),
            amounts: amounts.collect::<Result<_, Fault>>()?,
        })
    }
}

fn new_histogram() -> Result<Latencies, Fault> {
    Histogram::new(2).map_err(|error| Fault::refused(error.to_string()))
}

fn percentiles(latencies: &Latencies) -> LatencyPercentiles {
    LatencyPercentiles {
        p50_ms: latencies.value_at_quantile(0.50),
        p90_ms: latencies.value_at_quantile(0.90),
        p99_ms: latencies.value_at_quantile(0.99),
    }
}

/// A report while it is made.
struct Tallies {
    from: i64,
    to: i64,
    step: i64,
    steps: Vec<Tally>,
    total: Tally,
}

impl Tallies {
    fn new(query: StatisticsQuery) -> Result<Self, Fault> {
        let (from, to) = (micros(query.from), micros(query.to));
        let step = i64::try_from(query.step.as_micros()).unwrap_or(i64::MAX);
        if step <= 0 {
            return Err(Fault::refused("a step of statistics must be longer than nothing"));
        }
        let length = to.saturating_sub(from).max(0);
        let steps = usize::try_from(length.div_euclid(step) + i64::from(length.rem_euclid(step) > 0));
        let steps = steps.map_err(|_| Fault::refused("there are too many steps"))?;
        let steps = std::iter::repeat_with(Tally::default).take(steps).collect();
        Ok(Self {
            from,
            to,
            step,
            steps,
            total: Tally::default(),
        })
    }

    /// The step of a moment, and the whole.
    fn at(&mut self, moment: i64) -> impl Iterator<Item = &mut Tally> {
        let index = usize::try_from(moment.saturating_sub(self.from).div_euclid(self.step));
        let step = index.ok().and_then(|index| self.steps.get_mut(index));
        step.into_iter().chain([&mut self.total])
    }

    fn read_runs(&mut self, connection: &Connection, company_id: UuidBytes) -> Result<(), Fault> {
        let mut statement = connection.prepare_cached(RUNS)?;
        let mut rows = statement.query(params![company_id, self.from, self.to])?;
        while let Some(row) = rows.next()? {
            let (accepted_at, finished_at): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
            let status: String = row.get(2)?;
            let known = RunStatus::from_name(&status);
            let status =
                known.ok_or_else(|| Fault::corrupt("runs", &"status", &format!("{status:?} is unknown")))?;
            let latency_ms = finished_at.map(|finished_at| latency_ms(accepted_at, finished_at));
            for tally in self.at(accepted_at) {
                tally.count_run(status, latency_ms)?;
            }
        }
        Ok(())
    }

    fn read_debits(&mut self, connection: &Connection, company_id: UuidBytes) -> Result<(), Fault> {
        let mut statement = connection.prepare_cached(DEBITS)?;
        let mut rows = statement.query(params![company_id, self.from, self.to])?;
        while let Some(row) = rows.next()? {
            let (created_at, transaction, minor): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(3)?);
            let currency = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?.parse();
            let currency = currency.map_err(|error| Fault::corrupt("accounts", &"currency", &error))?;
            for tally in self.at(created_at) {
                tally.count_debit(transaction, Money::new(minor, currency));
            }
        }
        Ok(())
    }

    fn finish(self, query: StatisticsQuery) -> Result<StatisticsReport, Fault> {
        let mut at = query.from;
        let mut steps = Vec::with_capacity(self.steps.len());
        for tally in self.steps {
            steps.push(tally.finish(at)?);
            at = at.saturating_add(query.step).unwrap_or(at);
        }
        Ok(StatisticsReport {
            steps,
            total: self.total.finish(query.from)?,
        })
    }
}

fn latency_ms(accepted_at: i64, finished_at: i64) -> u64 {
    // The clocks of two machines may disagree about what came first.
    u64::try_from(finished_at.saturating_sub(accepted_at)).unwrap_or(0) / 1_000
}

fn report(connection: &Connection, query: StatisticsQuery) -> Result<StatisticsReport, Fault> {
    let mut tallies = Tallies::new(query)?;
    match query.company_id {
        Some(company_id) => read_company(connection, &mut tallies, company_id.into_bytes())?,
        None => {
            for company_id in companies(connection)? {
                read_company(connection, &mut tallies, company_id.into_bytes())?;
            }
        }
    }
    tallies.finish(query)
}

/// Every company that may have runs or transactions, in the order of their ids.
pub(crate) fn companies(connection: &Connection) -> Result<Vec<Uuid>, Fault> {
    let mut statement = connection.prepare_cached(NEXT_COMPANY)?;
    let mut companies = Vec::new();
    // Before every other id, and an id that a company may have.
    let mut next = Some(Uuid::nil().into_bytes());
    while let Some(company_id) = next {
        companies.push(Uuid::from_bytes(company_id));
        next = statement.query_row([company_id], |row| row.get(0))?;
    }
    Ok(companies)
}

fn read_company(connection: &Connection, tallies: &mut Tallies, company_id: UuidBytes) -> Result<(), Fault> {
    tallies.read_runs(connection, company_id)?;
    tallies.read_debits(connection, company_id)
}

#[async_trait]
impl Statistics for SqliteStore {
    async fn statistics(&self, query: StatisticsQuery) -> Result<StatisticsReport, StoreError> {
        self.read(move |connection| report(connection, query)).await
    }
}
