//! Units of work: one database transaction each, begun, ended and cleaned up here and nowhere else.
//!
//! A unit runs in a task of its own. Whoever asked for it may go away, at any moment, and the unit still commits or rolls
//! back: if its future were dropped while `BEGIN` is under way, the driver would put a connection with an open database
//! transaction back into the pool, and the next caller's writes would vanish with it.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgConnection, Postgres};
use store::{LockWait, Outage, StoreError};

use crate::connect::PostgresStore;
use crate::fault::{Failure, Fault};
use crate::kept::Lent;

/// How the database transaction of a unit begins.
#[derive(Clone, Copy)]
pub(crate) enum Begin {
    /// To write.
    Write,
    /// To write runs. The lock keeps nobody out: by it, readers of what changed see who is still writing. It is had
    /// before the database transaction gets its id. Statements are planned once per connection: the planner would else
    /// plan those of small batches every time, which takes it longer than running them.
    WriteRuns,
    /// To move money by statements that are planned once per connection, for the same reason. All money of a process goes
    /// through one unit after another, so none waits for a lock as long as others may.
    MoveMoney(LockWait),
    /// To find out which rows are locked, by locking those that are not. Nothing is written, so that it is lost in a crash
    /// does not matter.
    LookForLocks,
    /// To read several things as they are at one moment.
    Snapshot,
    /// The same, of so much that it takes its time.
    LongSnapshot,
}

impl Begin {
    fn sql(self) -> &'static str {
        match self {
            Self::Write => "BEGIN",
            Self::WriteRuns => {
                "BEGIN; LOCK TABLE runs IN ROW EXCLUSIVE MODE; SET LOCAL plan_cache_mode = force_generic_plan"
            }
            Self::MoveMoney(LockWait::Usual) => {
                "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL lock_timeout = '200ms'"
            }
            Self::MoveMoney(LockWait::Brief) => {
                "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL lock_timeout = '50ms'"
            }
            Self::LookForLocks => {
                "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL lock_timeout = '50ms'; \
                 SET LOCAL synchronous_commit = off"
            }
            Self::Snapshot | Self::LongSnapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// The time after which the server is taken for gone, given the one that goes for all but long reads.
    fn deadline(self, deadline: Duration) -> Duration {
        match self {
            Self::LongSnapshot => Duration::from_hours(24),
            Self::Write | Self::WriteRuns | Self::MoveMoney(_) | Self::LookForLocks | Self::Snapshot => {
                deadline
            }
        }
    }
}

/// What a unit does on its connection.
pub(crate) type Work<'c, T, E> = BoxFuture<'c, Result<T, E>>;

impl PostgresStore {
    /// Reads by a single statement, or by several that need not agree.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T, Fault> + Send,
    {
        let mut connection = self.acquire().await?;
        let done = tokio::time::timeout(self.deadline(), work(&mut connection)).await;
        in_time(done, &mut connection).map_err(StoreError::from)
    }

    /// Writes by a single statement, which is a database transaction of its own: whoever goes away leaves none open.
    pub(crate) async fn write_at_once<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T, Fault> + Send,
    {
        self.read(work).await
    }

