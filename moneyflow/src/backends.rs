//! The kinds of store and queue, by their URLs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Context as _;
use queue::Queue;
use queue::embedded::{EmbeddedOptions, EmbeddedQueue};
use queue::rabbitmq::{RabbitOptions, RabbitQueue};
use store::{MoneyStore, Store};
use store_postgres::{OneByOne, PostgresStore};
use store_sqlite::SqliteStore;

use crate::cli::StorageArgs;
use crate::distant_queue::{DistantQueue, Reaching};
use crate::output::Misuse;

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreUrl {
    /// In a SQLite file.
    Sqlite(PathBuf),
    /// On a PostgreSQL server.
    Postgres(ServerUrl),
}

/// Where the queue is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QueueUrl {
    /// In a SQLite file.
    Sqlite(PathBuf),
    /// On a RabbitMQ broker.
    Amqp(ServerUrl),
}

/// The URL of a server, whose password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServerUrl(String);

impl ServerUrl {
    /// The whole URL, with its password: for the client that connects, and for nobody else.
    fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return formatter.write_str("…");
        };
        // Parameters may hold secrets too, and a password may hold an @.
        let place = rest.split_once('?').map_or(rest, |(place, _)| place);
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        write!(formatter, "{scheme}://{place}")
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(formatter),
            Self::Postgres(url) => url.fmt(formatter),
        }
    }
}

impl fmt::Display for QueueUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(formatter),
            Self::Amqp(url) => url.fmt(formatter),
        }
    }
}

/// Reads `sqlite:PATH`, also as `sqlite://PATH`.
fn sqlite_path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// Reads the URL of a server by any of these schemes.
fn server(url: &str, schemes: &[&str]) -> Option<ServerUrl> {
    let (scheme, rest) = url.split_once("://")?;
    (schemes.contains(&scheme) && !rest.is_empty()).then(|| ServerUrl(url.to_owned()))
}

impl FromStr for StoreUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let sqlite = sqlite_path(url).map(Self::Sqlite);
        let postgres = || server(url, &["postgres", "postgresql"]).map(Self::Postgres);
        sqlite
            .or_else(postgres)
            .ok_or_else(|| "expected sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned())
    }
}

impl FromStr for QueueUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let sqlite = sqlite_path(url).map(Self::Sqlite);
        sqlite
            .or_else(|| server(url, &["amqp"]).map(Self::Amqp))
            .ok_or_else(|| "expected sqlite:PATH or amqp://USER:PASSWORD@HOST:PORT/VHOST".to_owned())
    }
}

/// What to do with migrations that a database lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Migrations {
    /// They are applied.
    Apply,
    /// The database is refused.
    Require,
}

/// A migration that a database lacks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct PendingMigration {
    pub(crate) version: u32,
    pub(crate) name: &'static str,
}

/// Where store and queue are, once the configuration is read.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) store: StoreUrl,
    pub(crate) queue: QueueUrl,
    /// What names on a broker begin with.
    queue_prefix: String,
}

impl Places {
    /// What the arguments name, else files in the data folder.
    ///
    /// # Errors
    /// If a URL is none that is known, or none that can be used. It is not repeated: it may hold a password.
    pub(crate) fn of(storage: &StorageArgs) -> anyhow::Result<Self> {
        let file = |name: &str| storage.data_dir.join(name);
        let store = match &storage.database_url {
            Some(url) => read("the database's URL", url)?,
            None => StoreUrl::Sqlite(file("moneyflow.db")),
        };
        let queue = match &storage.queue_url {
            Some(url) => read("the queue's URL", url)?,
            None => QueueUrl::Sqlite(file("queue.db")),
        };
        let queue_prefix = storage.queue_prefix.clone();
        if let QueueUrl::Amqp(url) = &queue {
            let usable = RabbitQueue::check(url.reveal(), &rabbit_options(&queue_prefix));
            usable.map_err(|error| Misuse(error.to_string()))?;
        }
        Ok(Self {
            store,
            queue,
            queue_prefix,
        })
    }

