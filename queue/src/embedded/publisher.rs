//! Putting messages in: many callers, one task, one transaction at a time.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use super::core::Core;
use super::line::LineId;
use super::sql::{self, NewRow, Stored};
use crate::error::{PublishError, QueueError};
use crate::message::Message;
use crate::port::Publisher;

/// What one transaction stores at most, but for a submission that is larger by itself.
const BATCH_MESSAGES: usize = 2048;
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// What the publishing task is asked to do.
pub(super) enum Command {
    Publish(Submission),
    /// Finish what waits, take nothing more, and end.
    Close,
}

/// Messages of one caller that are stored together or not at all, for which room is reserved.
pub(super) struct Submission {
    messages: Vec<Message>,
    caller: oneshot::Sender<Result<(), PublishError>>,
}

impl Submission {
    fn body_bytes(&self) -> u64 {
        self.messages.iter().map(body_bytes).sum()
    }
}

/// A caller's end.
pub(super) struct EmbeddedPublisher {
    core: Arc<Core>,
    commands: mpsc::Sender<Command>,
}

impl EmbeddedPublisher {
    pub(super) fn new(core: Arc<Core>, commands: mpsc::Sender<Command>) -> Self {
        Self { core, commands }
    }

    /// Stores those messages that there is room for, in one transaction.
    async fn submit(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        // The place comes first: between reserving room and submitting nothing may be cancelled.
        let Ok(place) = self.commands.reserve().await else {
            return vec![Err(closed()); messages.len()];
        };
        let mut outcomes = self.core.reserve(messages.iter().map(body_bytes));
        let fitting: Vec<Message> = messages
            .into_iter()
            .zip(&outcomes)
            .filter_map(|(message, outcome)| outcome.is_ok().then_some(message))
            .collect();
        if fitting.is_empty() {
            return outcomes;
        }
        let (caller, answer) = oneshot::channel();
        place.send(Command::Publish(Submission {
            messages: fitting,
            caller,
        }));
        if let Err(error) = answer.await.unwrap_or_else(|_| Err(closed())) {
            for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
                *outcome = Err(error.clone());
            }
        }
        outcomes
    }
}

#[async_trait]
impl Publisher for EmbeddedPublisher {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let mut outcomes = self.submit(vec![message]).await;
        outcomes.pop().unwrap_or_else(|| Err(closed()))
    }

    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        self.submit(messages).await
    }
}

/// The one task that numbers and stores messages: so numbers grow in the order in which they are committed, and what
/// is submitted while one batch commits is the next batch.
pub(super) struct Publishing {
    core: Arc<Core>,
    commands: mpsc::Receiver<Command>,
    /// The last number given out, by line.
    newest: Vec<u64>,
}

impl Publishing {
    pub(super) fn new(core: Arc<Core>, commands: mpsc::Receiver<Command>, newest: Vec<u64>) -> Self {
        Self {
            core,
            commands,
            newest,
        }
    }

    /// Runs until it is told to close, or until nobody is left who could publish.
    pub(super) async fn run(mut self) {
        while let Some(command) = self.commands.recv().await {
            match command {
                Command::Publish(first) => {
                    let batch = self.gather(first);
                    self.store(batch).await;
                }
                Command::Close => self.commands.close(),
            }
        }
    }

    /// The first submission and those that wait behind it.
    fn gather(&mut self, first: Submission) -> Vec<Submission> {
        let mut messages = first.messages.len();
        let mut bytes = first.body_bytes();
        let mut batch = vec![first];
        while messages < BATCH_MESSAGES && bytes < BATCH_BYTES as u64 {
            match self.commands.try_recv() {
                Ok(Command::Publish(next)) => {
                    messages += next.messages.len();
                    bytes += next.body_bytes();
                    batch.push(next);
                }
                Ok(Command::Close) => self.commands.close(),
                Err(_) => break,
            }
        }
        batch
    }

    async fn store(&mut self, batch: Vec<Submission>) {
        let bytes = batch.iter().map(Submission::body_bytes).sum();
        let (messages, callers): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|submission| (submission.messages, submission.caller))
            .unzip();
        let messages: Vec<Message> = messages.into_iter().flatten().collect();
        let count = messages.len() as u64;
        let mut newest = self.newest.clone();
        let rows = number(messages, &mut newest);
        let written = self
            .core
            .database
            .write(move |connection| Ok((sql::insert(connection, &rows)?, rows)))
            .await;
        let failure = match written {
            Ok((enqueued_at_ms, rows)) => {
                self.newest = newest;
                self.core
                    .enter(rows.into_iter().map(|row| place(row, enqueued_at_ms)));
                None
            }
            Err(error) => {
                self.core.state().free(count, bytes);
                Some(error)
            }
        };
        for caller in callers {
            // A caller that has gone away does not take its message back.
            let _caller_left = caller.send(
                failure
                    .as_ref()
                    .map_or(Ok(()), |error| Err(PublishError::from(error))),
            );
        }
    }
}

/// Gives each message the next number of its line. Rows of one line stand together, which spares the table's tree
/// from jumping about.
fn number(mut messages: Vec<Message>, newest: &mut [u64]) -> Vec<NewRow> {
    messages.sort_by_key(|message| message.partition);
    let numbered = messages.into_iter().filter_map(|message| {
        let line = LineId::from(message.partition);
        let last = newest.get_mut(line.index())?;
        *last += 1;
        Some(NewRow {
            line,
            number: *last,
            message,
        })
    });
    numbered.collect()
}

fn place(row: NewRow, enqueued_at_ms: i64) -> (LineId, Stored) {
    (
        row.line,
        Stored {
            number: row.number,
            deliveries: 0,
            enqueued_at_ms,
            message: row.message,
        },
    )
}

fn body_bytes(message: &Message) -> u64 {
    message.body.len() as u64
}

fn closed() -> PublishError {
    PublishError::Unavailable {
        reason: QueueError::Closed.to_string(),
    }
}
