//! A store that does what another does, until it is told to fail: to refuse a batch, to be away, to lose its answer, to
//! take its time.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use store::{BatchEnd, BatchIntent, BatchWrite, Batches, Decide, Loaded, Outage, Store, StoreError, Verdict};
use tokio::sync::watch;

use super::News;

mod delegation;
mod sharing;

/// What is to go wrong with a batch that would have been stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It is refused for its data.
    Refuse,
    /// It could not be stored.
    Unavailable,
    /// It could not be stored, because others were in the way.
    Contend,
    /// It could not be stored, because something that is stored is broken.
    Damaged,
    /// It is stored, and nobody hears of it.
    LoseAnswer,
}

/// Whether leases can be renewed and released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeaseStore {
    Up,
    /// Every call fails.
    Down,
    /// No call is ever answered.
    Silent,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Committed,
    Widened,
    Refused,
    Unavailable,
    LeaseLost,
}

/// A batch that came.
#[derive(Debug, Clone)]
struct Tried {
    events: usize,
    leases: usize,
    end: End,
}

/// Looks at what would be written and says what goes wrong.
type Faults = Box<dyn FnMut(&BatchWrite) -> Fault + Send>;

pub(crate) struct FaultyStore {
    inner: Arc<dyn Store>,
    news: News,
    faults: Arc<Mutex<Faults>>,
    batches: Mutex<Vec<Tried>>,
    most_accounts: AtomicUsize,
    is_down: AtomicBool,
    leases: Mutex<LeaseStore>,
    turned_away: AtomicU32,
    letters_to_turn_away: AtomicU32,
    notes_to_turn_away: AtomicU32,
    notes_turned_away: AtomicU32,
    rules_read: AtomicU32,
    is_open: watch::Sender<bool>,
    at_the_gate: AtomicU32,
}

impl FaultyStore {
    pub(crate) fn new(inner: Arc<dyn Store>, news: News) -> Self {
        Self {
            inner,
            news,
            faults: Arc::new(Mutex::new(Box::new(|_| Fault::None))),
            batches: Mutex::default(),
            most_accounts: AtomicUsize::new(0),
            is_down: AtomicBool::new(false),
            leases: Mutex::new(LeaseStore::Up),
            turned_away: AtomicU32::new(0),
            letters_to_turn_away: AtomicU32::new(0),
            notes_to_turn_away: AtomicU32::new(0),
            notes_turned_away: AtomicU32::new(0),
            rules_read: AtomicU32::new(0),
            is_open: watch::Sender::new(true),
            at_the_gate: AtomicU32::new(0),
        }
    }

    /// From here on this decides what goes wrong.
    pub(crate) fn set_faults(&self, faults: impl FnMut(&BatchWrite) -> Fault + Send + 'static) {
        *self.faults.lock().unwrap() = Box::new(faults);
    }

    /// The next so many batches that would have been stored meet this fault.
    pub(crate) fn fail_next(&self, count: u32, fault: Fault) {
        let mut left = count;
        self.set_faults(move |_| {
            let fails = left > 0;
            left = left.saturating_sub(1);
            if fails { fault } else { Fault::None }
        });
    }

    /// From here on the database does not answer, or does again; except for leases and the outbox, which fail apart.
    pub(crate) fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    /// How many calls found the database down.
    pub(crate) fn turned_away(&self) -> u32 {
        self.turned_away.load(Ordering::SeqCst)
    }

    /// The next so many dead letters cannot be kept.
    pub(crate) fn turn_letters_away(&self, count: u32) {
        self.letters_to_turn_away.store(count, Ordering::SeqCst);
    }

    /// From here on this is what becomes of leases that are renewed or released.
    pub(crate) fn set_leases(&self, state: LeaseStore) {
        *self.leases.lock().unwrap() = state;
    }

    /// The next so many notes of what was sent cannot be stored.
    pub(crate) fn turn_notes_away(&self, count: u32) {
        self.notes_to_turn_away.store(count, Ordering::SeqCst);
    }

    /// How many notes of what was sent could not be stored.
    pub(crate) fn notes_turned_away(&self) -> u32 {
        self.notes_turned_away.load(Ordering::SeqCst)
    }

    /// How often a version of a rule was read.
    pub(crate) fn rules_read(&self) -> u32 {
        self.rules_read.load(Ordering::SeqCst)
    }

    /// From here on batches wait before they begin.
    pub(crate) fn close_the_gate(&self) {
        self.is_open.send_replace(false);
    }

