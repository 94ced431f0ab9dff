//! Who works on which partition.
//!
//! One process serves the file, and its writer runs one job at a time: so a renewal sees all others as they are, and
//! waits for none. The clock is the database's, as every kind of store has it; it ticks in milliseconds.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use store::{
    Leased, Leases, PartitionLease, PartitionOwner, PartitionState, Partitions, RenewLeases, StoreError,
    fair_share,
};
use uuid::Uuid;

use crate::SqliteStore;
use crate::fault::Fault;
use crate::value::{UuidBytes, integer};

/// Run when a file is opened to be served: whoever had a lease until then is gone, for the file serves one process.
/// Else what comes up after a crash would wait until the leases of its predecessor run out.
pub(crate) const FORGET_WORKERS: &str = "BEGIN IMMEDIATE;
    UPDATE partitions SET worker = NULL, expires_at = NULL WHERE worker IS NOT NULL;
    DELETE FROM workers;
    COMMIT";

const NOW: &str = "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)";

const FORGET: &str = "DELETE FROM workers WHERE expires_at <= ?1";

const GREET: &str = "INSERT INTO workers (id, name, expires_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, expires_at = excluded.expires_at";

const WORKERS: &str = "SELECT count(*), count(*) FILTER (WHERE id < ?1) FROM workers";

const RENEW: &str = "UPDATE partitions SET expires_at = ?2 WHERE worker = ?1";

const ALL: &str = "SELECT partition, epoch, worker, expires_at FROM partitions ORDER BY partition";

const TAKE: &str = "INSERT INTO partitions (partition, epoch, worker, expires_at) VALUES (?1, 1, ?2, ?3)
    ON CONFLICT (partition) DO UPDATE
        SET epoch = epoch + 1, worker = excluded.worker, expires_at = excluded.expires_at
    RETURNING epoch";

const RELEASE: &str = "UPDATE partitions SET worker = NULL, expires_at = NULL
    WHERE partition = ?1 AND epoch = ?2 AND worker = ?3";

const RELEASE_ALL: &str = "UPDATE partitions SET worker = NULL, expires_at = NULL WHERE worker = ?1";

const LEAVE: &str = "DELETE FROM workers WHERE id = ?1";

const EPOCH: &str = "SELECT epoch FROM partitions WHERE partition = ?1";

const LIST: &str = "SELECT p.partition, p.epoch, p.worker, p.expires_at, w.name
    FROM partitions p LEFT JOIN workers w ON w.id = p.worker ORDER BY p.partition";

/// A partition as it was read.
struct Row {
    epoch: u64,
    owner: Option<(Uuid, i64)>,
}

/// Whether a lease is still the partition's. What is decided on it holds until the job ends: nobody else writes.
pub(crate) fn check(connection: &Connection, lease: PartitionLease) -> Result<Leased, Fault> {
    let mut statement = connection.prepare_cached(EPOCH)?;
    let found: Option<u64> = statement
        .query_row([lease.partition], |row| row.get(0))
        .optional()?;
    Ok(if found == Some(lease.epoch) {
        Leased::Done
    } else {
        Leased::Lost
    })
}

fn now(connection: &Connection) -> Result<i64, Fault> {
    Ok(connection.prepare_cached(NOW)?.query_row([], |row| row.get(0))?)
}

