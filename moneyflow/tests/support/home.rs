//! Where a system under test keeps what it stores: in files, or on the servers that the environment names.

use std::time::Instant;

use futures_util::StreamExt as _;
use lapin::options::{
    BasicConsumeOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::uri::{AMQPAuthority, AMQPUri};
use lapin::{Connection, ConnectionProperties, Consumer};
use serde_json::Value;
use service::{Ids as _, SystemIds};
use sqlx::Executor as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tempfile::TempDir;
use tokio::process::Command;

use super::{DEADLINE, poll_pause};

const DATABASE_VARIABLE: &str = "MONEYFLOW_TEST_DATABASE_URL";
const QUEUE_VARIABLE: &str = "MONEYFLOW_TEST_QUEUE_URL";

/// A folder, and maybe a database and names on a broker, all of its own.
pub(crate) struct Home {
    pub(crate) folder: TempDir,
    servers: Option<Servers>,
}

struct Servers {
    /// The server's own database.
    admin_url: String,
    database_url: String,
    queue_url: String,
    /// The same, unless the broker was moved.
    seen_queue_url: String,
    /// The name of the database, and what the names on the broker begin with.
    name: String,
}

impl Home {
    /// Files in a folder.
    pub(crate) fn embedded() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            folder,
            servers: None,
        }
    }

    /// A database and queues on the servers that the environment names.
    pub(crate) async fn on_servers() -> Self {
        let (admin_url, queue_url) = (server(DATABASE_VARIABLE), server(QUEUE_VARIABLE));
        let name = format!("moneyflow_test_{}", SystemIds.next().simple());
        execute(&admin_url, format!("CREATE DATABASE {name}")).await;
        let options: PgConnectOptions = admin_url.parse().expect("a PostgreSQL URL");
        let database_url = sqlx::ConnectOptions::to_url_lossy(&options.database(&name)).to_string();
        Self {
            servers: Some(Servers {
                admin_url,
                database_url,
                seen_queue_url: queue_url.clone(),
                queue_url,
                name,
            }),
            ..Self::embedded()
        }
    }

    /// Makes a command that needs no queue work here.
    #[allow(dead_code, reason = "not every binary of tests uses it")]
    pub(crate) fn name_store_to(&self, command: &mut Command) {
        command.arg("--data-dir").arg(self.folder.path());
        if let Some(servers) = &self.servers {
            command.args(["--database-url", &servers.database_url]);
        }
    }

    /// Makes a command work here.
    pub(crate) fn name_to(&self, command: &mut Command) {
        self.name_store_to(command);
        if let Some(servers) = &self.servers {
            command.args(["--queue-url", &servers.seen_queue_url]);
            command.args(["--queue-prefix", &servers.name]);
        }
    }

    /// Makes commands look for the broker elsewhere on this machine, for a test that stands between the two. Answers
    /// where it really is.
    pub(crate) fn move_broker(&mut self, port: u16) -> (String, u16) {
        let servers = self.servers.as_mut().expect("a home on servers");
        let uri: AMQPUri = servers.queue_url.parse().expect("an AMQP URL");
        let AMQPAuthority {
            userinfo,
            host,
            port: real,
        } = uri.authority;
        let vhost = uri.vhost.replace('/', "%2f");
        let (name, password) = (userinfo.username, userinfo.password);
        servers.seen_queue_url = format!("amqp://{name}:{password}@127.0.0.1:{port}/{vhost}");
        (host, real)
    }

    /// How many queues with this prefix there are.
    pub(crate) async fn queues(&self, prefix: &str) -> usize {
        let servers = self.servers.as_ref().expect("a home on servers");
        let connection = connect(&servers.queue_url).await;
        let options = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::default()
        };
        let mut found = 0;
        for name in queue_names(prefix) {
            // One that is missing closes the channel.
            let channel = connection.create_channel().await.expect("a channel");
            let asked = channel
                .queue_declare(name.into(), options, FieldTable::default())
                .await;
            found += usize::from(asked.is_ok());
        }
        found
    }

    /// Waits until there are so many queues with this prefix.
    pub(crate) async fn wait_for_queues(&self, prefix: &str, count: usize) {
        let deadline = Instant::now() + DEADLINE;
        while self.queues(prefix).await != count {
            assert!(
                Instant::now() < deadline,
                "there never were {count} queues {prefix}.*"
            );
            poll_pause().await;
        }
    }

    /// Changes entries behind the system's back, as only the owner of the database could.
    pub(crate) async fn tamper(&self, sql: &str) {
        if let Some(servers) = &self.servers {
            let sql = format!("ALTER TABLE entries DISABLE TRIGGER ALL; {sql}");
            return execute(&servers.database_url, sql).await;
        }
        let connection = rusqlite::Connection::open(self.folder.path().join("moneyflow.db"));
        let sql = format!("DROP TRIGGER entries_are_never_updated; {sql}");
        connection
            .expect("a file")
            .execute_batch(&sql)
            .expect("it may be done");
    }

    /// Listens to events of these types, if there is a broker that carries any.
    pub(crate) async fn listen(&self, types: &str) -> Option<Listener> {
        let servers = self.servers.as_ref()?;
        let connection = connect(&servers.queue_url).await;
        let channel = connection.create_channel().await.expect("a channel");
        let own = QueueDeclareOptions {
            exclusive: true,
            ..QueueDeclareOptions::default()
        };
        let queue = channel.queue_declare("".into(), own, FieldTable::default());
        let name = queue.await.expect("a queue").name().clone();
        let exchange = format!("{}.events", servers.name).into();
        let (options, arguments) = (QueueBindOptions::default(), FieldTable::default());
        let bound = channel.queue_bind(name.clone(), exchange, types.into(), options, arguments);
        bound.await.expect("an exchange");
        let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
        let consumer = channel.basic_consume(name, "".into(), options, arguments).await;
        Some(Listener {
            consumer: consumer.expect("a queue"),
            _connection: connection,
        })
    }

    /// Waits until a query counts anything in this home's database.
    pub(crate) async fn wait_for_rows(&self, count: &'static str) {
        let servers = self.servers.as_ref().expect("a home on servers");
        let options: PgConnectOptions = servers.database_url.parse().expect("a PostgreSQL URL");
        let mut connection = sqlx::ConnectOptions::connect(&options)
            .await
            .expect("the server answers");
        let deadline = Instant::now() + DEADLINE;
        // Until it is migrated there is nothing to be asked.
        while !matches!(
            sqlx::query_scalar::<_, i64>(count)
                .fetch_one(&mut connection)
                .await,
            Ok(1..)
        ) {
            assert!(
                Instant::now() < deadline,
                "there never was anything to be found: {count}"
            );
            poll_pause().await;
        }
    }

    /// Leaves nothing behind.
    pub(crate) async fn remove(self) {
        let Some(servers) = self.servers else { return };
        execute(
            &servers.admin_url,
            format!("DROP DATABASE {} WITH (FORCE)", servers.name),
        )
        .await;
        remove_queues(&servers.queue_url, &servers.name).await;
    }
}

