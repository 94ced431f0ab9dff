//! Taking messages from a line: a channel of its own, filled by the broker up to the prefetch, emptied by `take`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use lapin::Channel;
use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use tokio::sync::Notify;
use tokio::time::{Duration, timeout};
use tokio_util::sync::CancellationToken;

use super::acknowledger::RabbitAcknowledger;
use super::failure::Trouble;
use super::link::Link;
use super::properties::{self, Source};
use super::seats::Seat;
use super::topology::{Line, Topology};
use super::unsettled::{AnyDead, Unsettled};
use crate::error::QueueError;
use crate::message::{Delivery, TakeLimits};
use crate::port::{Acknowledger, Consumer};

/// How long a polite goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// One consumer's time at a line: its channel, and what it was given.
pub(super) struct Session {
    pub(super) line: Line,
    pub(super) channel: Channel,
    pub(super) link: Link,
    pub(super) prefetch: u16,
    unsettled: Mutex<Unsettled>,
    /// Rung when a take may find something else than before.
    bell: Notify,
    /// Held while the broker is told of a settlement: it must hear of them in the order in which they were made.
    pub(super) telling: tokio::sync::Mutex<()>,
    /// Cancelled when the consumer is dropped.
    gone: CancellationToken,
}

/// What a session is begun with.
pub(super) struct Beginning<'b> {
    pub(super) line: Line,
    pub(super) link: &'b Link,
    pub(super) topology: &'b Arc<Topology>,
    pub(super) prefetch: u16,
    pub(super) delivery_limit: u32,
    pub(super) closing: &'b CancellationToken,
}

/// A line's consumer in this process.
pub(super) struct RabbitConsumer {
    session: Arc<Session>,
    _seat: Seat,
}

impl RabbitConsumer {
    pub(super) fn new(session: Arc<Session>, seat: Seat) -> Self {
        Self { session, _seat: seat }
    }
}

impl Session {
    /// Opens a channel and consumes. The queue is declared first: somebody may have deleted it.
    pub(super) async fn begin(beginning: Beginning<'_>) -> Result<(Arc<Self>, Arriving), Trouble> {
        let Beginning { line, link, .. } = beginning;
        let prefetch = beginning.prefetch.max(1);
        let channel = link.channel().await?;
        let declaring = async {
            let declared = beginning.topology.declare_line(&channel, line).await;
            declared.map_err(|refused| refused.error)
        };
        link.reply("declaring a queue", declaring).await?;
        let limiting = channel.basic_qos(prefetch, BasicQosOptions::default());
        link.reply("setting the prefetch", limiting).await?;
        let consuming = channel.basic_consume(
            beginning.topology.queue(line),
            ShortString::default(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let stream = link.reply("consuming", consuming).await?;
        let limit = matches!(line, Line::Partition(_)).then_some(beginning.delivery_limit.max(1));
        let session = Arc::new(Self {
            line,
            channel,
            link: link.clone(),
            prefetch,
            unsettled: Mutex::new(Unsettled::new(limit)),
            bell: Notify::new(),
            telling: tokio::sync::Mutex::default(),
            gone: CancellationToken::new(),
        });
        let arriving = Arriving {
            session: Arc::clone(&session),
            stream,
            topology: Arc::clone(beginning.topology),
            delivery_limit: beginning.delivery_limit.max(1),
            closing: beginning.closing.clone(),
        };
        Ok((session, arriving))
    }

    /// What is not settled, for a moment. A panic elsewhere cannot leave it half changed: no step under the lock can
    /// fail.
    pub(super) fn unsettled(&self) -> MutexGuard<'_, Unsettled> {
        self.unsettled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing more comes, and what was given is void.
    pub(super) fn end(&self, trouble: Trouble) {
        self.unsettled().end(trouble);
        self.bell.notify_one();
    }

    /// Lets a take look again.
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }

    async fn take(self: &Arc<Self>, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        loop {
            let (taken, AnyDead(any_dead)) = self.unsettled().take(limits)?;
            if any_dead {
                // In a task of its own: what is dead must not be forgotten with a take that is dropped.
                tokio::spawn(Arc::clone(self).bury());
            }
            if !taken.is_empty() {
                return Ok(taken);
            }
            self.bell.notified().await;
        }
    }
}

#[async_trait]
impl Consumer for RabbitConsumer {
    async fn take(&mut self, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        self.session.take(limits).await
    }

    fn acknowledger(&self) -> Arc<dyn Acknowledger> {
        Arc::new(RabbitAcknowledger::new(Arc::clone(&self.session)))
    }
}

impl Drop for RabbitConsumer {
    fn drop(&mut self) {
        self.session.unsettled().go();
        self.session.gone.cancel();
    }
}

/// What the broker sends to a session.
pub(super) struct Arriving {
    session: Arc<Session>,
    stream: lapin::Consumer,
    topology: Arc<Topology>,
    delivery_limit: u32,
    closing: CancellationToken,
}

impl Arriving {
    /// Moves what arrives into the session, until either side ends it; then closes the channel, which gives back what
    /// was not acknowledged. It is never cancelled first: then the broker would hand the line on while messages of it
    /// are still here, out of order.
    pub(super) async fn run(mut self) {
        let source = match self.session.line {
            Line::Partition(partition) => Source::Partition(partition),
            Line::Dead => Source::Dead {
                topology: &self.topology,
                delivery_limit: self.delivery_limit,
            },
        };
        let trouble = loop {
            let arrived = tokio::select! {
                biased;
                () = self.session.gone.cancelled() => break Trouble::unavailable("the consumer is gone"),
                () = self.closing.cancelled() => break Trouble::Closed,
                arrived = self.stream.next() => arrived,
            };
            match arrived {
                Some(Ok(delivery)) => {
                    let tag = delivery.delivery_tag;
                    let received = properties::received(delivery, source);
                    self.session.unsettled().arrived(tag, received);
                    self.session.ring();
                }
                Some(Err(error)) => break error.into(),
                None => break Trouble::unavailable("the broker cancelled the consumer"),
            }
        };
        self.session.end(trouble);
        let _broken = timeout(GOODBYE, self.session.channel.close(200, "bye".into())).await;
    }
}
