//! The store as a whole: how it is opened, and closed.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool};
use store::{Store, StoreError};

use crate::kept::Kept;
use crate::migrate::{self, Migration};

/// The oldest server that has all that is used here.
const OLDEST_SERVER: u32 = 150_000;

/// How long a server that says that it is starting is waited for.
const START: Duration = Duration::from_secs(10);

/// How often it is asked meanwhile.
const START_POLL: Duration = Duration::from_millis(200);

/// What to do about migrations that a database lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationPolicy {
    /// Apply them.
    Apply,
    /// Refuse to open the database: somebody else decides when it is migrated.
    Refuse,
}

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether migrations that the database lacks are applied or refused.
    pub migrations: MigrationPolicy,
    /// How many connections there are at most. Every batch, and every other call, uses one while it lasts.
    pub max_connections: u32,
    /// How long a call waits for a connection, also for one that has to be made.
    pub acquire_timeout: Duration,
    /// How long a statement waits for a lock before it gives up: [`store::Outage::Contention`]. Movements of money give up
    /// sooner: [`store::LockWait`].
    pub lock_timeout: Duration,
    /// How long the server lets a database transaction idle before it ends the session. A process that was stopped in
    /// the middle of a batch loses its locks by this, and must lose them before others give up waiting.
    pub idle_in_transaction_timeout: Duration,
    /// How long a call may take before the server is taken for gone. Walks over the whole ledger, and statistics, are
    /// not bound by it.
    pub deadline: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            migrations: MigrationPolicy::Apply,
            max_connections: 20,
            acquire_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(10),
            idle_in_transaction_timeout: Duration::from_secs(10),
            deadline: Duration::from_mins(1),
        }
    }
}

/// Why a store was not opened. No text in here has the password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL says nothing that can be connected to.
    #[error(
        "the database's URL cannot be used: {message}; expected postgres://user:password@host:port/database"
    )]
    Url {
        /// What is wrong with it.
        message: String,
    },
    /// The server could not be reached, or let nobody in.
    #[error("cannot open the PostgreSQL database {database}: {message}")]
    Unreachable {
        /// Its name, host and port.
        database: String,
        /// What the server or the network said.
        message: String,
    },
    /// The server is too old.
    #[error("PostgreSQL {version} is too old: 15 or newer is needed")]
    OldServer {
        /// The server's version.
        version: String,
    },
    /// The database lacks migrations, and was not to be migrated.
    #[error("the database lacks {missing} migrations: run `moneyflow migrate`")]
    Unmigrated {
        /// How many it lacks.
        missing: usize,
    },
    /// A newer binary has migrated the database.
    #[error(
        "the database was written by a newer moneyflow: it is at schema {at}, this binary knows up to {known}"
    )]
    Newer {
        /// The first schema version of the database that this binary does not know.
        at: i64,
        /// The newest version that this binary knows.
        known: usize,
    },
    /// A migration was changed after the database had received it.
    #[error(
        "migration {version} ({name}) differs from the one that was applied: restore it and add a new migration"
    )]
    Edited {
        /// The migration's version.
        version: u32,
        /// Its name.
        name: &'static str,
    },
    /// A migration failed, and left nothing behind.
    #[error("migration {version} ({name}) failed: {message}")]
    Migration {
        /// The migration's version.
        version: u32,
        /// Its name.
        name: &'static str,
        /// What the server said.
        message: String,
    },
    /// The server refused something else.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
}

/// A store in a PostgreSQL database. Cloning it is cheap: clones share its connections.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    pool: PgPool,
    kept: Arc<Kept>,
    options: Arc<Options>,
}

/// The migrations that the database lacks. Changes nothing.
///
/// # Errors
///
/// If the database cannot be reached, was migrated by a newer binary, or received a migration that was edited since.
pub async fn pending(url: &str) -> Result<Vec<Migration>, OpenError> {
    let mut connection = connect(&read_url(url)?).await?;
    let missing = migrate::missing(&mut connection).await?.to_vec();
    connection.close().await?;
    Ok(missing)
}

