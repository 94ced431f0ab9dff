//! What the server can take of these rows when nothing else is done with them: the measure that batches are told as a
//! share of.
//!
//! Payments that are stored already are laid out once, by the batches that they would be written in. What is timed is
//! then copying them, batch by batch, each with a commit of its own, into tables like those that they came from, with
//! their indexes and CHECKs and without their triggers; no claim is looked up, nothing is locked, read or decided on, and no client sends a row.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::StoreError;

use crate::PostgresStore;
use crate::fault::Fault;

/// Payments in a batch: as many as a worker takes at once.
const BATCH: i64 = 512;
/// How many of the newest payments are copied at the most.
const PAYMENTS: i64 = 512 * 60;

/// The tables that a payment writes rows to, each with how its rows are found from the runs.
const TABLES: [(&str, &str); 6] = [
    ("claims", "JOIN claims t ON t.id = r.claim_id"),
    ("events", "JOIN events t ON t.claim_id = r.claim_id"),
    ("runs", "JOIN runs t ON t.id = r.id"),
    ("transactions", "JOIN transactions t ON t.run_id = r.id"),
    (
        "entries",
        "JOIN transactions o ON o.run_id = r.id JOIN entries t ON t.transaction_number = o.number",
    ),
    ("outbox", "JOIN outbox t ON t.run_id = r.id"),
];

/// How fast rows of payments were inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkInsert {
    /// How many payments' rows.
    pub payments: u64,
    /// How long that took, commits included.
    pub took: Duration,
}

impl PostgresStore {
    /// Measures how fast this server inserts the rows of the payments that it has, newest first, in batches and nothing
    /// else. What that needs is in a schema of its own, which is gone afterwards. Not for a database in use.
    ///
    /// # Errors
    /// What the server said.
    pub async fn measure_bulk_insert(&self) -> Result<BulkInsert, StoreError> {
        let mut connection = self.acquire().await?;
        prepare(&mut connection).await.map_err(Fault::from)?;
        let measured = copy(&mut connection).await;
        connection
            .execute("DROP SCHEMA moneyflow_limit CASCADE")
            .await
            .map_err(Fault::from)?;
        Ok(measured.map_err(Fault::from)?)
    }
}

async fn prepare(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection
        .execute("DROP SCHEMA IF EXISTS moneyflow_limit CASCADE")
        .await?;
    connection.execute("CREATE SCHEMA moneyflow_limit").await?;
    let newest = format!(
        "CREATE UNLOGGED TABLE moneyflow_limit.newest AS
         SELECT id, claim_id, (row_number() OVER (ORDER BY number) - 1) / {BATCH} AS batch
         FROM (SELECT id, claim_id, number FROM runs ORDER BY number DESC LIMIT {PAYMENTS}) r"
    );
    connection.execute(AssertSqlSafe(newest)).await?;
    for (table, join) in TABLES {
        let laid_out = format!(
            "CREATE UNLOGGED TABLE moneyflow_limit.laid_out_{table} AS
             SELECT r.batch, t AS laid_out FROM moneyflow_limit.newest r {join};
             CREATE INDEX ON moneyflow_limit.laid_out_{table} (batch);
             ANALYZE moneyflow_limit.laid_out_{table};
             CREATE TABLE moneyflow_limit.{table} (LIKE {table} INCLUDING ALL)"
        );
        connection.execute(AssertSqlSafe(laid_out)).await?;
    }
    connection.execute("CHECKPOINT").await.map(|_| ())
}

async fn copy(connection: &mut PgConnection) -> sqlx::Result<BulkInsert> {
    let payments: i64 = sqlx::query_scalar("SELECT count(*) FROM moneyflow_limit.newest")
        .fetch_one(&mut *connection)
        .await?;
    let started = Instant::now();
    for batch in 0..(payments + BATCH - 1) / BATCH {
        let mut unit = connection.begin().await?;
        for (table, _) in TABLES {
            let insert = format!(
                "INSERT INTO moneyflow_limit.{table} OVERRIDING SYSTEM VALUE
                 SELECT (laid_out).* FROM moneyflow_limit.laid_out_{table} WHERE batch = $1"
            );
            sqlx::query(AssertSqlSafe(insert))
                .bind(batch)
                .execute(&mut *unit)
                .await?;
        }
        unit.commit().await?;
    }
    Ok(BulkInsert {
        payments: u64::try_from(payments).unwrap_or_default(),
        took: started.elapsed(),
    })
}
