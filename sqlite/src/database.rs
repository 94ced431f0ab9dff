//! The handle that everyone else holds.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use crate::connection::open_writer;
use crate::error::{Error, JobError, OpenError, ReadError, WriteError};
use crate::lock::{FileLock, real_path};
use crate::migrations::migrate;
use crate::options::OpenOptions;
use crate::readers::Readers;
use crate::stats::{Counters, Stats};
use crate::writer::{Command, Job, TypedJob, Writer};

/// One open file. Cloning gives another handle to it; the file is closed when [`Database::close`] returns, or when
/// the last handle is dropped.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    commands: mpsc::Sender<Command>,
    readers: Readers,
    counters: Arc<Counters>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Database {
    /// Opens the file, creating it if there is none, and migrates or checks it as the options say. Its folder must
    /// exist. Blocks while it does so: call it before serving, or on a blocking thread.
    ///
    /// # Errors
    ///
    /// If the file is in use, cannot be reached, or has a schema that does not fit; see [`OpenError`].
    pub fn open(path: impl AsRef<Path>, options: OpenOptions) -> Result<Self, OpenError> {
        let path = real_path(path.as_ref())?;
        let lock = FileLock::acquire(&path)?;
        let mut connection = open_writer(&path, &options)?;
        migrate(&mut connection, &path, options.migrations, options.policy)?;
        if let Some(sql) = options.at_open {
            connection
                .execute_batch(sql)
                .map_err(|source| OpenError::Sqlite {
                    path: path.clone(),
                    source,
                })?;
        }
        let readers = Readers::open(&path, &options)?;
        let (commands, receiver) = mpsc::channel(options.waiting_jobs.max(1));
        let counters = Arc::new(Counters::default());
        let thread = thread::Builder::new().name(format!("sqlite-{}", options.name));
        let writer = Writer {
            connection,
            lock,
            commands: receiver,
            options,
            counters: Arc::clone(&counters),
        };
        let writer = thread
            .spawn(move || writer.run())
            .map_err(|source| OpenError::Io {
                path: path.clone(),
                source,
            })?;
        let writer = Mutex::new(Some(writer));
        Ok(Self {
            shared: Arc::new(Shared {
                path,
                commands,
                readers,
                counters,
                writer,
            }),
        })
    }

    /// Runs a job on the writer's connection and returns its result once that is on disk. The jobs of one caller run
    /// in the order of its calls. Waits while too many jobs wait already.
    ///
    /// A job that returns an error is undone alone; its neighbours in the group stand. What a job must keep to is said
    /// in the crate's documentation.
    ///
    /// Dropping the future does not stop a job that was taken on: it runs to its end, unseen. One that still waited
    /// for its place never runs.
    ///
    /// # Errors
    ///
    /// See [`WriteError`]. Whatever the error, nothing of the job was stored.
    pub async fn write<F, T, E>(&self, job: F) -> Result<T, WriteError<E>>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: JobError,
    {
        self.submit(job).await?.done().await
    }

    /// Like [`Database::write`], but returns as soon as the job has its place: what is submitted next runs after it.
    ///
    /// # Errors
    ///
    /// [`WriteError::Closed`] if the database is closed.
    pub async fn submit<F, T, E>(&self, job: F) -> Result<Submitted<T, E>, WriteError<E>>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: JobError,
    {
        let (job, answer) = TypedJob::new(job);
        let job: Box<dyn Job> = Box::new(job);
        self.shared
            .commands
            .send(Command::Run(job))
            .await
            .map_err(|_| Error::Closed)?;
        Ok(Submitted { answer })
    }

    /// Runs a job on a read-only connection, in a snapshot of what was committed when it first reads. Waits for a free
    /// connection. Dropping the future does not stop a job that runs.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn read<F, T, E>(&self, job: F) -> Result<T, ReadError<E>>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: JobError,
    {
        self.shared.readers.run(job).await
    }

    /// The file, by its one absolute path.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// What the writer has done so far.
    pub fn stats(&self) -> Stats {
        self.shared.counters.snapshot()
    }

    /// Finishes what was taken on, refuses what comes later, copies the log into the file and frees the lock. May be
    /// repeated; every call returns when the file is closed.
    pub async fn close(&self) {
        self.shared.readers.close().await;
        // Refused only when the writer has ended already.
        let _ended = self.shared.commands.send(Command::Close).await;
        let shared = Arc::clone(&self.shared);
        let _joined = spawn_blocking(move || shared.join_writer()).await;
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Database")
            .field("path", &self.shared.path)
            .finish_non_exhaustive()
    }
}

/// A job that has its place in the order of writes.
#[derive(Debug)]
#[must_use = "a submitted job runs, but only its answer says whether it was stored"]
pub struct Submitted<T, E> {
    answer: oneshot::Receiver<Result<T, WriteError<E>>>,
}

impl<T, E> Submitted<T, E> {
    /// Waits until the job is on disk. May be dropped: the job runs all the same.
    ///
    /// # Errors
    ///
    /// See [`WriteError`].
    pub async fn done(self) -> Result<T, WriteError<E>> {
        // A job that is dropped unanswered was never run: its writer had ended.
        self.answer.await.unwrap_or(Err(Error::Closed))
    }
}

impl Shared {
    /// Waits for the writer to end. The lock on the handle makes a second caller wait as well.
    fn join_writer(&self) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = writer.take() {
            // A job may own the last handle, and be dropped on the writer's own thread.
            if writer.thread().id() != thread::current().id() && writer.join().is_err() {
                tracing::error!(file = %self.path.display(), "the writer's thread has panicked");
            }
        }
    }
}

impl Drop for Shared {
    /// Waits for what was taken on, at most a few groups, so that the file can be opened again at once.
    fn drop(&mut self) {
        // The writer ends when the last sender is gone; this one has to go before the wait.
        let (nobody, _) = mpsc::channel(1);
        self.commands = nobody;
        self.readers.release();
        self.join_writer();
    }
}
