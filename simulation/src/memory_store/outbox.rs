//! Events on their way out.

use std::collections::BTreeMap;

use async_trait::async_trait;
use store::{Leased, Outbox, OutboxEvent, OutboxLag, PartitionLease, SentUpTo, StoreError};
use uuid::Uuid;

use super::MemoryStore;
use super::batch::holds_lease;
use super::tables::Tables;

impl Tables {
    /// Every event that was not sent, by company and number.
    fn unsent(&self) -> impl Iterator<Item = &OutboxEvent> {
        let unsent = |event: &&OutboxEvent| event.number > self.sent_up_to(event.company_id);
        self.outbox.values().filter(unsent)
    }

    /// The number of a company's last event that was sent.
    pub fn sent_up_to(&self, company_id: Uuid) -> u64 {
        self.sent.get(&company_id).copied().unwrap_or(0)
    }

    /// Whether the owner of a partition sends a company's events.
    fn sends_from(&self, company_id: Uuid, partition: u16) -> bool {
        let mut events = self.outbox.range((company_id, 0)..=(company_id, u64::MAX));
        events
            .next()
            .is_some_and(|(_, event)| event.partition == partition)
    }

    /// How many events wait to be sent.
    pub fn unsent_count(&self) -> usize {
        self.unsent().count()
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    /// Companies take turns, the one that has waited longest first.
    async fn unsent_events(&self, partition: u16, limit: u32) -> Result<Vec<OutboxEvent>, StoreError> {
        let tables = self.open()?;
        let mut turns: BTreeMap<Uuid, u64> = BTreeMap::new();
        let of_partition = tables.unsent().filter(|event| event.partition == partition);
        let mut waiting: Vec<(u64, &OutboxEvent)> = of_partition
            .map(|event| {
                let turn = turns.entry(event.company_id).or_default();
                *turn += 1;
                (*turn, event)
            })
            .collect();
        waiting.sort_by_key(|(turn, event)| (*turn, event.created_at, event.company_id));
        waiting.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let mut events: Vec<OutboxEvent> = waiting.into_iter().map(|(_, event)| event.clone()).collect();
        events.sort_by_key(|event| (event.company_id, event.number));
        Ok(events)
    }

    async fn mark_events_sent(
        &self,
        lease: PartitionLease,
        sent: Vec<SentUpTo>,
    ) -> Result<Leased, StoreError> {
        let mut tables = self.open()?;
        if !holds_lease(&tables, lease) {
            return Ok(Leased::Lost);
        }
        for SentUpTo { company_id, number } in sent {
            if tables.sends_from(company_id, lease.partition) {
                let noted = tables.sent.entry(company_id).or_default();
                *noted = number.max(*noted);
            }
        }
        Ok(Leased::Done)
    }

    async fn outbox_lag(&self, company_id: Option<Uuid>) -> Result<OutboxLag, StoreError> {
        let tables = self.open()?;
        let mut lag = OutboxLag::default();
        for event in tables.unsent() {
            if company_id.is_none_or(|of| of == event.company_id) {
                lag.unsent += 1;
                let oldest = lag.oldest_at.unwrap_or(event.created_at);
                lag.oldest_at = Some(oldest.min(event.created_at));
            }
        }
        Ok(lag)
    }
}
