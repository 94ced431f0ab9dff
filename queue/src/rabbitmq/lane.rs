//! Publishing to one partition: a task, a channel of its own, and many messages under way.
//!
//! A message is stored when the broker says `ack` and did not return it. Messages are sent in the order in which they
//! were submitted, without waiting for each other's confirms. Whatever goes wrong with the channel, all that is under
//! way on it counts as not confirmed, the channel is dropped, and the next message opens another.
//!
//! One task and no more sends on a channel: the client gives a message its number and queues its frames in two steps,
//! and two tasks between those steps would each get the other's confirm.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, poll_immediate};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::ShortString;
use lapin::{BasicProperties, Channel, Confirmation};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::failure::Trouble;
use super::link::{Link, Readiness};
use super::properties;
use super::topology::{Line, Topology};
use crate::error::PublishError;
use crate::message::Message;
use crate::partition::Partition;

/// Submissions that are looked at before confirms are again.
const GATHER: usize = 256;
/// How long what is under way may still be confirmed once the broker has said that it takes nothing more.
const GRACE: Duration = Duration::from_millis(500);

/// A message on its way, with the room that it takes until the broker has answered.
pub(super) struct Submission {
    pub(super) message: Message,
    pub(super) caller: Caller,
}

/// Who waits for an answer. That it has gone away changes nothing once its message is on its way.
pub(super) struct Caller {
    pub(super) answer: oneshot::Sender<Result<(), PublishError>>,
    pub(super) _room: (OwnedSemaphorePermit, OwnedSemaphorePermit),
}

/// What is the same for all messages of a partition.
pub(super) struct LaneSettings {
    pub(super) partition: Partition,
    pub(super) link: Link,
    pub(super) topology: Arc<Topology>,
    pub(super) retry_after: Duration,
    /// How long the broker may confirm nothing while something is under way.
    pub(super) publish_timeout: Duration,
    /// Told when nothing more is to be submitted.
    pub(super) closing: CancellationToken,
}

/// A message's number and what became of it.
type Settled = (u64, lapin::Result<Confirmation>);

/// The publisher of one partition.
pub(super) struct Lane {
    settings: LaneSettings,
    queue: ShortString,
    submissions: mpsc::Receiver<Submission>,
    channel: Option<Channel>,
    under_way: FuturesUnordered<BoxFuture<'static, Settled>>,
    /// Who waits for what is under way.
    callers: HashMap<u64, Caller>,
    next_number: u64,
    /// When the broker last confirmed something, or nothing was under way.
    progress: Instant,
}

impl Lane {
    pub(super) fn new(settings: LaneSettings, submissions: mpsc::Receiver<Submission>) -> Self {
        Self {
            queue: settings.topology.queue(Line::Partition(settings.partition)),
            settings,
            submissions,
            channel: None,
            under_way: FuturesUnordered::new(),
            callers: HashMap::new(),
            next_number: 0,
            progress: Instant::now(),
        }
    }

    /// Runs until it is told to close or nobody is left who could submit, and nothing is under way.
    pub(super) async fn run(mut self) {
        let mut gathered = Vec::with_capacity(GATHER);
        let mut link = self.settings.link.clone();
        let closing = self.settings.closing.clone();
        loop {
            let is_idle = self.under_way.is_empty();
            if is_idle {
                self.progress = Instant::now();
            }
            let deadline = self.deadline();
            tokio::select! {
                biased;
                Some(first) = self.under_way.next() => self.settle(first),
                received = self.submissions.recv_many(&mut gathered, GATHER) => {
                    if received == 0 {
                        break;
                    }
                    for submission in gathered.drain(..) {
                        self.send(submission).await;
                    }
                }
                () = closing.cancelled(), if !self.submissions.is_closed() => self.submissions.close(),
                // What there is to wait for may be different now.
                () = link.changed() => {}
                () = sleep_until(deadline), if !is_idle => {
                    self.abandon(&Trouble::unavailable("the broker confirms nothing"));
                }
            }
        }
        let mut deadline = self.deadline();
        while let Ok(Some(first)) = timeout_at(deadline, self.under_way.next()).await {
            self.settle(first);
            deadline = self.deadline();
        }
        self.abandon(&Trouble::Closed);
    }

    fn deadline(&self) -> Instant {
        self.progress
            + match self.settings.link.readiness() {
                Readiness::Ready => self.settings.publish_timeout,
                Readiness::Blocked(_) | Readiness::Down(_) => GRACE,
            }
    }

