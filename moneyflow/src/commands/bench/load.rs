//! The load: connections that send requests when they are due, whatever has become of earlier ones, or one as soon as
//! the one before it is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use indicatif::ProgressBar;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many connections share the load. Each sends one request at a time, so together they bound how many are out.
pub(super) const CONNECTIONS: u64 = 192;

/// What is sent, and what is made of the answers.
pub(super) trait Traffic: Send + Sync + 'static {
    /// The nth request, which no other equals.
    fn request(&self, number: u64) -> hyper::http::Result<Request<Full<Bytes>>>;

    /// Whether it was accepted, by its answer, which came so long after the request was due.
    fn is_accepted(&self, status: StatusCode, body: &Bytes, took: Duration) -> bool;
}

/// When requests are sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// So many a second, each when it is due.
    Rate(u64),
    /// On each connection the next once the one before is answered.
    Answered,
}

/// Requests for a while.
pub(super) struct Load<T> {
    pub(super) server: SocketAddr,
    pub(super) traffic: Arc<T>,
    pub(super) connections: u64,
    pub(super) pace: Pace,
    pub(super) duration: Duration,
}

/// What became of the requests that were due.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    pub(super) accepted: u64,
    pub(super) refused: u64,
    /// The first refusal.
    pub(super) refusal: Option<String>,
    /// By how much the last request was sent later than it was due.
    pub(super) late: Duration,
}

impl<T: Traffic> Load<T> {
    /// Sends every request that is due within the duration, and waits for the answers.
    pub(super) async fn send(self, progress: &ProgressBar) -> anyhow::Result<Sent> {
        let started = Instant::now();
        let ticking = tokio::spawn(tick(progress.clone(), self.duration));
        let load = Arc::new(self);
        let mut lanes = JoinSet::new();
        for lane in 0..load.connections {
            let load = load.clone();
            lanes.spawn(async move { load.lane(lane, started).await });
        }
        let mut sent = Sent::default();
        while let Some(lane) = lanes.join_next().await {
            sent.add(lane.context("a connection's task broke off")??);
        }
        ticking.abort();
        Ok(sent)
    }

    /// One connection.
    async fn lane(&self, lane: u64, started: Instant) -> anyhow::Result<Sent> {
        let mut connection = connect(self.server).await?;
        let mut sent = Sent::default();
        let mut turn = lane;
        while let Some(due) = self.due(turn, started).await {
            sent.late = Instant::now().duration_since(due);
            // Numbers go on from one stretch to the next, so that no request is a duplicate.
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let (status, body) = send(&mut connection, self.traffic.request(number)?).await?;
            if self.traffic.is_accepted(status, &body, due.elapsed()) {
                sent.accepted += 1;
            } else {
                sent.refused += 1;
                sent.refusal.get_or_insert_with(|| refusal(status, &body));
            }
            turn += self.connections;
        }
        Ok(sent)
    }

    /// Waits until the nth request is due; none, if the time is over by then.
    async fn due(&self, turn: u64, started: Instant) -> Option<Instant> {
        match self.pace {
            Pace::Answered => (started.elapsed() < self.duration).then(Instant::now),
            Pace::Rate(rate) => {
                let after = Duration::from_micros(turn.saturating_mul(1_000_000) / rate.max(1));
                let due = started + after;
                if after >= self.duration {
                    return None;
                }
                tokio::time::sleep_until(due.into()).await;
                Some(due)
            }
        }
    }
}

static NEXT: AtomicU64 = AtomicU64::new(0);

async fn send(
    connection: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> anyhow::Result<(StatusCode, Bytes)> {
    let ready = connection.ready().await;
    ready.context("the server closed a connection")?;
    let response = connection.send_request(request).await;
    let response = response.context("the server did not answer")?;
    let status = response.status();
    let body = response.into_body().collect().await;
    let body = body.context("the server's answer broke off")?;
    Ok((status, body.to_bytes()))
}

/// What a refused request's answer says.
fn refusal(status: StatusCode, body: &[u8]) -> String {
    let problem = rules::json::parse(body);
    let detail = problem
        .as_ref()
        .ok()
        .and_then(|problem| problem.get("detail"))
        .and_then(Value::as_str);
    format!("{} {}", status.as_u16(), detail.unwrap_or_default())
}

impl Sent {
    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.refusal = self.refusal.take().or(other.refusal);
        self.late = self.late.max(other.late);
    }
}

async fn connect(server: SocketAddr) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(server).await;
    let stream = stream.context("the server cannot be reached")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // The connection ends with its sender; what ends it early shows at the next request.
    tokio::spawn(connection);
    Ok(sender)
}

async fn tick(progress: ProgressBar, duration: Duration) {
    for _ in 0..duration.as_secs() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        progress.inc(1);
    }
}
