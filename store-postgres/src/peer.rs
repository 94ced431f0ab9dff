//! What this server does when transfers are made in the classic way: each in a database transaction of its own that locks
//! its two accounts by `SELECT … FOR UPDATE`, looks at the balance, and writes. The measure that transfers through the desk
//! are told beside.
//!
//! Its tables hold what such a ledger needs and no more; it knows no companies, answers, holds or HTTP.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::StoreError;
use tokio::task::JoinSet;

use crate::PostgresStore;
use crate::fault::Fault;

const TABLES: &str = "
    DROP SCHEMA IF EXISTS moneyflow_peer CASCADE;
    CREATE SCHEMA moneyflow_peer;
    CREATE TABLE moneyflow_peer.accounts (
        id      bigint NOT NULL PRIMARY KEY,
        balance bigint NOT NULL CHECK (balance >= 0),
        entries bigint NOT NULL
    ) WITH (fillfactor = 70);
    CREATE TABLE moneyflow_peer.transfers (
        id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key        text        NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE moneyflow_peer.entries (
        account_id    bigint NOT NULL,
        number        bigint NOT NULL,
        transfer_id   bigint NOT NULL,
        amount        bigint NOT NULL,
        balance_after bigint NOT NULL,
        PRIMARY KEY (account_id, number)
    );
";

const OPEN: &str = "INSERT INTO moneyflow_peer.accounts (id, balance, entries)
    SELECT id, 1000000000000, 0 FROM generate_series(0, $1::bigint - 1) AS id";

const LOCK: &str =
    "SELECT id, balance FROM moneyflow_peer.accounts WHERE id IN ($1, $2) ORDER BY id FOR UPDATE";
const MOVE: &str =
    "UPDATE moneyflow_peer.accounts SET balance = balance + $2, entries = entries + 1 WHERE id = $1
    RETURNING entries, balance";
const NOTE: &str = "INSERT INTO moneyflow_peer.transfers (key) VALUES ($1) RETURNING id";
const ENTER: &str =
    "INSERT INTO moneyflow_peer.entries (account_id, number, transfer_id, amount, balance_after)
    VALUES ($1, $2, $3, $4, $5)";

/// How much each transfer moves, in minor units.
const AMOUNT: i64 = 100;

/// What is transferred, by so many connections, for how long.
#[derive(Debug, Clone, Copy)]
pub struct OneByOne {
    /// The ends of the nth transfer: two different numbers below [`accounts`](Self::accounts).
    pub ends: fn(number: u64, accounts: u32) -> (u32, u32),
    /// How many accounts there are.
    pub accounts: u32,
    /// How many connections transfer at once, each one transfer after another.
    pub connections: u32,
    /// For how long.
    pub duration: Duration,
}

impl PostgresStore {
    /// Measures how many transfers this server does in the classic way, and how long that took. What that needs is in a
    /// schema of its own, which is gone afterwards. Not for a database in use.
    ///
    /// # Errors
    /// What the server said.
    pub async fn measure_one_by_one(&self, asked: OneByOne) -> Result<(u64, Duration), StoreError> {
        let mut connection = self.acquire().await?;
        let prepared = prepare(&mut connection, asked.accounts).await;
        prepared.map_err(Fault::from)?;
        let measured = self.transfer_at_once(asked).await;
        connection
            .execute("DROP SCHEMA moneyflow_peer CASCADE")
            .await
            .map_err(Fault::from)?;
        Ok(measured.map_err(Fault::from)?)
    }

    async fn transfer_at_once(&self, asked: OneByOne) -> sqlx::Result<(u64, Duration)> {
        let options = self.pool().connect_options();
        let mut connections = Vec::new();
        for _ in 0..asked.connections {
            connections.push(PgConnection::connect_with(&options).await?);
        }
        let started = Instant::now();
        let mut lanes = JoinSet::new();
        for (lane, mut connection) in (0_u64..).zip(connections) {
            lanes.spawn(async move {
                let mut number = lane;
                while started.elapsed() < asked.duration {
                    transfer(&mut connection, number, (asked.ends)(number, asked.accounts)).await?;
                    number += u64::from(asked.connections);
                }
                connection.close().await?;
                Ok::<_, sqlx::Error>(number / u64::from(asked.connections))
            });
        }
        let mut transfers = 0;
        while let Some(lane) = lanes.join_next().await {
            transfers += lane.map_err(|error| sqlx::Error::Protocol(error.to_string()))??;
        }
        Ok((transfers, started.elapsed()))
    }
}

async fn prepare(connection: &mut PgConnection, accounts: u32) -> sqlx::Result<()> {
    connection.execute(AssertSqlSafe(TABLES)).await?;
    sqlx::query(OPEN)
        .bind(i64::from(accounts))
        .execute(&mut *connection)
        .await?;
    connection
        .execute("VACUUM ANALYZE moneyflow_peer.accounts")
        .await?;
    connection.execute("CHECKPOINT").await.map(|_| ())
}

async fn transfer(connection: &mut PgConnection, number: u64, ends: (u32, u32)) -> sqlx::Result<()> {
    let (source, destination) = (i64::from(ends.0), i64::from(ends.1));
    let mut unit = connection.begin().await?;
    let locked: Vec<(i64, i64)> = sqlx::query_as(LOCK)
        .bind(source)
        .bind(destination)
        .fetch_all(&mut *unit)
        .await?;
    let is_covered = locked
        .iter()
        .any(|(id, balance)| *id == source && *balance >= AMOUNT);
    if locked.len() != 2 || !is_covered {
        return unit.rollback().await;
    }
    let (transfer_id,): (i64,) = sqlx::query_as(NOTE)
        .bind(format!("peer-{number}"))
        .fetch_one(&mut *unit)
        .await?;
    for (account_id, amount) in [(source, -AMOUNT), (destination, AMOUNT)] {
        let (entry, balance): (i64, i64) = sqlx::query_as(MOVE)
            .bind(account_id)
            .bind(amount)
            .fetch_one(&mut *unit)
            .await?;
        sqlx::query(ENTER)
            .bind(account_id)
            .bind(entry)
            .bind(transfer_id)
            .bind(amount)
            .bind(balance)
            .execute(&mut *unit)
            .await?;
    }
    unit.commit().await
}
