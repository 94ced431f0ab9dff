//! Partitions and the workers that have them.
//!
//! Everything goes by `clock_timestamp()`, the server's clock at the moment of the statement. No statement waits for a
//! lock that a batch has: renewing and releasing change no key, and what is taken over is locked with SKIP LOCKED.

use async_trait::async_trait;
use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{FromRow, PgConnection, Row};
use store::{
    Leases, PartitionLease, PartitionOwner, PartitionState, Partitions, RenewLeases, StoreError, fair_share,
};
use uuid::Uuid;

use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::statement::Statement;
use crate::value::{Moment, Place, integer};

/// Holds the rows until the end of the database transaction against who would take the partitions over.
const FENCE: &str = "SELECT p.partition
    FROM unnest($1::integer[], $2::bigint[]) AS l (partition, epoch)
    JOIN partitions p ON p.partition = l.partition AND p.epoch = l.epoch
    ORDER BY p.partition FOR KEY SHARE OF p";

const APPEAR: &str = "INSERT INTO workers (id, name, expires_at)
    VALUES ($1, $2, clock_timestamp() + $3 * interval '1 microsecond')
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, expires_at = excluded.expires_at";

const FORGET_THE_EXPIRED: &str = "DELETE FROM workers WHERE id IN (
        SELECT id FROM workers WHERE expires_at <= clock_timestamp() AND id <> $1 FOR UPDATE SKIP LOCKED
    )";

/// How many workers there are, and how many of them come before this one.
const COUNT: &str = "SELECT count(*), count(*) FILTER (WHERE id < $1)
    FROM workers WHERE expires_at > clock_timestamp() OR id = $1";

const MAKE: &str = "INSERT INTO partitions (partition)
    SELECT n FROM generate_series(0, $1 - 1) AS n WHERE NOT EXISTS (SELECT FROM partitions WHERE partition = n)
    ON CONFLICT (partition) DO NOTHING";

const RENEW: &str = "WITH mine AS MATERIALIZED (
        SELECT partition FROM partitions WHERE owner = $1 AND partition < $2 FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE partitions p SET owner_name = $3, expires_at = clock_timestamp() + $4 * interval '1 microsecond'
    FROM mine WHERE p.partition = mine.partition
    RETURNING p.partition, p.epoch";

const TAKE: &str = "WITH free AS MATERIALIZED (
        SELECT partition FROM partitions
        WHERE partition < $2 AND (owner IS NULL OR owner <> $1 AND expires_at <= clock_timestamp())
        ORDER BY partition LIMIT $5 FOR UPDATE SKIP LOCKED
    )
    UPDATE partitions p SET epoch = p.epoch + 1, owner = $1, owner_name = $3,
        expires_at = clock_timestamp() + $4 * interval '1 microsecond'
    FROM free WHERE p.partition = free.partition
    RETURNING p.partition, p.epoch";

const RELEASE: &str = "UPDATE partitions p SET owner = NULL, owner_name = NULL, expires_at = NULL
    FROM unnest($2::integer[], $3::bigint[]) AS l (partition, epoch)
    WHERE p.partition = l.partition AND p.epoch = l.epoch AND p.owner = $1";

const RELEASE_ALL: &str =
    "UPDATE partitions SET owner = NULL, owner_name = NULL, expires_at = NULL WHERE owner = $1";

const LEAVE: &str = "DELETE FROM workers WHERE id = $1";

const LIST: &str = "SELECT partition, epoch, owner, owner_name, expires_at, expires_at > clock_timestamp()
    FROM partitions WHERE epoch > 0 ORDER BY partition";

/// Adds the part `held`: those of the leases, of different partitions, that are good still. Nobody takes these over before
/// the database transaction ends.
pub(crate) fn fence(statement: &mut Statement, leases: &[PartitionLease]) -> Result<(), Fault> {
    let epochs = leases.iter().map(|lease| integer(lease.epoch));
    statement
        .part("held", FENCE)
        .bind(leases.iter().map(|lease| i32::from(lease.partition)).bind_iter())
        .bind(epochs.collect::<Result<Vec<_>, _>>()?);
    Ok(())
}

fn lease((partition, epoch): (i32, i64)) -> Result<PartitionLease, Fault> {
    let broken = || Fault::corrupt("partitions", &partition, &"it is out of range");
    Ok(PartitionLease {
        partition: u16::try_from(partition).map_err(|_| broken())?,
        epoch: u64::try_from(epoch).map_err(|_| broken())?,
    })
}

