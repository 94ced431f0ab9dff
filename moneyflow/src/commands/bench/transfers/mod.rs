//! `moneyflow bench transfers`: money from one account to another over the payments API, as callers ask for it.
//!
//! One run measures transfers over many accounts as fast as they are answered; over one hot account, which pays for all
//! of them; at half of the first rate, each sent when it is due; and one at a time. On PostgreSQL the classic way to do it
//! is measured beside them, without HTTP. The ledger is verified at the end.

mod report;
mod traffic;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use store_postgres::OneByOne;

use self::report::{Measured, Peers, Report, Stretch};
use self::traffic::{Accounts, Route, Transfers};
use super::folder::Folder;
use super::load::{Load, Pace};
use super::{interruption, per_s, unless_interrupted};
use crate::backends::{Migrations, Places};
use crate::cli::BenchTransfersArgs;
use crate::output::{Failed, remark};
use crate::system::{Parts, RunningPayments};

/// How long everything warms up at most: connections, statements, caches. As long one caller is alone.
const WARM_UP: Duration = Duration::from_secs(2);
/// How many connections the classic way has: more only wait for each other.
const PEER_CONNECTIONS: u32 = 32;

pub(super) async fn run(arguments: &BenchTransfersArgs) -> anyhow::Result<()> {
    let folder = Folder::of(&arguments.place)?;
    let places = folder.places(&arguments.place, None, "moneyflow-bench")?;
    let store = places.open_store(Migrations::Apply).await?;
    remark(format!("measuring on {}", places.store));
    let stop = interruption();
    let limits = payments_api::Limits::default();
    let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let payments = RunningPayments::start(&Parts::new()?, store.clone(), host, [0, 0], limits).await?;
    let bench = Bench {
        server: payments.rest.address,
        url: payments.rest.url(),
        arguments,
    };
    let measured = unless_interrupted(&stop, bench.measure()).await;
    payments.stop().await;
    let measured = measured?;
    let verified = store::verify_ledger(&*store).await?.difference.is_none();
    let peers = unless_interrupted(&stop, peers(&places, arguments)).await?;
    let report = Report {
        accounts: arguments.accounts,
        measured,
        peers,
        verified,
    };
    report.tell(arguments.json);
    if verified { Ok(()) } else { Err(Failed.into()) }
}

/// How many transfers a second the classic way makes; nothing on the embedded kind, which has no server.
async fn peers(places: &Places, arguments: &BenchTransfersArgs) -> anyhow::Result<Option<Peers>> {
    let per_s = |route: fn(u64, u32) -> (u32, u32)| {
        let asked = OneByOne {
            ends: route,
            accounts: arguments.accounts,
            connections: PEER_CONNECTIONS.min(arguments.callers.into()),
            duration: Duration::from_secs(arguments.duration),
        };
        places.one_by_one_per_s(asked)
    };
    let Some(spread) = per_s(|number, accounts| Route::Spread.ends(number, accounts)).await? else {
        return Ok(None);
    };
    let hot = per_s(|number, accounts| Route::FromOne.ends(number, accounts)).await?;
    Ok(hot.map(|hot| Peers { spread, hot }))
}

/// How it is measured.
struct Bench<'a> {
    server: SocketAddr,
    url: String,
    arguments: &'a BenchTransfersArgs,
}

impl Bench<'_> {
    async fn measure(&self) -> anyhow::Result<Measured> {
        let accounts = Accounts::open(self.arguments.accounts, &self.url).await?;
        let (callers, duration) = (
            u64::from(self.arguments.callers),
            Duration::from_secs(self.arguments.duration),
        );
        let spread = || Transfers::new(&accounts, Route::Spread);
        let moment = duration.min(WARM_UP);
        self.stretch(spread(), callers, Pace::Answered, moment).await?;
        let full = self.stretch(spread(), callers, Pace::Answered, duration).await?;
        let hot = Transfers::new(&accounts, Route::FromOne);
        let hot = self.stretch(hot, callers, Pace::Answered, duration).await?;
        let half = Pace::Rate((full.per_s / 2).max(1));
        Ok(Measured {
            full,
            hot,
            half: self.stretch(spread(), callers, half, duration).await?,
            alone: self.stretch(spread(), 1, Pace::Answered, moment).await?,
        })
    }

    /// So many callers for a while.
    async fn stretch(
        &self,
        transfers: Transfers,
        callers: u64,
        pace: Pace,
        duration: Duration,
    ) -> anyhow::Result<Stretch> {
        let progress = ProgressBar::new(duration.as_secs()).with_message("transfers");
        let transfers = Arc::new(transfers);
        let started = Instant::now();
        let load = Load {
            server: self.server,
            traffic: transfers.clone(),
            connections: callers,
            pace,
            duration,
        };
        let sent = load.send(&progress).await?;
        let took = started.elapsed();
        progress.finish_and_clear();
        if let Some(refusal) = sent.refusal {
            anyhow::bail!(
                "{} transfers were refused, the first with: {refusal}",
                sent.refused
            );
        }
        Ok(Stretch {
            transfers: sent.accepted,
            per_s: per_s(sent.accepted, took),
            latency: transfers.latencies.quantiles(),
        })
    }
}
