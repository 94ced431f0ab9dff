//! A file that somebody else serves, opened only to look at it.

use std::fmt;
use std::path::Path;

use rusqlite::Connection;

use crate::error::{JobError, OpenError, ReadError};
use crate::migrations::pending;
use crate::options::OpenOptions;
use crate::readers::Readers;

/// A file that is only read, beside the process that serves it: it takes no lock, and nobody waits for it. A read that
/// takes long keeps the log from being cut back, as any reader does.
pub struct ReadOnly {
    readers: Readers,
}

impl ReadOnly {
    /// Opens the file, which must exist and have every migration that is known.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or has a schema that does not fit; see [`OpenError`].
    pub fn open(path: impl AsRef<Path>, options: &OpenOptions) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let readers = Readers::open(path, options)?;
        let missing = pending(path, options.migrations)?.len();
        if missing > 0 {
            return Err(OpenError::Unmigrated {
                path: path.to_owned(),
                missing,
            });
        }
        Ok(Self { readers })
    }

    /// Runs a job on a read-only connection, as [`Database::read`](crate::Database::read) does.
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
        self.readers.run(job).await
    }

    /// Waits for the reads that run, and refuses further ones.
    pub async fn close(&self) {
        self.readers.close().await;
    }
}

impl fmt::Debug for ReadOnly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReadOnly").finish_non_exhaustive()
    }
}