async fn renew(connection: &mut PgConnection, renew: RenewLeases) -> Result<Leases, Fault> {
    let length_us = i64::try_from(renew.lease.as_micros())
        .map_err(|_| Fault::refused("a lease of more than 292,000 years is none"))?;
    let (workers, rank) = appear(connection, &renew, length_us).await?;
    let partitions = i32::from(renew.partitions);
    sqlx::query(MAKE)
        .bind(partitions)
        .execute(&mut *connection)
        .await?;
    let mut held: Vec<(i32, i64)> = sqlx::query_as(RENEW)
        .bind(renew.worker)
        .bind(partitions)
        .bind(&renew.name)
        .bind(length_us)
        .fetch_all(&mut *connection)
        .await?;
    let share = usize::from(fair_share(renew.partitions, workers, rank));
    let wanted = share.saturating_sub(held.len());
    if wanted > 0 {
        let taken: Vec<(i32, i64)> = sqlx::query_as(TAKE)
            .bind(renew.worker)
            .bind(partitions)
            .bind(&renew.name)
            .bind(length_us)
            .bind(i64::try_from(wanted).unwrap_or(i64::MAX))
            .fetch_all(&mut *connection)
            .await?;
        held.extend(taken);
    }
    held.sort_unstable();
    let held = held.into_iter().map(lease).collect::<Result<Vec<_>, _>>()?;
    let surplus = held.get(share..).unwrap_or_default().to_vec();
    Ok(Leases {
        held,
        surplus,
        workers,
    })
}

/// Notes that the worker is there and who is not; how many workers there are, and which of them this one is.
async fn appear(
    connection: &mut PgConnection,
    renew: &RenewLeases,
    length_us: i64,
) -> Result<(u32, u32), Fault> {
    sqlx::query(APPEAR)
        .bind(renew.worker)
        .bind(&renew.name)
        .bind(length_us)
        .execute(&mut *connection)
        .await?;
    sqlx::query(FORGET_THE_EXPIRED)
        .bind(renew.worker)
        .execute(&mut *connection)
        .await?;
    let (workers, rank): (i64, i64) = sqlx::query_as(COUNT)
        .bind(renew.worker)
        .fetch_one(connection)
        .await?;
    let place = Place::new("workers", renew.worker);
    Ok((place.number(workers)?, place.number(rank)?))
}

async fn release(
    connection: &mut PgConnection,
    worker: Uuid,
    leases: Vec<PartitionLease>,
) -> Result<(), Fault> {
    if leases.is_empty() {
        return Ok(());
    }
    let epochs: Vec<i64> = leases
        .iter()
        .map(|lease| integer(lease.epoch))
        .collect::<Result<_, _>>()?;
    sqlx::query(RELEASE)
        .bind(worker)
        .bind(leases.iter().map(|lease| i32::from(lease.partition)).bind_iter())
        .bind(epochs)
        .execute(connection)
        .await?;
    Ok(())
}

async fn leave(connection: &mut PgConnection, worker: Uuid) -> Result<(), Fault> {
    for statement in [RELEASE_ALL, LEAVE] {
        sqlx::query(statement)
            .bind(worker)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

struct PartitionRow {
    partition: i32,
    epoch: i64,
    owner: Option<Uuid>,
    owner_name: Option<String>,
    expires_at: Option<Moment>,
    is_good: Option<bool>,
}

impl FromRow<'_, PgRow> for PartitionRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            partition: row.try_get(0)?,
            epoch: row.try_get(1)?,
            owner: row.try_get(2)?,
            owner_name: row.try_get(3)?,
            expires_at: row.try_get(4)?,
            is_good: row.try_get(5)?,
        })
    }
}

impl TryFrom<PartitionRow> for PartitionState {
    type Error = Fault;

    fn try_from(row: PartitionRow) -> Result<Self, Fault> {
        let PartitionLease { partition, epoch } = lease((row.partition, row.epoch))?;
        let owner = match (row.owner, row.owner_name, row.expires_at) {
            (Some(worker), Some(name), Some(expires_at)) if row.is_good == Some(true) => {
                Some(PartitionOwner {
                    worker,
                    name,
                    expires_at: Place::new("partitions", worker).time(expires_at)?,
                })
            }
            _ => None,
        };
        Ok(Self {
            partition,
            epoch,
            owner,
        })
    }
}

#[async_trait]
impl Partitions for PostgresStore {
    async fn renew_leases(&self, wanted: RenewLeases) -> Result<Leases, StoreError> {
        self.write(move |connection| Box::pin(renew(connection, wanted)))
            .await
    }

    async fn release_leases(&self, worker: Uuid, leases: Vec<PartitionLease>) -> Result<(), StoreError> {
        self.write(move |connection| Box::pin(release(connection, worker, leases)))
            .await
    }

    async fn leave(&self, worker: Uuid) -> Result<(), StoreError> {
        self.write(move |connection| Box::pin(leave(connection, worker)))
            .await
    }

    async fn list_partitions(&self) -> Result<Vec<PartitionState>, StoreError> {
        self.read(|connection| {
            Box::pin(async move {
                let rows: Vec<PartitionRow> = sqlx::query_as(LIST).fetch_all(connection).await?;
                crate::pages::shaped(rows)
            })
        })
        .await
    }
}