    /// Opens the store.
    pub(crate) async fn open_store(&self, migrations: Migrations) -> anyhow::Result<Arc<dyn MoneyStore>> {
        match &self.store {
            StoreUrl::Sqlite(path) => {
                make_folder(path)?;
                let (path, options) = (path.clone(), sqlite_options(migrations));
                let open = move || SqliteStore::open(path, options);
                Ok(Arc::new(tokio::task::spawn_blocking(open).await??))
            }
            StoreUrl::Postgres(url) => {
                let options = postgres_options(migrations);
                Ok(Arc::new(PostgresStore::connect(url.reveal(), options).await?))
            }
        }
    }

    /// Opens the store only to read it; other processes may be serving it.
    pub(crate) async fn watch_store(&self) -> anyhow::Result<Arc<dyn MoneyStore>> {
        match &self.store {
            StoreUrl::Sqlite(path) => {
                let path = path.clone();
                let open = move || SqliteStore::open_read_only(path);
                Ok(Arc::new(tokio::task::spawn_blocking(open).await??))
            }
            StoreUrl::Postgres(_) => self.open_store(Migrations::Require).await,
        }
    }

    /// The migrations that the store lacks. Changes nothing.
    pub(crate) async fn pending_migrations(&self) -> anyhow::Result<Vec<PendingMigration>> {
        match &self.store {
            StoreUrl::Sqlite(path) => {
                let path = path.clone();
                let pending = tokio::task::spawn_blocking(move || store_sqlite::pending(path)).await??;
                let pending = pending.into_iter().map(|migration| PendingMigration {
                    version: migration.version,
                    name: migration.name,
                });
                Ok(pending.collect())
            }
            StoreUrl::Postgres(url) => {
                let pending = store_postgres::pending(url.reveal()).await?;
                let pending = pending.into_iter().map(|migration| PendingMigration {
                    version: migration.version,
                    name: migration.name,
                });
                Ok(pending.collect())
            }
        }
    }

    /// Opens the queue.
    pub(crate) async fn open_queue(&self) -> anyhow::Result<Arc<dyn Queue>> {
        match &self.queue {
            QueueUrl::Sqlite(path) => {
                make_folder(path)?;
                Ok(Arc::new(EmbeddedQueue::open(path, embedded_options()).await?))
            }
            QueueUrl::Amqp(url) => {
                let options = rabbit_options(&self.queue_prefix);
                Ok(Arc::new(RabbitQueue::connect(url.reveal(), options).await?))
            }
        }
    }

    /// What the names of this system's queues begin with, if they are on a broker.
    pub(crate) fn prefix_on_broker(&self) -> Option<&str> {
        matches!(self.queue, QueueUrl::Amqp(_)).then_some(&*self.queue_prefix)
    }

    /// Deletes this system's queues from the broker, with all messages; files stay. Nobody may have the queue open: they
    /// would declare it anew.
    pub(crate) async fn delete_queue(&self) -> anyhow::Result<()> {
        let QueueUrl::Amqp(url) = &self.queue else {
            return Ok(());
        };
        let queue = RabbitQueue::connect(url.reveal(), rabbit_options(&self.queue_prefix)).await?;
        let deleted = queue.delete().await;
        queue.close().await;
        Ok(deleted?)
    }

    /// Payments per second whose rows the server can insert in bulk, of those that it has; none for the embedded kind.
    pub(crate) async fn bulk_insert_per_s(&self) -> anyhow::Result<Option<u64>> {
        let StoreUrl::Postgres(url) = &self.store else {
            return Ok(None);
        };
        let store = PostgresStore::connect(url.reveal(), postgres_options(Migrations::Require)).await?;
        let measured = store.measure_bulk_insert().await?;
        store.close().await;
        let millis = u64::try_from(measured.took.as_millis())?.max(1);
        Ok(Some(measured.payments * 1_000 / millis))
    }

