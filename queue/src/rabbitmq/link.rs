//! A connection that is supervised: when it is lost it is made again, with what must stand on the broker.
//!
//! A queue has two. A broker that is short of memory or disk stops reading from connections that publish, and what
//! acknowledges must not stand still with them. What opens a channel asks the link for it each time; nobody but the
//! supervisor connects.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::StreamExt as _;
use lapin::{Channel, Connection, ConnectionProperties, Event};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::address::Address;
use super::failure::{OpenError, Trouble};
use super::options::RabbitOptions;
use super::topology::Topology;

/// How often a connection is looked at that reports nothing.
const LOOK: Duration = Duration::from_millis(500);
/// How long a polite goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// How a connection is.
#[derive(Clone)]
enum State {
    Up(Arc<Connection>),
    /// The broker takes nothing, and says why.
    Blocked(Arc<Connection>, Arc<str>),
    Down(Arc<str>),
    Closed,
}

/// Whether a message could be published now.
#[derive(Clone, Debug)]
pub(super) enum Readiness {
    Ready,
    /// The broker takes nothing at the moment.
    Blocked(Arc<str>),
    Down(Trouble),
}

/// A supervised connection, for everybody who opens channels on it.
#[derive(Clone)]
pub(super) struct Link {
    state: watch::Receiver<State>,
    /// Rung by those who find it broken.
    suspect: Arc<Notify>,
    reply_timeout: Duration,
}

/// Keeps one connection up.
pub(super) struct Supervisor {
    connecting: Connecting,
    state: watch::Sender<State>,
    suspect: Arc<Notify>,
    closing: CancellationToken,
}

/// How a connection is made.
#[derive(Clone)]
pub(super) struct Connecting {
    /// What it is for: the broker's tools show it.
    pub(super) purpose: &'static str,
    pub(super) address: Address,
    pub(super) topology: Arc<Topology>,
    pub(super) options: Arc<RabbitOptions>,
}

impl Link {
    /// Connects, and leaves it to the supervisor, which must be run, to stay so.
    pub(super) async fn open(
        connecting: Connecting,
        closing: CancellationToken,
    ) -> Result<(Self, Supervisor), OpenError> {
        let first = connecting.connect().await?;
        let reply_timeout = connecting.options.reply_timeout;
        let (sender, receiver) = watch::channel(State::Up(Arc::new(first)));
        let suspect = Arc::new(Notify::new());
        let supervisor = Supervisor {
            connecting,
            state: sender,
            suspect: Arc::clone(&suspect),
            closing,
        };
        let link = Self {
            state: receiver,
            suspect,
            reply_timeout,
        };
        Ok((link, supervisor))
    }

    /// Whether a message could be published now.
    pub(super) fn readiness(&self) -> Readiness {
        match &*self.state.borrow() {
            State::Up(connection) if connection.status().connected() => Readiness::Ready,
            State::Up(_) => {
                self.suspect.notify_one();
                Readiness::Down(Trouble::unavailable("the connection was just lost"))
            }
            State::Blocked(_, reason) => Readiness::Blocked(Arc::clone(reason)),
            State::Down(reason) => Readiness::Down(Trouble::unavailable(Arc::clone(reason))),
            State::Closed => Readiness::Down(Trouble::Closed),
        }
    }

    /// Waits until something is different from when this was last called. Never, once the supervisor has ended.
    pub(super) async fn changed(&mut self) {
        if self.state.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// A new channel.
    pub(super) async fn channel(&self) -> Result<Channel, Trouble> {
        let state = self.state.borrow().clone();
        let connection = match state {
            State::Up(connection) | State::Blocked(connection, _) => connection,
            State::Down(reason) => return Err(Trouble::unavailable(reason)),
            State::Closed => return Err(Trouble::Closed),
        };
        let created = self.reply("opening a channel", connection.create_channel()).await;
        if created.is_err() {
            self.suspect.notify_one();
        }
        created
    }

    /// The broker's answer, if it comes in time.
    pub(super) async fn reply<T>(
        &self,
        what: &str,
        asking: impl Future<Output = lapin::Result<T>>,
    ) -> Result<T, Trouble> {
        match timeout(self.reply_timeout, asking).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Trouble::timeout(what)),
        }
    }
}

