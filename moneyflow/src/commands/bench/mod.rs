//! `moneyflow bench`: a system of its own under an open-loop load over HTTP, its ledger verified at the end.
//!
//! Payments are sent when they are due, whether or not earlier ones were answered, so a system that falls behind
//! shows it. Without a rate the rate is raised until completion falls behind acceptance; what is reported is then
//! measured at the highest rate that was kept up with.

mod folder;
mod latencies;
mod limits;
mod load;
mod memory;
mod recorder;
mod scenario;
mod transfers;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use indicatif::ProgressBar;
use queue::Queue;
use serde_json::{Value, json};
use store::{MoneyStore, Store};
use tokio_util::sync::CancellationToken;

use self::folder::Folder;
use self::latencies::Latency;
use self::load::{Load, Pace, Sent};
use self::memory::Memory;
use self::recorder::Recorder;
use self::scenario::Scenario;
use crate::backends::{Migrations, Places, QueueUrl};
use crate::cli::{BenchArgs, BenchCommand};
use crate::output::{Failed, complain, remark, say, say_json};
use crate::system::{Ports, System, stop_requested};

/// The first rate that is tried, in payments per second, and by what it grows.
const FIRST_RATE: u64 = 1_000;
const GROWTH_PERCENT: u64 = 125;
/// How long a rate is tried.
const TRIAL: Duration = Duration::from_secs(3);
/// How long completion may take to catch up once sending has ended.
const CATCH_UP: Duration = Duration::from_mins(2);

pub(crate) async fn run(arguments: BenchArgs) -> anyhow::Result<()> {
    if let Some(BenchCommand::Transfers(transfers)) = arguments.command {
        return transfers::run(&transfers).await;
    }
    let folder = Folder::of(&arguments.place)?;
    let places = folder.places(
        &arguments.place,
        arguments.queue_url.clone(),
        &arguments.queue_prefix,
    )?;
    let store = places.open_store(Migrations::Apply).await?;
    refuse_company(&*store).await?;
    let stop = interruption();
    remark(format!("measuring on {} and {}", places.store, places.queue));
    if let Some(prefix) = places.prefix_on_broker() {
        remark(format!("queues of its own: {prefix}.*"));
    }
    let queue = places.open_queue().await?;
    let outcome = measure_on(&arguments, &places, store, queue.clone(), &stop).await;
    // Whatever became of it. What still runs finds the queue closed, and declares nothing anew.
    queue.close().await;
    if let Err(error) = places.delete_queue().await {
        complain(&error.context("the queues of this measurement are left behind"));
    }
    outcome
}

/// Cancelled when the command is interrupted: it then leaves in good order.
fn interruption() -> CancellationToken {
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    match stop_requested() {
        Ok(requested) => {
            tokio::spawn(async move {
                requested.await;
                interrupted.cancel();
            });
        }
        Err(error) => complain(&error),
    }
    stop
}

/// The work's outcome, unless it is interrupted first.
async fn unless_interrupted<T>(
    stop: &CancellationToken,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let outcome = stop.run_until_cancelled(work).await;
    outcome.unwrap_or_else(|| Err(anyhow::anyhow!("interrupted: nothing was measured")))
}

async fn measure_on(
    arguments: &BenchArgs,
    places: &Places,
    store: Arc<dyn MoneyStore>,
    queue: Arc<dyn Queue>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let companies = if arguments.hot_account {
        1
    } else {
        arguments.companies
    };
    let scenario = Arc::new(Scenario::new(companies));
    let recorder = Arc::new(Recorder::of(scenario.companies().iter().copied()));
    let queue_limit = match places.queue {
        QueueUrl::Amqp(_) => Some(unless_interrupted(stop, limits::queue(&queue, &scenario)).await?),
        QueueUrl::Sqlite(_) => None,
    };
    let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let ports = Ports {
        composer: 0,
        router: 0,
        payments: 0,
        grpc: 0,
        worker: 0,
    };
    let system = System::start(
        store,
        queue,
        recorder.clone(),
        host,
        ports,
        payments_api::Limits::default(),
    )
    .await?;
    let bench = Bench {
        router: system.router.server.address,
        scenario,
        recorder,
    };
    let outcome = unless_interrupted(stop, async {
        bench.scenario.set_up(&system.composer.url()).await?;
        let measured = bench.measure(arguments).await?;
        Ok((measured, store::verify_ledger(system.store.as_ref()).await?))
    });
    let outcome = outcome.await;
    system.stop().await;
    let (measured, audit) = outcome?;
    let verified = audit.difference.is_none() && measured.completed == measured.sent.accepted;
    let limits = Limits {
        queue: queue_limit,
        store: places.bulk_insert_per_s().await?,
    };
    report(arguments, &measured, companies, limits, verified);
    if let Some(difference) = audit.difference {
        remark(format!(
            "moneyflow: the ledger does not agree with itself: {difference}"
        ));
    }
    if verified { Ok(()) } else { Err(Failed.into()) }
}

/// What broker and database can do on their own, on the same machine in the same run, in payments per second; none of
/// the embedded kinds, which have no server to ask.
#[derive(Debug, Clone, Copy)]
struct Limits {
    queue: Option<u64>,
    store: Option<u64>,
}

/// A worker of somebody else would take a share of what is measured.
async fn refuse_company(store: &dyn Store) -> anyhow::Result<()> {
    let partitions = store.list_partitions().await?;
    if let Some(owner) = partitions.into_iter().find_map(|partition| partition.owner) {
        anyhow::bail!(
            "worker {} is at work on this database: stop it, or measure on another database and queue",
            owner.name
        );
    }
    Ok(())
}

fn per_s(count: u64, duration: Duration) -> u64 {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1_000) / millis
}

