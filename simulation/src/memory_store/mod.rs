//! The store in memory: tables behind one lock, no thread, no task, nothing that waits.
//!
//! A call does all of its work when it is first polled, so what was begun is finished even if nobody listens any
//! more. What a database would refuse is refused (`checks`); it passes the suite that every kind of store passes.

mod batch;
mod checks;
mod companies;
mod dead_letters;
mod ledger_view;
mod outbox;
mod partitions;
mod rules;
mod runs;
mod statistics;
mod tables;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use service::Clock;
use store::{BatchWrite, Outage, Page, PageRequest, Store, StoreError};
use uuid::Uuid;

pub use tables::Tables;

/// A rule of the database beside those that every store has: why a batch is refused for what it writes.
pub type Constraint = Arc<dyn Fn(&BatchWrite) -> Result<(), String> + Send + Sync>;

/// A store in memory.
pub struct MemoryStore {
    tables: Arc<Mutex<Tables>>,
    clock: Arc<dyn Clock>,
    constraint: Option<Constraint>,
    closed: AtomicBool,
}

impl MemoryStore {
    /// An empty store, whose own clock this is: leases run out by it.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            tables: Arc::default(),
            clock,
            constraint: None,
            closed: AtomicBool::new(false),
        }
    }

    /// With one more reason to refuse a batch.
    #[must_use]
    pub fn with_constraint(mut self, constraint: Constraint) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// The same store, as it is found after everybody who had it open was killed.
    #[must_use]
    pub fn reopened(&self) -> Self {
        Self {
            tables: self.tables.clone(),
            clock: self.clock.clone(),
            constraint: self.constraint.clone(),
            closed: AtomicBool::new(false),
        }
    }

    /// Looks at all that is stored, past the ports.
    pub fn inspect<T>(&self, look: impl FnOnce(&Tables) -> T) -> T {
        look(&self.lock())
    }

    /// The tables, while the store is open.
    fn open(&self) -> Result<MutexGuard<'_, Tables>, StoreError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable {
                outage: Outage::Connection,
                message: "the store is closed".to_owned(),
            });
        }
        Ok(self.lock())
    }

    /// Nothing that may panic runs between the first and the last change of a call, so a poisoned lock is as good as
    /// any.
    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.open().map(drop)
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}

/// Data that no try makes acceptable.
fn refused(message: impl Into<String>) -> StoreError {
    StoreError::Refused {
        message: message.into(),
    }
}

/// The page of a list that is in its order already.
fn page_of<T>(items: impl Iterator<Item = T>, page: PageRequest, id_of: impl Fn(&T) -> Uuid) -> Page<T> {
    let limit = usize::try_from(page.limit.max(1)).unwrap_or(usize::MAX);
    let behind = |item: &T| page.after.is_some_and(|after| id_of(item) != after);
    let mut items = items.skip_while(behind).skip(usize::from(page.after.is_some()));
    let shown: Vec<T> = items.by_ref().take(limit).collect();
    let next = items.next().and_then(|_| shown.last().map(&id_of));
    Page { items: shown, next }
}
