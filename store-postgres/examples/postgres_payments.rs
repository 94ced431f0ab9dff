//! Measures the hot path: batches of payments, by one or several writers at once.
//!
//! `cargo run --release -p store-postgres --example postgres_payments -- URL [PAYMENTS] [WRITERS] [ordered|scattered] [BATCH]`
//!
//! The database at URL must be empty, and on this machine if processor time is to be told. A payment is what a rule of
//! five nodes makes: one claim with an event of 600 bytes, one run of 1,200, three ledger transactions with six entries,
//! and two outgoing events. `ordered` is what most senders do: events' ids that grow, and a few hot accounts per company.
//! `scattered` is the worst: ids in no order, and one entry in six on one of 500 accounts of its company. Every writer has
//! companies of its own, as the owners of partitions have. A batch is 512 payments unless said otherwise.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken fails"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sqlx::{Connection, PgConnection};
use store::conformance::{Payment, Transfer, at, id, intent, settle};
use store::{BatchEnd, Batches, Decide, Loaded, Store, Verdict};
use store_postgres::{Options, PostgresStore};
use uuid::Uuid;

const USUAL_BATCH: u64 = 512;
const COMPANIES: u64 = 8;
const BENEFICIARIES: u64 = 500;
const EVENT_BYTES: usize = 600;
const NODES_BYTES: usize = 1_200;
const LINES: u64 = 8;

#[derive(Clone, Copy)]
enum Shape {
    Ordered,
    Scattered,
}

impl Shape {
    fn read(name: Option<&str>) -> Self {
        match name {
            None | Some("ordered") => Self::Ordered,
            Some("scattered") => Self::Scattered,
            Some(other) => panic!("{other:?} is neither ordered nor scattered"),
        }
    }

    /// The event's id, and the account that is owed a royalty.
    fn names(self, number: u64) -> (String, String) {
        match self {
            Self::Ordered => (format!("evt_{number:024x}"), "royalties_payable".to_owned()),
            Self::Scattered => {
                let mixed = scattered(number);
                let payable = format!("royalties_payable:{}", mixed % BENEFICIARIES);
                (format!("evt_{mixed:016x}{number:08x}"), payable)
            }
        }
    }
}

