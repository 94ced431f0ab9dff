//! Who works on which partition: leases, on the database's clock.
//!
//! Every worker says every few seconds that it is there. Partitions are shared out evenly among those that do: who has
//! more than its share gives some up once it has finished what it began, who has less takes what is free. A lease that
//! ran out is free for anybody. Whenever a partition changes hands its epoch grows; a batch names the epoch that it
//! was begun under, and one whose epoch is gone commits nothing. So a worker that was stopped and wakes does no harm,
//! whatever its own clock says.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::StoreError;

/// The right to work on a partition: good until somebody else has it under a greater epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartitionLease {
    /// The partition of the queue, from 0.
    pub partition: u16,
    /// Grows by one whenever the partition changes hands; the first owner's is 1.
    pub epoch: u64,
}

/// A worker that says that it is there, and wants its share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenewLeases {
    /// The worker: an id of its own for every start of a process.
    pub worker: Uuid,
    /// How people find it: host and process.
    pub name: String,
    /// How many partitions there are.
    pub partitions: u16,
    /// How long its leases are good from now on, by the database's clock.
    pub lease: Duration,
}

/// What a worker has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leases {
    /// All that it has now, in order of partition; those in `surplus` too.
    pub held: Vec<PartitionLease>,
    /// Those of them that are more than its share: to be given up once what was begun on them is finished.
    pub surplus: Vec<PartitionLease>,
    /// How many workers there are, with this one.
    pub workers: u32,
}

/// A partition, for people to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionState {
    /// Its number, from 0.
    pub partition: u16,
    /// How often it changed hands.
    pub epoch: u64,
    /// Whose it is; none while it is free.
    pub owner: Option<PartitionOwner>,
}

/// Whose a partition is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionOwner {
    /// The worker.
    pub worker: Uuid,
    /// How people find it.
    pub name: String,
    /// When its lease runs out if it is not renewed, by the database's clock.
    pub expires_at: Timestamp,
}

/// A worker's fair share: how many of `partitions` the worker at `rank` (from 0, workers in order of their ids) gets
/// when there are `workers` of them. Shares differ by one at most and add up to all partitions.
pub fn fair_share(partitions: u16, workers: u32, rank: u32) -> u16 {
    let partitions = u32::from(partitions);
    let (each, rest) = match workers {
        0 => (partitions, 0),
        _ => (partitions / workers, partitions % workers),
    };
    let share = each.saturating_add(u32::from(rank < rest));
    u16::try_from(share).unwrap_or(u16::MAX)
}

/// Partitions and their owners, as stored.
#[async_trait]
pub trait Partitions {
    /// Says that a worker is there; forgets workers whose time ran out; renews the worker's leases (also one that ran out,
    /// if nobody has taken it since); and takes free partitions up to its fair share, each under a new epoch. May be
    /// repeated as often as one likes. A partition whose batch is being committed right now is not waited for: the
    /// next call may find it free.
    async fn renew_leases(&self, renew: RenewLeases) -> Result<Leases, StoreError>;

    /// Gives up leases, so that others need not wait until they run out. Those that the worker no longer has are
    /// passed over.
    async fn release_leases(&self, worker: Uuid, leases: Vec<PartitionLease>) -> Result<(), StoreError>;

    /// The worker goes: gives up all that it has, and no longer counts.
    async fn leave(&self, worker: Uuid) -> Result<(), StoreError>;

    /// All partitions that ever had an owner, in order. One whose lease ran out has none.
    async fn list_partitions(&self) -> Result<Vec<PartitionState>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_add_up() {
        for workers in 1..40 {
            let shares: Vec<u16> = (0..workers).map(|rank| fair_share(16, workers, rank)).collect();
            assert_eq!(shares.iter().sum::<u16>(), 16, "{shares:?}");
            let (least, most) = (shares.iter().min(), shares.iter().max());
            assert!(most.unwrap() - least.unwrap() <= 1, "{shares:?}");
        }
    }
}