impl Supervisor {
    /// Watches over the connection, and makes it anew whenever it is lost, until it is told to close.
    pub(super) async fn run(self) {
        let mut current = match &*self.state.borrow() {
            State::Up(connection) => Some(Arc::clone(connection)),
            _ => None,
        };
        while let Some(connection) = current.take() {
            let lost = tokio::select! {
                reason = self.lost(&connection) => reason,
                () = self.closing.cancelled() => {
                    let _broken = timeout(GOODBYE, connection.close(200, "bye".into())).await;
                    break;
                }
            };
            let purpose = self.connecting.purpose;
            tracing::warn!(purpose, reason = &*lost, "the connection to RabbitMQ is lost");
            self.state.send_replace(State::Down(lost));
            drop(connection);
            current = self.reconnect().await;
        }
        self.state.send_replace(State::Closed);
    }

    /// Reports what the broker says about blocking; returns once the connection is no more, and why.
    async fn lost(&self, connection: &Arc<Connection>) -> Arc<str> {
        let mut events = std::pin::pin!(connection.events_listener());
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut reason = Arc::from("the connection was lost");
        while connection.status().connected() {
            tokio::select! {
                event = events.next() => match event {
                    Some(Event::ConnectionBlocked(why)) => self.blocked(connection, &why),
                    Some(Event::ConnectionUnblocked) => self.unblocked(connection),
                    Some(Event::Error(error)) => reason = error.to_string().into(),
                    Some(_) => {}
                    None => return reason,
                },
                () = self.suspect.notified() => {}
                _ = look.tick() => {}
            }
        }
        reason
    }

    fn blocked(&self, connection: &Arc<Connection>, why: &str) {
        let purpose = self.connecting.purpose;
        tracing::warn!(purpose, why, "RabbitMQ takes nothing for now");
        let reason = format!("the broker takes nothing for now: {why}").into();
        self.state
            .send_replace(State::Blocked(Arc::clone(connection), reason));
    }

    fn unblocked(&self, connection: &Arc<Connection>) {
        tracing::info!(purpose = self.connecting.purpose, "RabbitMQ takes messages again");
        self.state.send_replace(State::Up(Arc::clone(connection)));
    }

    /// Tries until it works; `None` if it is told to close.
    async fn reconnect(&self) -> Option<Arc<Connection>> {
        let purpose = self.connecting.purpose;
        let Connecting { options, .. } = &self.connecting;
        // With jitter: a broker that comes back is not met by all at the same moment.
        let mut waits = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(options.first_backoff)
            .with_max_delay(options.longest_backoff)
            .without_max_times()
            .build();
        loop {
            let wait = waits.next().unwrap_or(options.longest_backoff);
            tokio::select! {
                () = sleep(wait) => {}
                () = self.closing.cancelled() => return None,
            }
            let connected = tokio::select! {
                connected = self.connecting.connect() => connected,
                () = self.closing.cancelled() => return None,
            };
            match connected {
                Ok(connection) => {
                    tracing::info!(purpose, "connected to RabbitMQ again");
                    let connection = Arc::new(connection);
                    self.state.send_replace(State::Up(Arc::clone(&connection)));
                    return Some(connection);
                }
                Err(error) => {
                    tracing::warn!(purpose, %error, "not connected to RabbitMQ: trying again");
                    self.state.send_replace(State::Down(error.to_string().into()));
                }
            }
        }
    }
}

impl Connecting {
    /// Connects, and declares what must stand there.
    async fn connect(&self) -> Result<Connection, OpenError> {
        let name = format!("{} {}", self.options.prefix, self.purpose);
        let properties = ConnectionProperties::default().with_connection_name(name.as_str().into());
        let connecting = Connection::connect_uri(self.address.uri(), properties);
        let connection = self.within("connecting", connecting).await?;
        let channel = self
            .within("opening a channel", connection.create_channel())
            .await?;
        let declared = timeout(self.options.publish_timeout, self.topology.declare(&channel)).await;
        match declared {
            Ok(Ok(())) => Ok(connection),
            Ok(Err(refused)) => Err(match refused.advice() {
                Some(advice) => OpenError::Topology {
                    broker: self.address.to_string(),
                    object: refused.object,
                    reason: refused.error.to_string(),
                    advice,
                },
                None => self.unreachable(refused.error.to_string()),
            }),
            Err(_) => Err(self.unreachable("declaring the queues took too long".to_owned())),
        }
    }

    async fn within<T>(
        &self,
        what: &str,
        asking: impl Future<Output = lapin::Result<T>>,
    ) -> Result<T, OpenError> {
        match timeout(self.options.reply_timeout, asking).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.unreachable(error.to_string())),
            Err(_) => Err(self.unreachable(format!("no answer in time: {what}"))),
        }
    }

    fn unreachable(&self, reason: String) -> OpenError {
        OpenError::Unreachable {
            broker: self.address.to_string(),
            reason,
        }
    }
}
