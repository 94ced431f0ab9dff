//! The store as a whole: how it is opened, read, written and closed.

use std::convert::Infallible;
use std::path::Path;

use async_trait::async_trait;
use rusqlite::Connection;
use sqlite::{CommitHook, Database, Migration, MigrationPolicy, OpenError, OpenOptions, ReadOnly};
use store::{Outage, Store, StoreError};

use crate::fault::{Failure, Fault, sort};
use crate::partitions::FORGET_WORKERS;
use crate::schema::MIGRATIONS;

/// A log of 64 MiB: claims and accounts are changed all over the file, and the longer the log, the more often a page was
/// changed again before it is copied.
const CHECKPOINT_PAGES: u32 = 16 * 1024;

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// Whether migrations that the file lacks are applied or refused.
    pub migrations: MigrationPolicy,
    /// How many reads run at once.
    pub readers: usize,
    /// Called on the writer's thread before each commit.
    pub before_commit: Option<CommitHook>,
    /// Called on the writer's thread after each commit, before anyone is told of it.
    pub after_commit: Option<CommitHook>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            migrations: MigrationPolicy::Apply,
            readers: 4,
            before_commit: None,
            after_commit: None,
        }
    }
}

/// A store in one SQLite file. It serves one process at a time.
#[derive(Debug)]
pub struct SqliteStore {
    file: File,
}

#[derive(Debug)]
enum File {
    Served(Database),
    Watched(ReadOnly),
}

/// The migrations that the file at `path` lacks; all of them if there is no such file. Changes nothing, and the file
/// may be in use.
///
/// # Errors
///
/// If the file cannot be read, was written by a newer binary, or received a migration that was edited since.
pub fn pending(path: impl AsRef<Path>) -> Result<Vec<Migration>, OpenError> {
    sqlite::pending(path, MIGRATIONS)
}

impl SqliteStore {
    /// Opens the file, creating it if there is none and migrations are applied. Its folder must exist. Blocks
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// If the file is in use, cannot be reached, or has a schema that does not fit.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let options = OpenOptions {
            policy: options.migrations,
            at_open: Some(FORGET_WORKERS),
            readers: options.readers,
            before_commit: options.before_commit,
            after_commit: options.after_commit,
            checkpoint_pages: CHECKPOINT_PAGES,
            ..OpenOptions::new("store", MIGRATIONS)
        };
        Ok(Self {
            file: File::Served(Database::open(path, options)?),
        })
    }

    /// Opens a file that may be in use by another process, only to read it: without its lock, beside its writer, each
    /// read in one snapshot. Every write is refused as unavailable.
    ///
    /// # Errors
    ///
    /// If there is no such file, it cannot be read, or it lacks migrations.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let options = OpenOptions {
            readers: 1,
            ..OpenOptions::new("store", MIGRATIONS)
        };
        Ok(Self {
            file: File::Watched(ReadOnly::open(path, &options)?),
        })
    }

    /// Reads, in one snapshot.
    pub(crate) async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let job = move |connection: &Connection| job(connection).map_err(Failure::<Infallible>::Fault);
        let done = match &self.file {
            File::Served(database) => database.read(job).await,
            File::Watched(database) => database.read(job).await,
        };
        let Ok(read) = sort(done)?;
        Ok(read)
    }

    /// Writes all of a job or, if it fails, nothing.
    pub(crate) async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let job = move |connection: &Connection| job(connection).map_err(Failure::<Infallible>::Fault);
        let Ok(written) = self.write_or_reject(job).await?;
        Ok(written)
    }

    /// Writes all of a job or, if it fails or rejects the request, nothing.
    ///
    /// Once this was polled the job runs to its end: it has a task of its own, which outlives the caller.
    pub(crate) async fn write_or_reject<T, R, F>(&self, job: F) -> Result<Result<T, R>, StoreError>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure<R>> + Send + 'static,
    {
        let File::Served(database) = &self.file else {
            return Err(unavailable(Outage::Other, "the file was opened to be read only"));
        };
        let database = database.clone();
        let done = tokio::spawn(async move { database.write(job).await });
        let done = done
            .await
            .map_err(|_| unavailable(Outage::Connection, "the process is shutting down"))?;
        sort(done)
    }
}

fn unavailable(outage: Outage, message: &str) -> StoreError {
    StoreError::Unavailable {
        outage,
        message: message.to_owned(),
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.read(|connection| {
            connection.query_row("SELECT last FROM run_revision", [], |_| Ok(()))?;
            Ok(())
        })
        .await
    }

    async fn close(&self) {
        match &self.file {
            File::Served(database) => database.close().await,
            File::Watched(database) => database.close().await,
        }
    }
}