    /// Transfers per second that the server does in the classic way; none for the embedded kind.
    pub(crate) async fn one_by_one_per_s(&self, asked: OneByOne) -> anyhow::Result<Option<u64>> {
        let StoreUrl::Postgres(url) = &self.store else {
            return Ok(None);
        };
        let store = PostgresStore::connect(url.reveal(), postgres_options(Migrations::Require)).await?;
        let (transfers, took) = store.measure_one_by_one(asked).await?;
        store.close().await;
        let millis = u64::try_from(took.as_millis())?.max(1);
        Ok(Some(transfers * 1_000 / millis))
    }

    /// The queue for a process that only looks at it; none where one process has it to itself.
    pub(crate) fn watch_queue(&self) -> Option<(DistantQueue, Reaching)> {
        match &self.queue {
            QueueUrl::Sqlite(_) => None,
            QueueUrl::Amqp(_) => Some(DistantQueue::reach(self.clone())),
        }
    }
}

fn read<U: FromStr<Err = String>>(what: &str, url: &str) -> anyhow::Result<U> {
    let read = url.parse();
    read.map_err(|expected| Misuse(format!("{what} is of no known kind: {expected}")).into())
}

fn make_folder(file: &Path) -> anyhow::Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))
}

fn postgres_options(migrations: Migrations) -> store_postgres::Options {
    store_postgres::Options {
        migrations: match migrations {
            Migrations::Apply => store_postgres::MigrationPolicy::Apply,
            Migrations::Require => store_postgres::MigrationPolicy::Refuse,
        },
        ..store_postgres::Options::default()
    }
}

fn sqlite_options(migrations: Migrations) -> store_sqlite::Options {
    #[cfg_attr(
        not(feature = "failpoints"),
        expect(unused_mut, reason = "only failpoints change it")
    )]
    let mut options = store_sqlite::Options {
        migrations: match migrations {
            Migrations::Apply => store_sqlite::MigrationPolicy::Apply,
            Migrations::Require => store_sqlite::MigrationPolicy::Require,
        },
        ..store_sqlite::Options::default()
    };
    #[cfg(feature = "failpoints")]
    crate::failpoints::arm("store", &mut options.before_commit, &mut options.after_commit);
    options
}

fn rabbit_options(prefix: &str) -> RabbitOptions {
    RabbitOptions {
        prefix: prefix.to_owned(),
        ..RabbitOptions::default()
    }
}

fn embedded_options() -> EmbeddedOptions {
    #[cfg_attr(
        not(feature = "failpoints"),
        expect(unused_mut, reason = "only failpoints change it")
    )]
    let mut options = EmbeddedOptions::default();
    #[cfg(feature = "failpoints")]
    crate::failpoints::arm(
        "queue",
        &mut options.database.before_commit,
        &mut options.database.after_commit,
    );
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let url: StoreUrl = "postgres://ana:secret@db:5432/moneyflow?password=other"
            .parse()
            .unwrap();
        assert_eq!(url.to_string(), "postgres://db:5432/moneyflow");
        assert!(!format!("{url:?}").contains("secret"));
        let url: StoreUrl = "postgres://ana:se@cret@db/moneyflow".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://db/moneyflow");
        let url: QueueUrl = "amqp://ana:secret@mq:5672/%2f".parse().unwrap();
        assert_eq!(url.to_string(), "amqp://mq:5672/%2f");
        assert!(!format!("{url:?}").contains("secret"));
    }

    #[test]
    fn unknown_kinds_are_refused_and_say_what_is_expected() {
        for url in ["mysql://x", "sqlite:", "postgres:", "amqp://x"] {
            let refused = url.parse::<StoreUrl>().unwrap_err();
            assert!(refused.contains("sqlite:PATH or postgres://"), "{refused}");
        }
        for url in ["kafka://x", "sqlite:", "amqp:", "amqps://x"] {
            let refused = url.parse::<QueueUrl>().unwrap_err();
            assert!(refused.contains("sqlite:PATH or amqp://"), "{refused}");
        }
    }
}