    /// Batches that wait begin, and those that come do not wait.
    pub(crate) fn open_the_gate(&self) {
        self.is_open.send_replace(true);
    }

    /// How many batches wait to begin.
    pub(crate) fn at_the_gate(&self) -> u32 {
        self.at_the_gate.load(Ordering::SeqCst)
    }

    /// What became of every batch that came.
    pub(crate) fn ends(&self) -> Vec<End> {
        let batches = self.batches.lock().unwrap();
        batches.iter().map(|tried| tried.end).collect()
    }

    /// How many events were in every batch that came.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        let batches = self.batches.lock().unwrap();
        batches.iter().map(|tried| tried.events).collect()
    }

    /// What became of the batches that were of several partitions.
    pub(crate) fn ends_of_groups(&self) -> Vec<End> {
        let batches = self.batches.lock().unwrap();
        let groups = batches.iter().filter(|tried| tried.leases > 1);
        groups.map(|tried| tried.end).collect()
    }

    /// The most accounts that any batch asked for.
    pub(crate) fn most_accounts(&self) -> usize {
        self.most_accounts.load(Ordering::SeqCst)
    }

    fn check_up(&self) -> Result<(), StoreError> {
        if !self.is_down.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.turned_away.fetch_add(1, Ordering::SeqCst);
        self.news.tell();
        Err(unavailable())
    }

    async fn pass_the_gate(&self) {
        let mut gate = self.is_open.subscribe();
        if *gate.borrow() {
            return;
        }
        self.at_the_gate.fetch_add(1, Ordering::SeqCst);
        self.news.tell();
        gate.wait_for(|is_open| *is_open).await.unwrap();
        self.at_the_gate.fetch_sub(1, Ordering::SeqCst);
    }

    /// The same decision, unless what it comes to is to fail; then it is undone.
    fn with_faults(&self, decide: Decide) -> (Decide, Arc<Mutex<Fault>>) {
        let met = Arc::new(Mutex::new(Fault::None));
        let (faults, meets) = (self.faults.clone(), met.clone());
        let decide = move |loaded: Loaded| {
            let Verdict::Commit(write) = decide(loaded) else {
                return Verdict::Widen;
            };
            let fault = (faults.lock().unwrap())(&write);
            *meets.lock().unwrap() = fault;
            match fault {
                Fault::None | Fault::LoseAnswer => Verdict::Commit(write),
                Fault::Refuse | Fault::Unavailable | Fault::Contend | Fault::Damaged => Verdict::Widen,
            }
        };
        (Box::new(decide), met)
    }
}

#[async_trait]
impl Batches for FaultyStore {
    async fn run_batch(&self, intent: BatchIntent, decide: Decide) -> Result<BatchEnd, StoreError> {
        self.pass_the_gate().await;
        self.check_up()?;
        self.most_accounts
            .fetch_max(intent.footprint.accounts.len(), Ordering::SeqCst);
        let (events, leases) = (intent.claims.len(), intent.leases.len());
        let (decide, met) = self.with_faults(decide);
        let done = self.inner.run_batch(intent, decide).await;
        let fault = *met.lock().unwrap();
        let done = match fault {
            Fault::None => done,
            Fault::Refuse => done.and(Err(refused())),
            Fault::Unavailable | Fault::LoseAnswer => done.and(Err(unavailable())),
            Fault::Contend => done.and(Err(contended())),
            Fault::Damaged => done.and(Err(damaged())),
        };
        let end = match &done {
            Ok(BatchEnd::Committed) => End::Committed,
            Ok(BatchEnd::Widened) => End::Widened,
            Ok(BatchEnd::LeaseLost) => End::LeaseLost,
            Err(StoreError::Refused { .. }) => End::Refused,
            Err(_) => End::Unavailable,
        };
        self.batches.lock().unwrap().push(Tried { events, leases, end });
        self.news.tell();
        done
    }
}

fn refused() -> StoreError {
    StoreError::Refused {
        message: "a constraint does not hold".to_owned(),
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable {
        outage: Outage::Connection,
        message: "the connection was lost".to_owned(),
    }
}

fn contended() -> StoreError {
    StoreError::Unavailable {
        outage: Outage::Contention,
        message: "deadlock detected".to_owned(),
    }
}

fn damaged() -> StoreError {
    StoreError::Corrupt {
        table: "accounts",
        row: "1".to_owned(),
        message: "pending_debits is -1".to_owned(),
    }
}