/// A duration in milliseconds, to the microsecond.
fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

struct Bench {
    router: SocketAddr,
    scenario: Arc<Scenario>,
    recorder: Arc<Recorder>,
}

/// What one stretch of load came to.
struct Measured {
    sent: Sent,
    completed: u64,
    rate: u64,
    sending: Duration,
    /// Until the last accepted payment was committed.
    completing: Duration,
    latency: Latency,
    memory: Memory,
}

impl Measured {
    /// Whether the system kept up: nearly all was accepted when due, and completed nearly as fast.
    fn kept_up(&self) -> bool {
        let wanted = self.rate.saturating_mul(self.sending.as_secs());
        let accepted_in_time = self.sent.accepted.saturating_mul(100) >= wanted.saturating_mul(97);
        let lag = self.completing.saturating_sub(self.sending);
        accepted_in_time && lag <= Duration::from_millis(500) && self.sent.late <= Duration::from_millis(500)
    }
}

impl Bench {
    async fn measure(&self, arguments: &BenchArgs) -> anyhow::Result<Measured> {
        let duration = Duration::from_secs(arguments.duration);
        self.stretch(FIRST_RATE / 2, Duration::from_secs(1)).await?;
        if let Some(rate) = arguments.rate {
            return self.stretch(rate, duration).await;
        }
        let mut rate = self.highest_rate().await?;
        loop {
            let measured = self.stretch(rate, duration).await?;
            if measured.kept_up() || rate <= FIRST_RATE / 2 {
                return Ok(measured);
            }
            remark(format!(
                "{rate}/s was not kept up with over {} s",
                duration.as_secs()
            ));
            rate = rate * 93 / 100;
        }
    }

    /// The highest rate that the system keeps up with for a moment.
    async fn highest_rate(&self) -> anyhow::Result<u64> {
        let (mut rate, mut best) = (FIRST_RATE, FIRST_RATE / 2);
        loop {
            let measured = self.stretch(rate, TRIAL).await?;
            remark(format!(
                "{rate}/s: accepted {}/s, completed {}/s, p99 {:.1} ms",
                per_s(measured.sent.accepted, measured.sending),
                per_s(measured.completed, measured.completing),
                ms(measured.latency.p99),
            ));
            if !measured.kept_up() {
                return Ok(best);
            }
            best = rate;
            rate = rate * GROWTH_PERCENT / 100;
        }
    }

    /// Sends at one rate for a while and waits until all that was accepted is committed.
    async fn stretch(&self, rate: u64, duration: Duration) -> anyhow::Result<Measured> {
        let progress = ProgressBar::new(duration.as_secs()).with_message(format!("{rate} payments/s"));
        self.recorder.reset();
        let memory = Memory::watch();
        let started = Instant::now();
        let load = Load {
            server: self.router,
            traffic: self.scenario.clone(),
            connections: load::CONNECTIONS,
            pace: Pace::Rate(rate),
            duration,
        };
        let sent = load.send(&progress).await?;
        let sending = started.elapsed().max(duration);
        let caught_up = self.recorder.wait_for(sent.accepted, CATCH_UP).await;
        anyhow::ensure!(
            caught_up,
            "of {} accepted payments {} were committed within {} s",
            sent.accepted,
            self.recorder.completed(),
            CATCH_UP.as_secs()
        );
        progress.finish_and_clear();
        if let Some(refusal) = &sent.refusal {
            remark(format!(
                "{} payments were refused, the first with: {refusal}",
                sent.refused
            ));
        }
        let completing = self
            .recorder
            .last_commit()
            .map_or(sending, |last| last.duration_since(started));
        Ok(Measured {
            completed: self.recorder.completed(),
            sent,
            rate,
            sending,
            completing: completing.max(sending),
            latency: self.recorder.latency(),
            memory: memory.stop().context("the memory could not be watched")?,
        })
    }
}

fn report(arguments: &BenchArgs, measured: &Measured, companies: u16, limits: Limits, verified: bool) {
    let accepted_per_s = per_s(measured.sent.accepted, measured.sending);
    let completed_per_s = per_s(measured.completed, measured.completing);
    if !arguments.json {
        say(format!(
            "payments      {} over {} companies",
            measured.sent.accepted, companies
        ));
        say(format!(
            "accepted/s    {accepted_per_s}  (asked for {})",
            measured.rate
        ));
        say(format!("completed/s   {completed_per_s}"));
        say(format!(
            "latency ms    {}  (acceptance to commit)",
            measured.latency
        ));
        say(format!(
            "memory MiB    {} at the start, {} halfway, {} at the end, {} at the most",
            measured.memory.start, measured.memory.middle, measured.memory.end, measured.memory.peak
        ));
        for (name, limit) in [("broker alone", limits.queue), ("rows alone", limits.store)] {
            if let Some(limit) = limit {
                let share = completed_per_s * 100 / limit.max(1);
                say(format!("{name:<13} {limit}/s  (the system does {share} % of it)"));
            }
        }
        say(format!(
            "ledger        {}",
            if verified { "verified" } else { "NOT verified" }
        ));
        return;
    }
    let report: Value = json!({
        "accepted_per_s": accepted_per_s,
        "completed_per_s": completed_per_s,
        "payments": measured.sent.accepted,
        "refused": measured.sent.refused,
        "duration_s": measured.sending.as_secs_f64(),
        "rate_per_s": measured.rate,
        "latency_ms": measured.latency.json(),
        "companies": companies,
        "memory_mib": {
            "start": measured.memory.start,
            "middle": measured.memory.middle,
            "peak": measured.memory.peak,
            "end": measured.memory.end,
        },
        "limits_per_s": {"queue": limits.queue, "store": limits.store},
        "ledger_verified": verified,
    });
    say_json(&report);
}
