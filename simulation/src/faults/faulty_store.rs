//! The store, as a worker's process reaches it.

mod passing;

use std::sync::Arc;

use async_trait::async_trait;
use store::{
    BatchEnd, BatchIntent, Batches, DeadLetter, DeadLetters, Decide, Leased, Leases, Outbox, OutboxEvent,
    OutboxLag, Page, PageRequest, PartitionLease, PartitionState, Partitions, RenewLeases, SentUpTo,
    StoreError,
};
use uuid::Uuid;

use super::process::Process;
use super::weather::Side;
use crate::MemoryStore;
use crate::judge::BatchSummary;

/// A store in memory behind a process that things happen to.
#[derive(Clone)]
pub(crate) struct FaultyStore {
    process: Arc<Process>,
    store: Arc<MemoryStore>,
}

impl FaultyStore {
    pub(crate) fn new(process: Arc<Process>) -> Self {
        let store = process.world().store.clone();
        Self { process, store }
    }

    async fn call<T>(
        &self,
        what: impl std::fmt::Display + Send + Sync,
        act: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.process.call(Side::Database, what, act).await
    }

    /// Like [`call`](Self::call), for what has an effect.
    async fn send<T: Send + 'static>(
        &self,
        what: String,
        act: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.process.send(Side::Database, what, act).await
    }

    /// A batch at the database, under the eyes of the judge.
    async fn run_watched(self, intent: BatchIntent, decide: Decide) -> Result<BatchEnd, StoreError> {
        let batch = BatchSummary {
            leases: intent.leases.clone(),
            companies: intent.claims.iter().map(|claim| claim.company_id).collect(),
        };
        let ended = self.store.run_batch(intent, decide).await;
        match &ended {
            Ok(end) => {
                self.process.note(format_args!("{batch}: {end:?}"));
                self.process.world().judge.after_batch(&batch, *end);
            }
            Err(error) => self.process.note(format_args!("{batch}: {error}")),
        }
        ended
    }
}

#[async_trait]
impl Batches for FaultyStore {
    async fn run_batch(&self, intent: BatchIntent, decide: Decide) -> Result<BatchEnd, StoreError> {
        let what = format!("run_batch of {}", intent.claims.len());
        self.send(what, self.clone().run_watched(intent, decide)).await
    }
}

#[async_trait]
impl Outbox for FaultyStore {
    async fn unsent_events(&self, partition: u16, limit: u32) -> Result<Vec<OutboxEvent>, StoreError> {
        let act = self.store.unsent_events(partition, limit);
        self.call(format!("unsent_events of {partition}"), act).await
    }

    async fn mark_events_sent(
        &self,
        lease: PartitionLease,
        sent: Vec<SentUpTo>,
    ) -> Result<Leased, StoreError> {
        let (own, what) = (self.clone(), format!("mark_events_sent of {}", lease.partition));
        let act = async move {
            let marked = own.store.mark_events_sent(lease, sent.clone()).await;
            if marked == Ok(Leased::Done) {
                own.process.world().judge.after_mark(&sent);
            }
            marked
        };
        self.send(what, act).await
    }

    async fn outbox_lag(&self, company_id: Option<Uuid>) -> Result<OutboxLag, StoreError> {
        self.call("outbox_lag", self.store.outbox_lag(company_id)).await
    }
}

#[async_trait]
impl Partitions for FaultyStore {
    async fn renew_leases(&self, renew: RenewLeases) -> Result<Leases, StoreError> {
        let own = self.clone();
        let act = async move {
            let leases = own.store.renew_leases(renew).await;
            if let Ok(leases) = &leases {
                let (held, surplus) = (leases.held.len(), leases.surplus.len());
                own.process
                    .note(format_args!("has {held} leases, {surplus} too many"));
            }
            leases
        };
        self.send("renew_leases".to_owned(), act).await
    }

    async fn release_leases(&self, worker: Uuid, leases: Vec<PartitionLease>) -> Result<(), StoreError> {
        let partitions: Vec<u16> = leases.iter().map(|lease| lease.partition).collect();
        let store = self.store.clone();
        let act = async move { store.release_leases(worker, leases).await };
        self.send(format!("release_leases of {partitions:?}"), act).await
    }

    async fn leave(&self, worker: Uuid) -> Result<(), StoreError> {
        let store = self.store.clone();
        self.send("leave".to_owned(), async move { store.leave(worker).await })
            .await
    }

    async fn list_partitions(&self) -> Result<Vec<PartitionState>, StoreError> {
        self.call("list_partitions", self.store.list_partitions()).await
    }
}

#[async_trait]
impl DeadLetters for FaultyStore {
    async fn list_dead_letters(
        &self,
        company_id: Option<Uuid>,
        page: PageRequest,
    ) -> Result<Page<DeadLetter>, StoreError> {
        let act = self.store.list_dead_letters(company_id, page);
        self.call("list_dead_letters", act).await
    }

    async fn count_dead_letters(&self, company_id: Option<Uuid>) -> Result<u64, StoreError> {
        self.call("count_dead_letters", self.store.count_dead_letters(company_id))
            .await
    }

    async fn find_dead_letter(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.call("find_dead_letter", self.store.find_dead_letter(id))
            .await
    }

    async fn keep_dead_letter(&self, letter: DeadLetter) -> Result<(), StoreError> {
        let (own, what) = (
            self.clone(),
            format!("keep_dead_letter {} ({})", letter.id, letter.reason),
        );
        let act = async move {
            let kept = own.store.keep_dead_letter(letter).await;
            own.process.world().judge.after_letter();
            kept
        };
        self.send(what, act).await
    }

    async fn request_requeue(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.call("request_requeue", self.store.request_requeue(id)).await
    }

    async fn requeue_requests(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.call("requeue_requests", self.store.requeue_requests(limit))
            .await
    }

    async fn mark_requeued(&self, id: Uuid) -> Result<(), StoreError> {
        let own = self.clone();
        let act = async move {
            let marked = own.store.mark_requeued(id).await;
            own.process.world().judge.after_requeue(id);
            marked
        };
        self.send(format!("mark_requeued {id}"), act).await
    }
}
