//! Partitions and their owners, on the store's own clock.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use store::{
    Leases, PartitionLease, PartitionOwner, PartitionState, Partitions, RenewLeases, StoreError, fair_share,
};
use uuid::Uuid;

use super::MemoryStore;
use super::tables::{PartitionRow, Tables, WorkerRow};

impl PartitionRow {
    fn is_of(&self, worker: Uuid) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.worker == worker)
    }

    /// Whether anybody may take it.
    fn is_free(&self, now: Timestamp) -> bool {
        self.owner.as_ref().is_none_or(|owner| owner.expires_at <= now)
    }
}

impl Tables {
    fn renew(&mut self, renew: RenewLeases, now: Timestamp) -> Leases {
        let lease = SignedDuration::try_from(renew.lease).unwrap_or(SignedDuration::MAX);
        let owner = PartitionOwner {
            worker: renew.worker,
            name: renew.name,
            expires_at: now.saturating_add(lease).unwrap_or(now),
        };
        self.workers.retain(|_, row| row.forgotten_at > now);
        let row = WorkerRow {
            name: owner.name.clone(),
            forgotten_at: owner.expires_at,
        };
        self.workers.insert(owner.worker, row);
        let own = self.partitions.values_mut().filter(|row| row.is_of(owner.worker));
        own.for_each(|row| row.owner = Some(owner.clone()));

        let workers = u32::try_from(self.workers.len()).unwrap_or(u32::MAX);
        let rank = self
            .workers
            .keys()
            .take_while(|worker| **worker != owner.worker)
            .count();
        let rank = u32::try_from(rank).unwrap_or(u32::MAX);
        let share = usize::from(fair_share(renew.partitions, workers, rank));
        let mut held = self.held_by(owner.worker).len();
        for partition in 0..renew.partitions {
            let row = self.partitions.entry(partition).or_default();
            if held < share && row.is_free(now) {
                row.epoch += 1;
                row.owner = Some(owner.clone());
                held += 1;
            }
        }
        let held = self.held_by(owner.worker);
        Leases {
            surplus: held.iter().skip(share).copied().collect(),
            held,
            workers,
        }
    }

    fn held_by(&self, worker: Uuid) -> Vec<PartitionLease> {
        let own = self.partitions.iter().filter(|(_, row)| row.is_of(worker));
        own.map(|(partition, row)| PartitionLease {
            partition: *partition,
            epoch: row.epoch,
        })
        .collect()
    }
}

#[async_trait]
impl Partitions for MemoryStore {
    async fn renew_leases(&self, renew: RenewLeases) -> Result<Leases, StoreError> {
        let now = self.clock.now();
        Ok(self.open()?.renew(renew, now))
    }

    async fn release_leases(&self, worker: Uuid, leases: Vec<PartitionLease>) -> Result<(), StoreError> {
        let mut tables = self.open()?;
        for PartitionLease { partition, epoch } in leases {
            if let Some(row) = tables.partitions.get_mut(&partition)
                && row.is_of(worker)
                && row.epoch == epoch
            {
                row.owner = None;
            }
        }
        Ok(())
    }

    async fn leave(&self, worker: Uuid) -> Result<(), StoreError> {
        let mut tables = self.open()?;
        tables.workers.remove(&worker);
        let own = tables.partitions.values_mut().filter(|row| row.is_of(worker));
        own.for_each(|row| row.owner = None);
        Ok(())
    }

    async fn list_partitions(&self) -> Result<Vec<PartitionState>, StoreError> {
        let now = self.clock.now();
        let tables = self.open()?;
        let had_owners = tables.partitions.iter().filter(|(_, row)| row.epoch > 0);
        let states = had_owners.map(|(partition, row)| PartitionState {
            partition: *partition,
            epoch: row.epoch,
            owner: row.owner.clone().filter(|_| !row.is_free(now)),
        });
        Ok(states.collect())
    }
}