/// Hears events, in the order in which they come.
pub(crate) struct Listener {
    consumer: Consumer,
    _connection: Connection,
}

impl Listener {
    /// The next event.
    pub(crate) async fn next(&mut self) -> Value {
        let delivery = tokio::time::timeout(DEADLINE, self.consumer.next()).await;
        let delivery = delivery.expect("an event in time").expect("the broker goes on");
        serde_json::from_slice(&delivery.expect("a delivery").data).expect("JSON")
    }
}

fn server(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is missing: run `make test`, which starts servers of its own, or set it")
    })
}

async fn execute(url: &str, sql: String) {
    let options: PgConnectOptions = url.parse().expect("a PostgreSQL URL");
    let mut connection: PgConnection = sqlx::ConnectOptions::connect(&options)
        .await
        .expect("the server answers");
    connection
        .execute(sqlx::AssertSqlSafe(sql))
        .await
        .expect("it may be done");
}

async fn connect(url: &str) -> Connection {
    Connection::connect(url, ConnectionProperties::default())
        .await
        .expect("the broker answers")
}

fn queue_names(prefix: &str) -> impl Iterator<Item = String> {
    let lines = (0..16).map(move |number| format!("{prefix}.payments.{number:02}"));
    lines.chain([format!("{prefix}.payments.dead")])
}

async fn remove_queues(url: &str, prefix: &str) {
    let connection = connect(url).await;
    let channel = connection.create_channel().await.expect("a channel");
    for queue in queue_names(prefix) {
        channel
            .queue_delete(queue.into(), QueueDeleteOptions::default())
            .await
            .expect("it is deleted");
    }
    channel
        .exchange_delete(
            format!("{prefix}.events").into(),
            ExchangeDeleteOptions::default(),
        )
        .await
        .expect("it is deleted");
}

/// Declares each of these tests once for every kind of store and queue. Each is given the home of its system.
#[allow(unused_macros, reason = "not every binary of tests uses it")]
macro_rules! on_every_kind {
    ($($test:ident),* $(,)?) => {
        mod embedded {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    let home = crate::support::Home::embedded();
                    super::$test(&home).await;
                }
            )*
        }
        mod on_servers {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    let home = crate::support::Home::on_servers().await;
                    super::$test(&home).await;
                    home.remove().await;
                }
            )*
        }
    };
}
#[allow(unused_imports, reason = "not every binary of tests uses it")]
pub(crate) use on_every_kind;
