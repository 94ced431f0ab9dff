//! Stores in databases of their own, on the server that the tests are given.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up fails"
)]
#![allow(dead_code, reason = "every test file uses what it needs of this")]

pub(crate) mod line;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::conformance::{MoneyStoreFactory, StoreFactory};
use store::{MoneyStore, Store, StoreError};
use store_postgres::{MIGRATIONS, MigrationPolicy, Options, PostgresStore};
use uuid::Uuid;

const SERVER: &str = "MONEYFLOW_TEST_DATABASE_URL";

/// The tables of money, whose rows the database keeps as they are, or lets go on in one direction.
pub(crate) const GUARDED: [&str; 9] = [
    "accounts",
    "account_details",
    "transactions",
    "entries",
    "holds",
    "payments",
    "payment_events",
    "ledger_chain",
    "ledger_chain_head",
];

/// Any number that nobody else locks in the database that tests begin in.
const TEMPLATE_LOCK: i64 = 0x7465_6d70_6c61_7465;

/// The URL of the server, as a superuser.
pub(crate) fn server_url() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| {
        panic!(
            "{SERVER} is not set: run `make test`, which starts private servers, or set it to the URL of a superuser \
             on a PostgreSQL server, such as postgres://postgres@127.0.0.1:5432/postgres"
        )
    })
}

/// The URL of another database on the same server.
fn url_of(database: &str) -> String {
    let server = server_url();
    let (before, after) = server.split_once('?').unwrap_or((&server, ""));
    let (host, _) = before.rsplit_once('/').unwrap();
    let question = if after.is_empty() { "" } else { "?" };
    format!("{host}/{database}{question}{after}")
}

/// A connection past the store.
pub(crate) async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// Runs a statement past the store.
pub(crate) async fn execute(url: &str, sql: &str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await
}

/// A database that goes away with this.
pub(crate) struct Database {
    name: String,
    pub(crate) url: String,
}

impl Database {
    /// A database without a schema.
    pub(crate) async fn empty() -> Self {
        Self::create("template1").await
    }

    /// A database with all migrations, made as a copy of one that is migrated once.
    pub(crate) async fn migrated() -> Self {
        Self::create(&template().await).await
    }

    async fn create(template: &str) -> Self {
        let name = format!("moneyflow_test_{}", Uuid::new_v4().simple());
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        execute(&server_url(), &sql).await.unwrap();
        let url = url_of(&name);
        Self { name, url }
    }

    pub(crate) async fn store(&self) -> PostgresStore {
        self.store_with(Options::default()).await
    }

    pub(crate) async fn store_with(&self, options: Options) -> PostgresStore {
        PostgresStore::connect(&self.url, options).await.unwrap()
    }

    /// How many rows of tables, and of their indexes, are read for something. What a session has read is told at its end.
    pub(crate) async fn rows_read<T, F>(
        &self,
        tables: &[&str],
        read: impl FnOnce(PostgresStore) -> F,
    ) -> (T, i64)
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let store = self.store().await;
        let before = self.counted(tables).await;
        let found = read(store.clone()).await.unwrap();
        store.close().await;
        let after = self.counted(tables).await;
        (found, after - before)
    }

    async fn counted(&self, tables: &[&str]) -> i64 {
        let sql = "SELECT ((SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = ANY($1))
            + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = ANY($1)))::bigint";
        let tables: Vec<String> = tables.iter().map(|table| (*table).to_owned()).collect();
        let mut connection = connect(&self.url).await;
        let count = sqlx::query_scalar(sql)
            .bind(tables)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        count
    }

    /// Ends all sessions on this database, as a crash of those who have them or of the server would.
    pub(crate) async fn terminate_sessions(&self) {
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name
        );
        execute(&server_url(), &sql).await.unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // On a thread of its own: tests drop this inside of their runtime, which must not be blocked on.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(execute(&server_url(), &drop))
        });
        let _the_server_may_be_gone = dropped.join();
    }
}

/// The name of a database that is migrated once for every schema, whoever comes first, and then copied.
async fn template() -> String {
    let mut hash = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(
        &MIGRATIONS
            .iter()
            .map(|migration| migration.sql)
            .collect::<Vec<_>>(),
        &mut hash,
    );
    let name = format!("moneyflow_template_{:016x}", std::hash::Hasher::finish(&hash));
    let mut server = connect(&server_url()).await;
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut server)
        .await
        .unwrap();
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut server)
        .await
        .unwrap();
    if !exists {
        // Under another name until it is whole.
        let unfinished = format!("{name}_unfinished");
        for sql in [
            format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"),
            format!("CREATE DATABASE {unfinished}"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut server)
                .await
                .unwrap();
        }
        let store = PostgresStore::connect(&url_of(&unfinished), Options::default())
            .await
            .unwrap();
        store.close().await;
        let rename = format!("ALTER DATABASE {unfinished} RENAME TO {name}");
        sqlx::raw_sql(AssertSqlSafe(rename))
            .execute(&mut server)
            .await
            .unwrap();
    }
    server.close().await.unwrap();
    name
}

/// Makes stores in one database, empty at first.
pub(crate) struct PostgresFactory {
    database: Database,
}

impl PostgresFactory {
    pub(crate) async fn new() -> Self {
        Self {
            database: Database::migrated().await,
        }
    }
}

#[async_trait]
impl StoreFactory for PostgresFactory {
    async fn open(&self) -> Arc<dyn Store> {
        self.open_for_money().await
    }

    async fn crash(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        self.database.terminate_sessions().await;
        drop(store);
        self.open().await
    }

    async fn execute(&self, sql: &str) -> Result<(), String> {
        execute(&self.database.url, sql)
            .await
            .map_err(|error| error.to_string())
    }
}

#[async_trait]
impl MoneyStoreFactory for PostgresFactory {
    async fn open_for_money(&self) -> Arc<dyn MoneyStore> {
        let options = Options {
            migrations: MigrationPolicy::Refuse,
            ..Options::default()
        };
        Arc::new(self.database.store_with(options).await)
    }

    async fn unguard(&self) {
        for table in GUARDED {
            let sql = format!("ALTER TABLE {table} DISABLE TRIGGER ALL");
            self.execute(&sql).await.unwrap();
        }
    }

    fn overriding(&self) -> &'static str {
        "OVERRIDING SYSTEM VALUE"
    }
}

/// Waits for something, but not for ever.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), waiting).await;
    assert!(waited.is_ok(), "{what} did not happen");
}
