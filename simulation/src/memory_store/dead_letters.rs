//! Dead letters.

use async_trait::async_trait;
use store::{DeadLetter, DeadLetterStatus, DeadLetters, Page, PageRequest, StoreError};
use uuid::Uuid;

use super::{MemoryStore, page_of};

impl MemoryStore {
    /// Sets where a letter stands; none if there is no such one.
    fn set_status(&self, id: Uuid, status: DeadLetterStatus) -> Result<Option<DeadLetter>, StoreError> {
        let mut tables = self.open()?;
        let letter = tables.letters.get_mut(&id);
        Ok(letter.map(|letter| {
            letter.status = status;
            letter.clone()
        }))
    }
}

#[async_trait]
impl DeadLetters for MemoryStore {
    async fn list_dead_letters(
        &self,
        company_id: Option<Uuid>,
        page: PageRequest,
    ) -> Result<Page<DeadLetter>, StoreError> {
        let tables = self.open()?;
        let newest_first = tables.letters.values().rev();
        let wanted = newest_first.filter(|letter| company_id.is_none() || letter.company_id == company_id);
        Ok(page_of(wanted.cloned(), page, |letter| letter.id))
    }

    async fn count_dead_letters(&self, company_id: Option<Uuid>) -> Result<u64, StoreError> {
        let tables = self.open()?;
        let waiting = tables.letters.values().filter(|letter| {
            letter.status != DeadLetterStatus::Requeued
                && (company_id.is_none() || letter.company_id == company_id)
        });
        Ok(u64::try_from(waiting.count()).unwrap_or(u64::MAX))
    }

    async fn find_dead_letter(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        Ok(self.open()?.letters.get(&id).cloned())
    }

    async fn keep_dead_letter(&self, letter: DeadLetter) -> Result<(), StoreError> {
        self.open()?.letters.entry(letter.id).or_insert(letter);
        Ok(())
    }

    async fn request_requeue(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.set_status(id, DeadLetterStatus::RequeueRequested)
    }

    async fn requeue_requests(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let tables = self.open()?;
        let requested = |letter: &&DeadLetter| letter.status == DeadLetterStatus::RequeueRequested;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let oldest_first = tables.letters.values().filter(requested).take(limit);
        Ok(oldest_first.cloned().collect())
    }

    async fn mark_requeued(&self, id: Uuid) -> Result<(), StoreError> {
        self.set_status(id, DeadLetterStatus::Requeued).map(drop)
    }
}