impl PostgresStore {
    /// Opens a database that exists. A server that is starting is waited for, some seconds; one that is not there is not.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached or has a schema that does not fit.
    pub async fn connect(url: &str, options: Options) -> Result<Self, OpenError> {
        let target = read_url(url)?;
        let mut connection = connect(&target).await?;
        match options.migrations {
            MigrationPolicy::Apply => migrate::apply(&mut connection).await?,
            MigrationPolicy::Refuse => {
                let missing = migrate::missing(&mut connection).await?.len();
                if missing > 0 {
                    return Err(OpenError::Unmigrated { missing });
                }
            }
        }
        migrate::rebase(&mut connection).await?;
        connection.close().await?;
        let pool = pool(&options).connect_lazy_with(session(target, &options));
        Ok(Self {
            pool,
            kept: Arc::new(Kept::of(options.max_connections)),
            options: Arc::new(options),
        })
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) fn kept(&self) -> &Kept {
        &self.kept
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.options.deadline
    }

    pub(crate) fn all_connections_are_made(&self) -> bool {
        self.pool.size() >= self.options.max_connections
    }
}

fn read_url(url: &str) -> Result<PgConnectOptions, OpenError> {
    let read = PgConnectOptions::from_str(url).map_err(|error| OpenError::Url {
        message: error.to_string(),
    })?;
    Ok(read.application_name("moneyflow").disable_statement_logging())
}

async fn connect(target: &PgConnectOptions) -> Result<PgConnection, OpenError> {
    let started = tokio::time::Instant::now();
    loop {
        match PgConnection::connect_with(target).await {
            Ok(connection) => return served(connection),
            Err(error) if is_starting(&error) && started.elapsed() < START => {
                tokio::time::sleep(START_POLL).await;
            }
            Err(error) => return Err(unreachable(target, &error)),
        }
    }
}

fn served(connection: PgConnection) -> Result<PgConnection, OpenError> {
    match connection.server_version_num() {
        Some(version) if version < OLDEST_SERVER => Err(OpenError::OldServer {
            version: format!("{}", version / 10_000),
        }),
        _ => Ok(connection),
    }
}

fn is_starting(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.code().as_deref() == Some("57P03"))
}

fn unreachable(target: &PgConnectOptions, error: &dyn Display) -> OpenError {
    let name = target.get_database().unwrap_or(target.get_username());
    OpenError::Unreachable {
        database: format!("{name} on {}:{}", target.get_host(), target.get_port()),
        message: error.to_string(),
    }
}

/// What is set on every connection.
fn session(target: PgConnectOptions, options: &Options) -> PgConnectOptions {
    let milliseconds = |time: Duration| format!("{}ms", time.as_millis());
    target.options([
        ("lock_timeout", milliseconds(options.lock_timeout)),
        (
            "idle_in_transaction_session_timeout",
            milliseconds(options.idle_in_transaction_timeout),
        ),
        ("timezone", "UTC".to_owned()),
        // No statement here is long enough for compiling it to pay.
        ("jit", "off".to_owned()),
        // What is used is in memory, or on a disk without arms: an index is nearly always right.
        ("random_page_cost", "1.1".to_owned()),
    ])
}

fn pool(options: &Options) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        // After a server came back, connections of the one before are found out by asking, not by failing.
        .test_before_acquire(true)
        .after_release(|connection, _| {
            Box::pin(async move {
                // Whatever was left open ends here; see `unit`. A lone ROLLBACK would put a warning into the server's log
                // for every call that left nothing open.
                connection.execute("BEGIN; ROLLBACK").await?;
                Ok(true)
            })
        })
}

#[async_trait]
impl Store for PostgresStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.read(|connection| {
            Box::pin(async move {
                sqlx::query("SELECT base FROM run_revision")
                    .fetch_one(connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    async fn close(&self) {
        // Closed from here on: nothing is kept any more, and all that was goes back to be closed.
        let closed = self.pool.close();
        self.kept.clear();
        closed.await;
    }
}
