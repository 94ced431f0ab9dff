//! Stores in folders of their own.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use rusqlite::Connection;
use store::conformance::{MoneyStoreFactory, StoreFactory};
use store::{MoneyStore, Store};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// A store in a folder that goes away with this.
pub(crate) struct SqliteFactory {
    folder: TempDir,
    crashes: AtomicU32,
}

impl Default for SqliteFactory {
    fn default() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            crashes: AtomicU32::new(0),
        }
    }
}

impl SqliteFactory {
    /// The file that is in use now: after each crash it is another one.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder
            .path()
            .join(format!("store.{}.db", self.crashes.load(Ordering::SeqCst)))
    }

    pub(crate) fn open_store(&self) -> SqliteStore {
        SqliteStore::open(self.path(), Options::default()).unwrap()
    }

    /// The names of all triggers.
    fn triggers(&self) -> Vec<String> {
        let connection = Connection::open(self.path()).unwrap();
        let list = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
        let mut list = connection.prepare(list).unwrap();
        let names = list.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    }
}

#[async_trait]
impl StoreFactory for SqliteFactory {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.open_store())
    }

    /// Copies the file and its log as they are on disk, while the store has them open, and goes on with the copies.
    async fn crash(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        let old = self.path();
        self.crashes.fetch_add(1, Ordering::SeqCst);
        let new = self.path();
        std::fs::copy(&old, &new).unwrap();
        std::fs::copy(with_suffix(&old, "-wal"), with_suffix(&new, "-wal")).unwrap();
        drop(store);
        self.open().await
    }

    async fn execute(&self, sql: &str) -> Result<(), String> {
        let connection = Connection::open(self.path()).unwrap();
        connection.execute_batch(sql).map_err(|error| error.to_string())
    }
}

#[async_trait]
impl MoneyStoreFactory for SqliteFactory {
    async fn open_for_money(&self) -> Arc<dyn MoneyStore> {
        Arc::new(self.open_store())
    }

    async fn unguard(&self) {
        for trigger in self.triggers() {
            self.execute(&format!("DROP TRIGGER {trigger}")).await.unwrap();
        }
    }

    fn overriding(&self) -> &'static str {
        ""
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
