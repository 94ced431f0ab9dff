//! Leases and the outbox: the real store's, while they are up. Each has an outage of its own.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use store::{
    Leased, Leases, Outbox, OutboxEvent, OutboxLag, PartitionLease, PartitionState, Partitions, RenewLeases,
    SentUpTo, StoreError,
};
use uuid::Uuid;

use super::{FaultyStore, LeaseStore, unavailable};

impl FaultyStore {
    async fn check_leases(&self) -> Result<(), StoreError> {
        let state = *self.leases.lock().unwrap();
        match state {
            LeaseStore::Up => Ok(()),
            LeaseStore::Down => Err(unavailable()),
            LeaseStore::Silent => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Partitions for FaultyStore {
    async fn renew_leases(&self, renew: RenewLeases) -> Result<Leases, StoreError> {
        self.check_leases().await?;
        self.inner.renew_leases(renew).await
    }

    async fn release_leases(&self, worker: Uuid, leases: Vec<PartitionLease>) -> Result<(), StoreError> {
        self.check_leases().await?;
        self.inner.release_leases(worker, leases).await
    }

    async fn leave(&self, worker: Uuid) -> Result<(), StoreError> {
        self.check_leases().await?;
        self.inner.leave(worker).await
    }

    async fn list_partitions(&self) -> Result<Vec<PartitionState>, StoreError> {
        self.inner.list_partitions().await
    }
}

#[async_trait]
impl Outbox for FaultyStore {
    async fn unsent_events(&self, partition: u16, limit: u32) -> Result<Vec<OutboxEvent>, StoreError> {
        self.inner.unsent_events(partition, limit).await
    }

    async fn mark_events_sent(
        &self,
        lease: PartitionLease,
        sent: Vec<SentUpTo>,
    ) -> Result<Leased, StoreError> {
        let order = Ordering::SeqCst;
        let turned_away = self
            .notes_to_turn_away
            .fetch_update(order, order, |left| left.checked_sub(1));
        if turned_away.is_ok() {
            self.notes_turned_away.fetch_add(1, order);
            self.news.tell();
            return Err(unavailable());
        }
        let noted = self.inner.mark_events_sent(lease, sent).await;
        self.news.tell();
        noted
    }

    async fn outbox_lag(&self, company_id: Option<Uuid>) -> Result<OutboxLag, StoreError> {
        self.inner.outbox_lag(company_id).await
    }
}