    /// Reads by several statements, all as of one moment.
    pub(crate) async fn read_snapshot<T, F>(&self, begin: Begin, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T, Fault> + Send + 'static,
    {
        let done: Result<T, Infallible> = self
            .unit(begin, |connection| {
                let work = work(connection);
                Box::pin(async { Ok(work.await?) })
            })
            .await?;
        let Ok(read) = done;
        Ok(read)
    }

    /// Writes all of a unit or, if it fails, nothing.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T, Fault> + Send + 'static,
    {
        self.write_as(Begin::Write, work).await
    }

    /// The same, begun in another way.
    pub(crate) async fn write_as<T, F>(&self, begin: Begin, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T, Fault> + Send + 'static,
    {
        let done: Result<T, Infallible> = self
            .unit(begin, |connection| {
                let work = work(connection);
                Box::pin(async { Ok(work.await?) })
            })
            .await?;
        let Ok(written) = done;
        Ok(written)
    }

    /// Writes all of a unit or, if it fails or rejects the request, nothing. Once this was polled the unit runs to its
    /// end.
    pub(crate) async fn unit<T, R, F>(&self, begin: Begin, work: F) -> Result<Result<T, R>, StoreError>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T, Failure<R>> + Send + 'static,
    {
        let store = self.clone();
        let unit = tokio::spawn(async move {
            let work = match store.kept().take() {
                Some(lent) => match store.attempt(lent, begin, work).await {
                    Ok(done) => return told(done),
                    // The connection was lost since it was kept, and nothing is begun yet.
                    Err((_, work)) => work,
                },
                None => work,
            };
            let lent = Lent::by_the_pool(store.acquire().await?);
            match store.attempt(lent, begin, work).await {
                Ok(done) => told(done),
                Err((fault, _)) => Err(fault.into()),
            }
        });
        unit.await.unwrap_or_else(|error| {
            Err(StoreError::Unavailable {
                outage: Outage::Other,
                message: format!("the unit of work did not end: {error}"),
            })
        })
    }

    /// Runs a unit, within its deadline. If it cannot even be begun, the work comes back. A connection that did not answer
    /// in time is thrown away: its server may be gone without a word.
    async fn attempt<T, R, F>(
        &self,
        mut lent: Lent,
        begin: Begin,
        work: F,
    ) -> Result<Result<T, Failure<R>>, (Fault, F)>
    where
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T, Failure<R>>,
    {
        let deadline = begin.deadline(self.deadline());
        let done = tokio::time::timeout(deadline, run(&mut lent.connection, begin, work)).await;
        let Ok(in_time) = done else {
            lent.connection.close_on_drop();
            return Ok(Err(no_answer().into()));
        };
        let done = in_time?;
        if done.is_ok() {
            self.kept().keep(lent, || self.pool().is_closed());
        }
        Ok(done)
    }

    pub(crate) async fn acquire(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        match self.pool().acquire().await {
            // No connection could be made in time: others have them all only if there are as many as there may be.
            Err(error @ sqlx::Error::PoolTimedOut) if !self.all_connections_are_made() => {
                Err(StoreError::Unavailable {
                    outage: Outage::Connection,
                    message: format!("no connection could be made: {error}"),
                })
            }
            acquired => acquired.map_err(|error| Fault::from(error).into()),
        }
    }
}

/// Runs a unit between its `BEGIN` and its `COMMIT` or `ROLLBACK`. If it cannot be begun, the work comes back.
async fn run<T, R, F>(
    connection: &mut PgConnection,
    begin: Begin,
    work: F,
) -> Result<Result<T, Failure<R>>, (Fault, F)>
where
    F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T, Failure<R>>,
{
    let mut transaction = match connection.begin_with(begin.sql()).await {
        Ok(transaction) => transaction,
        Err(error) => return Err((error.into(), work)),
    };
    match work(&mut transaction).await {
        Ok(answer) => {
            let committed = transaction.commit().await;
            Ok(committed
                .map(|()| answer)
                .map_err(|error| Fault::from(error).into()))
        }
        Err(failure) => {
            // Its locks are let go of before anybody is told. That this may fail too says nothing new.
            let _same_as_the_failure = transaction.rollback().await;
            Ok(Err(failure))
        }
    }
}

/// What became of a unit, as its caller hears it: a rejection is an answer.
fn told<T, R>(done: Result<T, Failure<R>>) -> Result<Result<T, R>, StoreError> {
    match done {
        Ok(answer) => Ok(Ok(answer)),
        Err(Failure::Rejected(rejection)) => Ok(Err(rejection)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

/// What reading came to within its deadline. A connection that did not answer in time is thrown away here as well.
fn in_time<T>(
    done: Result<Result<T, Fault>, tokio::time::error::Elapsed>,
    connection: &mut PoolConnection<Postgres>,
) -> Result<T, Fault> {
    done.unwrap_or_else(|_| {
        connection.close_on_drop();
        Err(no_answer())
    })
}

fn no_answer() -> Fault {
    Fault::unavailable(Outage::Connection, "the database did not answer in time")
}