/// A number that says nothing of the one before it.
fn scattered(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

fn payment(companies: &[Uuid], number: u64, shape: Shape) -> Payment {
    let company_id = companies[usize::try_from(number % COMPANIES).unwrap()];
    let (event_id, payable) = shape.names(number);
    let mut payment = Payment::new(company_id, &event_id);
    payment.claim.accepted_at = at(i64::try_from(number / 5).unwrap());
    payment.claim.body = Bytes::from(vec![b'x'; EVENT_BYTES]);
    payment.transfers = vec![
        Transfer::new(company_id, "receivables", "revenue", 12_000),
        Transfer::new(company_id, "royalty_expense", &payable, 1_200),
        Transfer::new(company_id, "commission_expense", "commissions_payable", 600),
    ];
    payment.events = 2;
    payment.nodes = format!("{{\"invoice\":{{\"output\":\"{}\"}}}}", "x".repeat(NODES_BYTES));
    payment
}

/// Time spent on the caller's side of a batch, which is not the store's.
static DECIDING_NS: AtomicU64 = AtomicU64::new(0);

fn timed(payments: Vec<Payment>) -> Decide {
    Box::new(move |loaded: Loaded| {
        let begun = Instant::now();
        let write = settle(&payments, &loaded);
        let spent = u64::try_from(begun.elapsed().as_nanos()).unwrap();
        DECIDING_NS.fetch_add(spent, Ordering::Relaxed);
        Verdict::Commit(Box::new(write))
    })
}

/// What a process has spent on processors, where the system tells: on a busy machine this says more than the time that
/// has passed.
fn processor_time(process: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().ok()? + fields[12].parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

/// What the sessions of the store have spent.
async fn sessions_time(connection: &mut PgConnection) -> Option<Duration> {
    let sql =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'";
    let processes: Vec<i32> = sqlx::query_scalar(sql).fetch_all(connection).await.unwrap();
    processes
        .iter()
        .map(|process| processor_time(&process.to_string()))
        .sum()
}

async fn wal_position(connection: &mut PgConnection) -> i64 {
    let sql = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint";
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

struct Writer {
    store: PostgresStore,
    companies: Vec<Uuid>,
    first: u64,
    batches: u64,
    batch: u64,
    shape: Shape,
    /// How long each batch took.
    taken: Arc<Mutex<Vec<Duration>>>,
    preparing: Duration,
}

impl Writer {
    async fn write(mut self) -> Duration {
        for batch in 0..self.batches {
            let begun = Instant::now();
            let payments: Vec<Payment> = (0..self.batch)
                .map(|number| {
                    payment(
                        &self.companies,
                        self.first + batch * self.batch + number,
                        self.shape,
                    )
                })
                .collect();
            let (intent, decide) = (intent(&payments), timed(payments));
            self.preparing += begun.elapsed();
            let begun = Instant::now();
            assert_eq!(
                self.store.run_batch(intent, decide).await,
                Ok(BatchEnd::Committed)
            );
            self.taken.lock().unwrap().push(begun.elapsed());
        }
        self.preparing
    }
}

fn per_payment(spent: Duration, payments: u64) -> u128 {
    spent.as_nanos() / u128::from(payments.max(1)) / 100
}

fn microseconds(tenths: u128) -> String {
    format!("{}.{} µs", tenths / 10, tenths % 10)
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments
        .next()
        .unwrap_or_else(|| panic!("the URL of an empty database is needed"));
    let payments: u64 = arguments.next().map_or(100_000, |number| number.parse().unwrap());
    let writers: u64 = arguments.next().map_or(1, |number| number.parse().unwrap());
    let shape = Shape::read(arguments.next().as_deref());
    let batch: u64 = arguments
        .next()
        .map_or(USUAL_BATCH, |number| number.parse().unwrap());
    let store = PostgresStore::connect(&url, Options::default()).await.unwrap();
    let mut watcher = PgConnection::connect(&url).await.unwrap();
    let companies: Vec<Vec<Uuid>> = (0..writers)
        .map(|_| (0..COMPANIES).map(|_| id()).collect())
        .collect();
    let per_line = payments.div_ceil(LINES).next_multiple_of(batch * writers);
    let (mut done, mut preparing) = (0, Duration::ZERO);
    while done < payments {
        let (cpu, own) = (sessions_time(&mut watcher).await, processor_time("self"));
        let wal = wal_position(&mut watcher).await;
        DECIDING_NS.store(0, Ordering::Relaxed);
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (begun, prepared) = (Instant::now(), preparing);
        let mut running = tokio::task::JoinSet::new();
        for (writer, companies) in (0..).zip(&companies) {
            let payments_each = per_line / writers;
            let writer = Writer {
                store: store.clone(),
                companies: companies.clone(),
                first: (done / writers) + writer * payments * 2,
                batches: payments_each / batch,
                batch,
                shape,
                taken: Arc::clone(&taken),
                preparing: Duration::ZERO,
            };
            running.spawn(writer.write());
        }
        while let Some(writer) = running.join_next().await {
            preparing += writer.unwrap();
        }
        let (passed, now) = (begun.elapsed(), sessions_time(&mut watcher).await);
        done += per_line;
        let wal = wal_position(&mut watcher).await - wal;
        let server = now.zip(cpu).map(|(now, before)| now.saturating_sub(before));
        let client = processor_time("self")
            .zip(own)
            .map(|(now, before)| now.saturating_sub(before));
        let outside =
            preparing.saturating_sub(prepared) + Duration::from_nanos(DECIDING_NS.load(Ordering::Relaxed));
        let rate = u128::from(per_line) * 1_000_000_000 / passed.as_nanos();
        let mut taken = std::mem::take(&mut *taken.lock().unwrap());
        taken.sort();
        let told = |spent: Option<Duration>| {
            spent.map_or("?".to_owned(), |spent| microseconds(per_payment(spent, per_line)))
        };
        println!(
            "{done:>8}: {rate:>6}/s; processor time each: server {}, client {} less {} to prepare and decide; {} bytes of WAL each; \
             a batch {:?}, the slowest {:?}",
            told(server),
            told(client),
            told(Some(outside)),
            wal / i64::try_from(per_line).unwrap(),
            taken[taken.len() / 2],
            taken[taken.len() - 1],
        );
    }
    store.close().await;
    let size: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
        .fetch_one(&mut watcher)
        .await
        .unwrap();
    println!("{} bytes kept each", size / i64::try_from(done).unwrap());
}
