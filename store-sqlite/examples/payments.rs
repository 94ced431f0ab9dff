//! Measures the hot path: batches of payments on a real file, one batch after another.
//!
//! `cargo run --release -p store-sqlite --example payments -- [PAYMENTS] [ordered|scattered] [FOLDER]`
//!
//! A payment is one claim with an event of 600 bytes, one run, two ledger transactions, four entries and one outgoing
//! event. `ordered` is what most senders do: events' ids that grow, and a few hot accounts per company. `scattered` is
//! the worst: ids in no order, and one entry in four on one of 500 accounts of its company, so that every payment
//! changes pages which no other does.
//!
//! Each line reports the payments since the line before, so that a rate which falls as the file grows is seen; the
//! parts are those of the writer's thread.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken fails"
)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use store::conformance::{Payment, Transfer, at, id, intent, settle};
use store::{BatchEnd, Batches, Decide, Loaded, Store, Verdict};
use store_sqlite::{Options, SqliteStore};
use uuid::Uuid;

const BATCH: u64 = 256;
const COMPANIES: u64 = 8;
const BENEFICIARIES: u64 = 500;
const EVENT_BYTES: usize = 600;
const LINES: u64 = 10;

/// The moments of one batch.
#[derive(Clone, Copy)]
struct Moments {
    begun: Instant,
    loaded: Instant,
    decided: Instant,
    written: Instant,
    committed: Instant,
}

impl Moments {
    fn now() -> Self {
        let now = Instant::now();
        Self {
            begun: now,
            loaded: now,
            decided: now,
            written: now,
            committed: now,
        }
    }
}

type Clock = Arc<Mutex<Moments>>;

/// Time per part of a batch, added up.
#[derive(Default)]
struct Parts {
    load: Duration,
    decide: Duration,
    write: Duration,
    commit: Duration,
}

impl Parts {
    fn add(&mut self, moments: Moments) {
        self.load += moments.loaded - moments.begun;
        self.decide += moments.decided - moments.loaded;
        self.write += moments.written - moments.decided;
        self.commit += moments.committed - moments.written;
    }

    fn report(&self, done: u64, payments: u64) {
        let per_payment = |part: Duration| part.as_nanos() / u128::from(payments.max(1));
        let parts = [self.load, self.decide, self.write, self.commit];
        let total: Duration = parts.iter().sum();
        let [load, decide, write, commit] = parts.map(per_payment);
        let rate = u128::from(payments) * 1_000_000_000 / total.as_nanos().max(1);
        println!(
            "{done:>9} payments: {rate:>6}/s, {:>6} ns each = claim and read {load} + decide {decide} + write {write} + commit {commit}",
            per_payment(total),
        );
    }
}

/// What the writer's thread has spent on a processor, where the system tells. On a busy machine this says more than the
/// time that has passed.
fn writer_cpu() -> Option<Duration> {
    let mut threads = std::fs::read_dir("/proc/self/task")
        .ok()?
        .flatten()
        .map(|thread| thread.path());
    let writer = threads.find(|thread| {
        std::fs::read_to_string(thread.join("comm")).is_ok_and(|name| name.trim() == "sqlite-store")
    })?;
    let spent = std::fs::read_to_string(writer.join("schedstat")).ok()?;
    Some(Duration::from_nanos(
        spent.split_whitespace().next()?.parse().ok()?,
    ))
}

/// What the process has sent to its disks, where the system tells.
fn bytes_written() -> Option<u64> {
    let io = std::fs::read_to_string("/proc/self/io").ok()?;
    io.lines()
        .find_map(|line| line.strip_prefix("write_bytes: "))?
        .parse()
        .ok()
}

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
                let scattered = scattered(number);
                let payable = format!("royalties_payable:{}", scattered % BENEFICIARIES);
                (format!("evt_{scattered:016x}{number:08x}"), payable)
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
    ];
    payment.nodes = format!(
        "{{\"invoice\":{{\"state\":\"success\",\"output\":\"{}\"}}}}",
        "x".repeat(500)
    );
    payment
}

fn timed(payments: Vec<Payment>, clock: &Clock) -> Decide {
    let clock = Arc::clone(clock);
    Box::new(move |loaded: Loaded| {
        clock.lock().unwrap().loaded = Instant::now();
        let write = settle(&payments, &loaded);
        clock.lock().unwrap().decided = Instant::now();
        Verdict::Commit(Box::new(write))
    })
}

fn open(path: &PathBuf, clock: &Clock) -> SqliteStore {
    let (before, after) = (Arc::clone(clock), Arc::clone(clock));
    let options = Options {
        before_commit: Some(Arc::new(move || before.lock().unwrap().written = Instant::now())),
        after_commit: Some(Arc::new(move || after.lock().unwrap().committed = Instant::now())),
        ..Options::default()
    };
    SqliteStore::open(path, options).unwrap()
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let payments: u64 = arguments.next().map_or(100_000, |number| number.parse().unwrap());
    let shape = Shape::read(arguments.next().as_deref());
    let folder =
        tempfile::tempdir_in(arguments.next().map_or_else(std::env::temp_dir, PathBuf::from)).unwrap();
    let path = folder.path().join("store.db");
    let clock = Arc::new(Mutex::new(Moments::now()));
    let store = open(&path, &clock);
    let companies: Vec<Uuid> = (0..COMPANIES).map(|_| id()).collect();

    let (mut parts, mut whole, mut since) = (Parts::default(), Parts::default(), 0);
    let batches = payments.div_ceil(BATCH);
    for batch in 0..batches {
        let payments: Vec<Payment> = (0..BATCH)
            .map(|number| payment(&companies, batch * BATCH + number, shape))
            .collect();
        let (intent, decide) = (intent(&payments), timed(payments, &clock));
        clock.lock().unwrap().begun = Instant::now();
        assert_eq!(store.run_batch(intent, decide).await, Ok(BatchEnd::Committed));
        let moments = *clock.lock().unwrap();
        parts.add(moments);
        whole.add(moments);
        since += BATCH;
        if (batch + 1) % batches.div_ceil(LINES) == 0 {
            parts.report((batch + 1) * BATCH, since);
            (parts, since) = (Parts::default(), 0);
        }
    }
    println!("over all:");
    whole.report(batches * BATCH, batches * BATCH);
    if let Some(spent) = writer_cpu() {
        println!(
            "{} ns of processor time each on the writer's thread",
            spent.as_nanos() / u128::from(batches * BATCH)
        );
    }
    store.close().await;
    if let Some(written) = bytes_written() {
        println!("{} bytes written each, log and file", written / (batches * BATCH));
    }
    println!(
        "{} bytes kept each",
        std::fs::metadata(&path).unwrap().len() / (batches * BATCH)
    );
}