    /// Hands a message to the client, which sends it in this order.
    async fn send(&mut self, submission: Submission) {
        let Submission { message, caller } = submission;
        // It was told that this is not stored, or went away: it sends the message again, and one of it is enough.
        if caller.answer.is_closed() {
            return;
        }
        let channel = match self.open_channel().await {
            Ok(channel) => channel,
            Err(trouble) => return caller.answer(Err(trouble.into())),
        };
        let properties = properties::of_message(&message);
        let publishing = publish(channel, self.queue.clone(), message.body, properties);
        let number = self.next_number;
        self.next_number += 1;
        self.callers.insert(number, caller);
        let mut settled = publishing.map(move |outcome| (number, outcome)).boxed();
        // Its first poll is what queues its frames: all that follows may happen in any order.
        match poll_immediate(&mut settled).await {
            Some(settled) => self.settle(settled),
            None => self.under_way.push(settled),
        }
    }

    /// The channel; a new one if there is none, or it is broken.
    async fn open_channel(&mut self) -> Result<Channel, Trouble> {
        if let Some(channel) = self
            .channel
            .as_ref()
            .filter(|channel| channel.status().connected())
        {
            return Ok(channel.clone());
        }
        self.abandon(&Trouble::unavailable("the channel was closed"));
        let LaneSettings {
            link,
            topology,
            partition,
            ..
        } = &self.settings;
        let channel = link.channel().await?;
        let declaring = topology.declare_line(&channel, Line::Partition(*partition));
        let declaring = declaring.map(|declared| declared.map_err(|refused| refused.error));
        link.reply("declaring a queue", declaring).await?;
        let confirming = channel.confirm_select(ConfirmSelectOptions::default());
        link.reply("asking for confirms", confirming).await?;
        self.channel = Some(channel.clone());
        Ok(channel)
    }

    /// Answers for a message, and for all others that the broker has answered for.
    ///
    /// A returned message comes with a confirm, but not always with its own: the client hands it to whichever confirm
    /// it sees next. That confirm is never seen later than the message's own, so all that are there are looked at
    /// before one is trusted; and if there is a returned message, none is.
    fn settle(&mut self, first: Settled) {
        self.progress = Instant::now();
        let mut settled = vec![first];
        while let Some(Some(next)) = self.under_way.next().now_or_never() {
            settled.push(next);
        }
        let trouble = settled
            .iter()
            .find_map(|(_, outcome)| trouble(outcome, &self.queue));
        for (number, outcome) in settled {
            let Some(caller) = self.callers.remove(&number) else {
                continue;
            };
            caller.answer(match (outcome, &trouble) {
                (Ok(Confirmation::Nack(None)), _) => Err(PublishError::Full {
                    retry_after: self.settings.retry_after,
                }),
                (Ok(Confirmation::Ack(None)), None) => Ok(()),
                (outcome, None) => Err(Trouble::unavailable(format!("unexpected: {outcome:?}")).into()),
                (_, Some(trouble)) => Err(trouble.clone().into()),
            });
        }
        if let Some(trouble) = trouble {
            self.abandon(&trouble);
        }
    }

    /// Answers for all that is under way, which may or may not be stored, and drops the channel.
    fn abandon(&mut self, trouble: &Trouble) {
        if !self.under_way.is_empty() {
            let partition = self.settings.partition.number();
            tracing::warn!(
                partition,
                ?trouble,
                messages = self.under_way.len(),
                "messages were not confirmed"
            );
        }
        self.under_way = FuturesUnordered::new();
        self.channel = None;
        for (_, caller) in self.callers.drain() {
            caller.answer(Err(trouble.clone().into()));
        }
    }
}

impl Caller {
    fn answer(self, outcome: Result<(), PublishError>) {
        let _caller_left = self.answer.send(outcome);
    }
}

/// Why a channel is not to be used any more, if it is not.
fn trouble(outcome: &lapin::Result<Confirmation>, queue: &ShortString) -> Option<Trouble> {
    match outcome {
        Ok(Confirmation::Ack(None) | Confirmation::Nack(None)) => None,
        Ok(Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_))) => Some(Trouble::unavailable(format!(
            "unroutable: the queue {queue} is missing"
        ))),
        Ok(Confirmation::NotRequested) => Some(Trouble::unavailable("the channel confirms nothing")),
        Err(error) => Some(error.clone().into()),
    }
}

async fn publish(
    channel: Channel,
    queue: ShortString,
    body: Bytes,
    properties: BasicProperties,
) -> lapin::Result<Confirmation> {
    let options = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let default_exchange = ShortString::default();
    let confirm = channel.basic_publish(default_exchange, queue, options, &body, properties);
    confirm.await?.await
}
