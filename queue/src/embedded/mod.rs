//! The embedded kind: a table in a SQLite file of its own, for one process.
//!
//! # How it works
//!
//! - *Publishing.* One task gathers what callers submit while the last batch commits, numbers it, inserts it in one
//!   transaction and answers all. So one `fsync` serves everyone who waits.
//! - *Taking.* What was published lately is also kept in memory, up to a bound, so that in the steady state nothing is
//!   read. What did not fit, and what was there at the start, is read from the table in order.
//! - *Counting deliveries.* Before a batch is handed out, one number per partition is stored: the highest that was
//!   delivered since the file was opened. On opening, every message up to it is counted once more. Only a message that
//!   is delivered again while the process lives costs an update of its row.
//! - *Acknowledging.* Rows are deleted in ranges, in one transaction per call, which shares its commit with the others.
//!
//! # Lock order
//!
//! The state's lock is held for moments, never across a wait, and is taken after no other.

mod acknowledger;
mod consumer;
mod core;
mod failure;
mod line;
mod options;
mod publisher;
mod sql;
mod staging;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc};
use tokio::task::{JoinHandle, spawn_blocking};

use self::consumer::EmbeddedConsumer;
use self::core::Core;
use self::line::LineId;
use self::publisher::{Command, EmbeddedPublisher, Publishing};
use self::staging::Seat;
use crate::error::QueueError;
use crate::message::PartitionDepth;
use crate::partition::Partition;
use crate::port::{Consumer, EventBus, Publisher, Queue};

pub use self::options::EmbeddedOptions;
pub use self::sql::MIGRATIONS;

/// Submissions that may wait for the publishing task before publishers themselves wait.
const WAITING_SUBMISSIONS: usize = 4096;

/// A queue in a SQLite file. Close it before opening its file again: dropping it closes it too, but a moment later.
pub struct EmbeddedQueue {
    core: Arc<Core>,
    commands: mpsc::Sender<Command>,
    publishing: Mutex<Option<JoinHandle<()>>>,
}

/// Why a queue's file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file was refused.
    #[error(transparent)]
    File(#[from] sqlite::OpenError),
    /// What the last process left could not be taken up.
    #[error("cannot take up what is in the queue: {0}")]
    Recovery(#[from] QueueError),
}

impl EmbeddedQueue {
    /// Opens the file, creating it if there is none. What was delivered and not acknowledged when it was last open
    /// will be delivered again, in its place.
    ///
    /// # Errors
    ///
    /// If the file is in use, cannot be reached or has a schema that does not fit.
    pub async fn open(path: impl AsRef<Path>, options: EmbeddedOptions) -> Result<Self, OpenError> {
        let path = path.as_ref().to_owned();
        let database_options = options.database.clone();
        let database = spawn_blocking(move || sqlite::Database::open(path, database_options))
            .await
            .map_err(|error| QueueError::Unavailable {
                reason: error.to_string(),
            })??;
        let recovered = database.write(sql::recover).await.map_err(QueueError::from)?;
        let newest = recovered.iter().map(|line| line.newest).collect();
        let core = Arc::new(Core::new(database, options, &recovered));
        let (commands, receiver) = mpsc::channel(WAITING_SUBMISSIONS);
        let publishing = Publishing::new(Arc::clone(&core), receiver, newest);
        let publishing = Mutex::new(Some(tokio::spawn(publishing.run())));
        Ok(Self {
            core,
            commands,
            publishing,
        })
    }

    /// What the file's writer has done: how many jobs shared how many commits.
    pub fn stats(&self) -> sqlite::Stats {
        self.core.database.stats()
    }

    fn consumer(&self, line: LineId, taken: QueueError) -> Result<Box<dyn Consumer>, QueueError> {
        let session = self.core.begin_session(line, taken)?;
        Ok(Box::new(EmbeddedConsumer::new(Seat {
            core: Arc::clone(&self.core),
            line,
            session,
        })))
    }
}

#[async_trait]
impl Queue for EmbeddedQueue {
    fn publisher(&self) -> Arc<dyn Publisher> {
        Arc::new(EmbeddedPublisher::new(
            Arc::clone(&self.core),
            self.commands.clone(),
        ))
    }

    async fn consume(&self, partition: Partition) -> Result<Box<dyn Consumer>, QueueError> {
        self.consumer(partition.into(), QueueError::PartitionTaken(partition))
    }

    async fn dead(&self) -> Result<Box<dyn Consumer>, QueueError> {
        self.consumer(LineId::DEAD, QueueError::DeadTaken)
    }

    async fn depths(&self) -> Result<Vec<PartitionDepth>, QueueError> {
        let ages = self.core.database.read(sql::oldest_ages).await?;
        Ok(self.core.depths(&ages))
    }

    fn events(&self) -> Option<Arc<dyn EventBus>> {
        // Nobody outside of this process can listen to a file.
        None
    }

    async fn health(&self) -> Result<(), QueueError> {
        // A write, and not a read: what counts is whether a message could be stored.
        self.core
            .database
            .write(sql::touch)
            .await
            .map_err(QueueError::from)
    }

    async fn close(&self) {
        self.core.refuse_and_wake();
        // Refused only when the task has ended already.
        let _ended = self.commands.send(Command::Close).await;
        if let Some(publishing) = self.publishing.lock().await.take()
            && let Err(error) = publishing.await
        {
            tracing::error!(%error, "the queue's publishing task ended badly");
        }
        self.core.database.close().await;
    }
}
