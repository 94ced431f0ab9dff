//! Connections that have just done well, kept for who comes next.
//!
//! A pool asks a connection whether it still answers before it lends it, and has it cleaned once it is given back: two
//! round trips, half as many as a small batch takes. And it lends its connections in turn, so that each of them plans every
//! statement, and none has anything in its caches. A connection that a moment ago ended its work in good order answers, and
//! is clean. So a few of those stay out of the pool, and the one that was used last is used next.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use tokio::time::Instant;

/// For how long nothing is asked. After a longer rest the pool asks. One that was lost sooner than that is found out when
/// a unit cannot be begun on it, and the unit is begun on another.
const FRESH: Duration = Duration::from_secs(1);
/// For how long a connection stays out of the pool, which sees to it that none grows too old.
const LONGEST: Duration = Duration::from_mins(5);
/// One of so many connections is kept: the others are for who finds none.
const ONE_OF: usize = 4;

/// A connection out of the pool.
#[derive(Debug)]
pub(crate) struct Lent {
    pub(crate) connection: PoolConnection<Postgres>,
    since: Instant,
}

impl Lent {
    /// One that the pool has just lent.
    pub(crate) fn by_the_pool(connection: PoolConnection<Postgres>) -> Self {
        Self {
            connection,
            since: Instant::now(),
        }
    }
}

/// The connections that are kept, each with when it was used last.
#[derive(Debug)]
pub(crate) struct Kept {
    most: usize,
    connections: Mutex<Vec<(Instant, Lent)>>,
}

impl Kept {
    /// None yet, of a pool of so many.
    pub(crate) fn of(max_connections: u32) -> Self {
        let most = usize::try_from(max_connections).unwrap_or(usize::MAX) / ONE_OF;
        Self {
            most,
            connections: Mutex::default(),
        }
    }

    /// The one that was used last, unless it has rested for so long that it must be asked.
    pub(crate) fn take(&self) -> Option<Lent> {
        let (used_at, lent) = self.lock().pop()?;
        (used_at.elapsed() < FRESH && lent.since.elapsed() < LONGEST).then_some(lent)
    }

    /// Keeps a connection that has ended its work in good order, if there is room and the pool is open.
    pub(crate) fn keep(&self, lent: Lent, is_closed: impl FnOnce() -> bool) {
        let mut connections = self.lock();
        // Asked under the lock: once closing has taken all of them, nothing is added.
        if connections.len() < self.most && !is_closed() {
            connections.push((Instant::now(), lent));
        }
    }

    /// Gives all of them back.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// No step under the lock leaves anything half changed.
    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, Lent)>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Kept {
    /// Giving them back takes a runtime, which may be gone by now.
    fn drop(&mut self) {
        for (_, lent) in self.lock().drain(..) {
            drop(lent.connection.detach());
        }
    }
}
