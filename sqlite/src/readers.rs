//! The connections that read: as many reads at once as there are connections, each in its own snapshot.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::connection::open_reader;
use crate::error::{Error, JobError, OpenError, classify, panic_text};
use crate::options::OpenOptions;

/// A permit stands for one connection in `idle`.
pub(crate) struct Readers {
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
    size: u32,
}

impl Readers {
    pub(crate) fn open(path: &Path, options: &OpenOptions) -> Result<Self, OpenError> {
        let size = u32::try_from(options.readers.max(1)).unwrap_or(u32::MAX);
        let connections: Vec<_> = (0..size)
            .map(|_| open_reader(path, options))
            .collect::<Result<_, _>>()?;
        let permits = Arc::new(Semaphore::new(connections.len()));
        Ok(Self {
            permits,
            idle: Arc::new(Mutex::new(connections)),
            size,
        })
    }

    pub(crate) async fn run<F, T, E>(&self, job: F) -> Result<T, Error<E>>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: JobError,
    {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| Error::Closed)?;
        let idle = Arc::clone(&self.idle);
        let done = spawn_blocking(move || {
            let connection = lend(&idle).ok_or(Error::Closed)?;
            let result = in_snapshot(&connection, job);
            give_back(&idle, connection);
            drop(permit);
            result
        });
        done.await.unwrap_or(Err(Error::Closed))
    }

    /// Waits for the reads that run, refuses further ones, and closes the connections.
    pub(crate) async fn close(&self) {
        let _all_or_closed_already = self.permits.acquire_many(self.size).await;
        self.permits.close();
        self.release();
    }

    /// Closes the connections that no read holds.
    pub(crate) fn release(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn lend(idle: &Mutex<Vec<Connection>>) -> Option<Connection> {
    idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

fn give_back(idle: &Mutex<Vec<Connection>>, connection: Connection) {
    idle.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(connection);
}

fn in_snapshot<F, T, E>(connection: &Connection, job: F) -> Result<T, Error<E>>
where
    F: FnOnce(&Connection) -> Result<T, E>,
    E: JobError,
{
    let snapshot = connection
        .unchecked_transaction()
        .map_err(|error| classify(E::from(error)))?;
    // Unwind safety: a reader has nothing to leave half done, and what the job owned dies with it.
    let result = catch_unwind(AssertUnwindSafe(|| job(&snapshot)));
    // Dropping it rolls back, which for a reader only ends the snapshot.
    drop(snapshot);
    match result {
        Ok(result) => result.map_err(classify),
        Err(payload) => Err(Error::Panicked(panic_text(&*payload))),
    }
}
