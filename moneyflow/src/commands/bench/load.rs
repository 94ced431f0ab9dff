//! The load: connections that send payments when they are due, whatever has become of earlier ones.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use indicatif::ProgressBar;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::scenario::{self, Scenario};

/// How many connections share the load. Each sends one payment at a time, so together they bound how many are out.
pub(super) const CONNECTIONS: u64 = 192;

/// Payments at a steady rate.
pub(super) struct Load {
    pub(super) router: SocketAddr,
    pub(super) scenario: Arc<Scenario>,
    pub(super) rate: u64,
    pub(super) duration: Duration,
}

/// What became of the payments that were due.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    pub(super) accepted: u64,
    pub(super) refused: u64,
    /// The first refusal.
    pub(super) refusal: Option<String>,
    /// By how much the last payment was sent later than it was due.
    pub(super) late: Duration,
}

impl Load {
    /// Sends every payment that is due within the duration.
    pub(super) async fn send(self, progress: &ProgressBar) -> anyhow::Result<Sent> {
        let started = Instant::now();
        let total = self.rate.saturating_mul(self.duration.as_secs());
        // Numbers go on from one stretch to the next, so that no payment is a duplicate.
        let base = BASE.fetch_add(total, std::sync::atomic::Ordering::Relaxed);
        let load = Arc::new(self);
        let mut lanes = JoinSet::new();
        for lane in 0..CONNECTIONS.min(total.max(1)) {
            let load = load.clone();
            lanes.spawn(async move { load.lane(lane, base, total, started).await });
        }
        let ticking = tokio::spawn(tick(progress.clone(), load.duration));
        let mut sent = Sent::default();
        while let Some(lane) = lanes.join_next().await {
            sent.add(lane.context("a connection's task broke off")??);
        }
        ticking.abort();
        Ok(sent)
    }

    /// One connection: every so many-th payment, each when it is due.
    async fn lane(&self, lane: u64, base: u64, total: u64, started: Instant) -> anyhow::Result<Sent> {
        let mut connection = connect(self.router).await?;
        let mut sent = Sent::default();
        let mut number = lane;
        while number < total {
            let due = started + Duration::from_micros(number.saturating_mul(1_000_000) / self.rate.max(1));
            tokio::time::sleep_until(due.into()).await;
            sent.late = Instant::now().duration_since(due);
            let (status, body) = self.pay(&mut connection, base + number).await?;
            if status == StatusCode::OK {
                sent.accepted += 1;
            } else {
                sent.refused += 1;
                sent.refusal
                    .get_or_insert_with(|| scenario::refusal(status.as_u16(), &body));
            }
            number += CONNECTIONS;
        }
        Ok(sent)
    }

    async fn pay(
        &self,
        connection: &mut SendRequest<Full<Bytes>>,
        number: u64,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        let request = Request::post("/payment")
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .body(Full::from(self.scenario.event(number)))?;
        connection
            .ready()
            .await
            .context("the router closed a connection")?;
        let response = connection
            .send_request(request)
            .await
            .context("the router did not answer")?;
        let status = response.status();
        let body = response
            .into_body()
            .collect()
            .await
            .context("the router's answer broke off")?;
        Ok((status, body.to_bytes()))
    }
}

static BASE: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

impl Sent {
    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.refusal = self.refusal.take().or(other.refusal);
        self.late = self.late.max(other.late);
    }
}

async fn connect(router: SocketAddr) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(router)
        .await
        .context("the router cannot be reached")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // The connection ends with its sender; what ends it early shows at the next payment.
    tokio::spawn(connection);
    Ok(sender)
}

async fn tick(progress: ProgressBar, duration: Duration) {
    for _ in 0..duration.as_secs() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        progress.inc(1);
    }
}
