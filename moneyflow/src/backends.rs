//! The kinds of store and queue, by their URLs.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Context as _;
use queue::Queue;
use queue::embedded::{EmbeddedOptions, EmbeddedQueue};
use store::Store;
use store_sqlite::{MigrationPolicy, Options, SqliteStore};

use crate::cli::StorageArgs;

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreUrl {
    /// In a SQLite file.
    Sqlite(PathBuf),
}

/// Where the queue is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QueueUrl {
    /// In a SQLite file.
    Sqlite(PathBuf),
}

/// Reads `sqlite:PATH`, also as `sqlite://PATH`.
fn sqlite_path(url: &str) -> Result<PathBuf, String> {
    let path = url
        .strip_prefix("sqlite:")
        .map(|rest| rest.strip_prefix("//").unwrap_or(rest));
    match path {
        Some(path) if !path.is_empty() => Ok(PathBuf::from(path)),
        _ => Err("expected sqlite:PATH".to_owned()),
    }
}

impl FromStr for StoreUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        sqlite_path(url).map(Self::Sqlite)
    }
}

impl FromStr for QueueUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        sqlite_path(url).map(Self::Sqlite)
    }
}

/// Where store and queue are, once the configuration is read.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) store: StoreUrl,
    pub(crate) queue: QueueUrl,
}

impl Places {
    /// What the arguments name, else files in the data folder.
    pub(crate) fn of(storage: &StorageArgs) -> Self {
        let file = |name: &str| storage.data_dir.join(name);
        Self {
            store: storage
                .database_url
                .clone()
                .unwrap_or_else(|| StoreUrl::Sqlite(file("moneyflow.db"))),
            queue: storage
                .queue_url
                .clone()
                .unwrap_or_else(|| QueueUrl::Sqlite(file("queue.db"))),
        }
    }

    /// Opens the store.
    pub(crate) async fn open_store(&self, policy: MigrationPolicy) -> anyhow::Result<Arc<dyn Store>> {
        let StoreUrl::Sqlite(path) = &self.store;
        make_folder(path)?;
        let options = store_options(policy);
        let path = path.clone();
        let store = tokio::task::spawn_blocking(move || SqliteStore::open(path, options)).await??;
        Ok(Arc::new(store))
    }

    /// Opens the store only to read it; another process may be serving it.
    pub(crate) async fn watch_store(&self) -> anyhow::Result<Arc<dyn Store>> {
        let StoreUrl::Sqlite(path) = &self.store;
        let path = path.clone();
        let store = tokio::task::spawn_blocking(move || SqliteStore::open_read_only(path)).await??;
        Ok(Arc::new(store))
    }

    /// Opens the queue.
    pub(crate) async fn open_queue(&self) -> anyhow::Result<Arc<dyn Queue>> {
        let QueueUrl::Sqlite(path) = &self.queue;
        make_folder(path)?;
        Ok(Arc::new(EmbeddedQueue::open(path, queue_options()).await?))
    }
}

fn make_folder(file: &Path) -> anyhow::Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))
}

fn store_options(policy: MigrationPolicy) -> Options {
    #[cfg_attr(
        not(feature = "failpoints"),
        expect(unused_mut, reason = "only failpoints change it")
    )]
    let mut options = Options {
        migrations: policy,
        ..Options::default()
    };
    #[cfg(feature = "failpoints")]
    crate::failpoints::arm("store", &mut options.before_commit, &mut options.after_commit);
    options
}

fn queue_options() -> EmbeddedOptions {
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