fn renew(connection: &Connection, renew: &RenewLeases) -> Result<Leases, Fault> {
    let now = now(connection)?;
    let expires_at = now.saturating_add(micros_of(renew.lease));
    let worker = renew.worker.as_bytes();
    connection.prepare_cached(FORGET)?.execute([now])?;
    connection
        .prepare_cached(GREET)?
        .execute(params![worker, renew.name, expires_at])?;
    connection
        .prepare_cached(RENEW)?
        .execute(params![worker, expires_at])?;
    let (workers, rank): (u32, u32) = connection
        .prepare_cached(WORKERS)?
        .query_row([worker], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let share = usize::from(fair_share(renew.partitions, workers, rank));

    let mut rows = all(connection)?;
    let mut held = Vec::new();
    for (partition, row) in &rows {
        if *partition < renew.partitions && row.owner.is_some_and(|(owner, _)| owner == renew.worker) {
            held.push(PartitionLease {
                partition: *partition,
                epoch: row.epoch,
            });
        }
    }
    let surplus = held.get(share..).unwrap_or_default().to_vec();
    let is_free = |row: Row| row.owner.is_none_or(|(_, expires_at)| expires_at <= now);
    let free = (0..renew.partitions).filter(|partition| rows.remove(partition).is_none_or(is_free));
    for partition in free.take(share.saturating_sub(held.len())) {
        held.push(take(connection, partition, renew.worker, expires_at)?);
    }
    held.sort_unstable();
    Ok(Leases {
        held,
        surplus,
        workers,
    })
}

fn all(connection: &Connection) -> Result<BTreeMap<u16, Row>, Fault> {
    let mut statement = connection.prepare_cached(ALL)?;
    let rows = statement.query_map([], |row| {
        let owner: Option<UuidBytes> = row.get(2)?;
        let expires_at: Option<i64> = row.get(3)?;
        let epoch = row.get(1)?;
        let owner = owner.map(Uuid::from_bytes).zip(expires_at);
        Ok((row.get(0)?, Row { epoch, owner }))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn take(
    connection: &Connection,
    partition: u16,
    worker: Uuid,
    expires_at: i64,
) -> Result<PartitionLease, Fault> {
    let epoch = connection
        .prepare_cached(TAKE)?
        .query_row(params![partition, worker.as_bytes(), expires_at], |row| {
            row.get(0)
        })?;
    Ok(PartitionLease { partition, epoch })
}

fn release(connection: &Connection, worker: Uuid, leases: &[PartitionLease]) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(RELEASE)?;
    for lease in leases {
        statement.execute(params![lease.partition, integer(lease.epoch)?, worker.as_bytes()])?;
    }
    Ok(())
}

fn leave(connection: &Connection, worker: Uuid) -> Result<(), Fault> {
    connection
        .prepare_cached(RELEASE_ALL)?
        .execute([worker.as_bytes()])?;
    connection.prepare_cached(LEAVE)?.execute([worker.as_bytes()])?;
    Ok(())
}

fn list(connection: &Connection) -> Result<Vec<PartitionState>, Fault> {
    let now = now(connection)?;
    let mut statement = connection.prepare_cached(LIST)?;
    let rows = statement.query_map([], |row| {
        let state = PartitionState {
            partition: row.get(0)?,
            epoch: row.get(1)?,
            owner: None,
        };
        let worker: Option<UuidBytes> = row.get(2)?;
        let expires_at: Option<i64> = row.get(3)?;
        let name: Option<String> = row.get(4)?;
        Ok((state, worker.zip(expires_at), name.unwrap_or_default()))
    })?;
    rows.map(|row| {
        let (mut state, owner, name) = row?;
        let owner = owner.filter(|(_, expires_at)| *expires_at > now);
        state.owner = owner
            .map(|(worker, expires_at)| self::owner(state.partition, worker, name, expires_at))
            .transpose()?;
        Ok(state)
    })
    .collect()
}

fn owner(partition: u16, worker: UuidBytes, name: String, expires_at: i64) -> Result<PartitionOwner, Fault> {
    let expires_at = Timestamp::from_microsecond(expires_at)
        .map_err(|error| Fault::corrupt("partitions", &partition, &error))?;
    Ok(PartitionOwner {
        worker: Uuid::from_bytes(worker),
        name,
        expires_at,
    })
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[async_trait]
impl Partitions for SqliteStore {
    async fn renew_leases(&self, request: RenewLeases) -> Result<Leases, StoreError> {
        self.write(move |connection| renew(connection, &request)).await
    }

    async fn release_leases(&self, worker: Uuid, leases: Vec<PartitionLease>) -> Result<(), StoreError> {
        self.write(move |connection| release(connection, worker, &leases))
            .await
    }

    async fn leave(&self, worker: Uuid) -> Result<(), StoreError> {
        self.write(move |connection| leave(connection, worker)).await
    }

    async fn list_partitions(&self) -> Result<Vec<PartitionState>, StoreError> {
        self.read(list).await
    }
}
