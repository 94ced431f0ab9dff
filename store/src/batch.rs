//! A batch of payment events: claimed, decided on and written in one database transaction.
//!
//! The phases, in this order, in one database transaction that cannot be cancelled half-way:
//!
//! 1. **Fence.** The leases that the batch was begun under must all be good still; until the end nobody can take
//!    their partitions over.
//! 2. **Claim.** Every event is claimed by (company, event id). A claim that exists already, or stands
//!    earlier in the same batch, is [`Repeated`](ClaimOutcome::Repeated) or
//!    [`Conflicting`](ClaimOutcome::Conflicting).
//! 3. **Lock and read.** Counters first, then holds, then accounts, each in the order of its key, all
//!    that the [`Footprint`] names; what does not exist is simply not among what was
//!    [`Loaded`]. Naming a hold also names the accounts of the hold.
//! 4. **Decide.** The caller's closure looks at what was loaded and says what to write. It is pure
//!    and may be called at most once.
//! 5. **Write and commit**, in bulk: a fixed number of statements, whatever the batch's size.
//!
//! Either all of it is stored, the claims included, or nothing.

use std::collections::BTreeSet;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use ledger::{Account, AccountKey, Hold};
use uuid::Uuid;

use crate::{DeadLetter, OutboxEvent, PartitionLease, RunRecord, StoreError, StoredTransaction};

/// What makes an event run once: it commits with its effects or not at all, and outlives its runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its id (`UUIDv7`): the queue message's.
    pub id: Uuid,
    /// Whose event it is.
    pub company_id: Uuid,
    /// The event; unique within the company.
    pub event_id: String,
    /// SHA-256 of the event's bytes: the same event sent twice, or two events of one name?
    pub body_sha256: [u8; 32],
    /// The event's bytes, as they came. Kept apart from the claim, so that they can be erased.
    pub body: Bytes,
    /// When the router accepted it.
    pub accepted_at: Timestamp,
    /// The runs that it starts, pinned at acceptance.
    pub runs: Vec<PinnedRun>,
}

/// A run, pinned to a version of a rule when its event was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinnedRun {
    /// The run's id (`UUIDv7`).
    pub run_id: Uuid,
    /// The rule.
    pub rule_id: Uuid,
    /// The version.
    pub version: u32,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// The event is new: run it.
    Fresh,
    /// The same event was claimed before: its effects stand already.
    Repeated,
    /// Another event was claimed under this id before: this one must not run.
    Conflicting,
}

/// A sequence without gaps: its numbers are given out under its lock, within the batch that uses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counter {
    /// The company's invoices.
    Invoice,
    /// The company's outgoing events.
    Outbox,
}

impl Counter {
    /// The counter as it is written in databases.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Outbox => "outbox",
        }
    }
}

/// A company's counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CounterKey {
    /// The company.
    pub company_id: Uuid,
    /// Which of its counters.
    pub counter: Counter,
}

/// What a batch may touch, learned by stepping its runs dry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footprint {
    /// Accounts, whether they exist yet or not.
    pub accounts: BTreeSet<AccountKey>,
    /// Holds, as (company, hold).
    pub holds: BTreeSet<(Uuid, Uuid)>,
    /// Transactions' references, as (company, reference), whose use by earlier batches matters.
    pub references: BTreeSet<(Uuid, String)>,
    /// Counters.
    pub counters: BTreeSet<CounterKey>,
}

/// A batch, before it is decided on.
#[derive(Debug, Clone)]
pub struct BatchIntent {
    /// The leases under which it was begun, one for each partition that its events come from; none for work that
    /// belongs to no partition.
    pub leases: Vec<PartitionLease>,
    /// The events, in the order of their queue.
    pub claims: Vec<Claim>,
    /// What to lock and read.
    pub footprint: Footprint,
}

/// A reference that a company used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownReference {
    /// The company.
    pub company_id: Uuid,
    /// The reference.
    pub reference: String,
    /// The transaction that has it.
    pub transaction_id: Uuid,
    /// The hash of that transaction's content.
    pub content_hash: [u8; 32],
    /// The run that posted it, if one did.
    pub run_id: Option<Uuid>,
}

/// What was found: only what exists.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// One outcome per claim, in the same order.
    pub claims: Vec<ClaimOutcome>,
    /// The accounts of the footprint, and of its holds.
    pub accounts: Vec<Account>,
    /// The holds of the footprint.
    pub holds: Vec<Hold>,
    /// The references of the footprint.
    pub references: Vec<KnownReference>,
    /// The last numbers given out; a counter that is not here stands at zero.
    pub counters: Vec<(CounterKey, u64)>,
}

/// A ledger transaction to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransaction {
    /// The transaction with its entries.
    pub transaction: StoredTransaction,
    /// The hash of its content.
    pub content_hash: [u8; 32],
}

/// All that a batch writes besides its claims.
#[derive(Debug, Clone, Default)]
pub struct BatchWrite {
    /// The runs that the events started, as they ended.
    pub runs: Vec<RunRecord>,
    /// Ledger transactions, in the order in which they were posted.
    pub transactions: Vec<NewTransaction>,
    /// Accounts to open, as they are at the end of the batch.
    pub opened_accounts: Vec<Account>,
    /// Accounts that changed, as they are at the end of the batch.
    pub changed_accounts: Vec<Account>,
    /// Holds to place, as they are at the end of the batch.
    pub placed_holds: Vec<Hold>,
    /// Holds that changed.
    pub changed_holds: Vec<Hold>,
    /// Counters that moved, with the last number given out.
    pub counters: Vec<(CounterKey, u64)>,
    /// Events to send out, in order.
    pub events: Vec<OutboxEvent>,
    /// Messages that must not run.
    pub dead_letters: Vec<DeadLetter>,
}

/// What the caller decided.
#[derive(Debug)]
pub enum Verdict {
    /// Write this and commit.
    Commit(Box<BatchWrite>),
    /// The footprint was too small: undo everything, the caller comes again with a larger one.
    Widen,
}

/// Looks at what was loaded and says what to write. Pure, and quick: the database transaction is open.
pub type Decide = Box<dyn FnOnce(Loaded) -> Verdict + Send>;

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchEnd {
    /// It is stored, all of it.
    Committed,
    /// Nothing was stored, as the verdict asked.
    Widened,
    /// Nothing was stored, and nothing may be: somebody else has one of the partitions now. The caller was not asked to
    /// decide.
    LeaseLost,
}

/// The one way in which payments are written.
#[async_trait]
pub trait Batches {
    /// Runs one batch through its phases. Once called it runs to its end, even if the future is dropped.
    ///
    /// # Errors
    /// With any error nothing was stored. [`StoreError::Refused`]: some of the data is at fault, and smaller
    /// batches find which. [`StoreError::Unavailable`]: try the same again. An account, hold or counter
    /// that was written but not loaded, or opened though it exists, is `Refused`.
    async fn run_batch(&self, intent: BatchIntent, decide: Decide) -> Result<BatchEnd, StoreError>;
}
