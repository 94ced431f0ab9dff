//! Movements of money from outside of a run: what callers ask for over an API, several requests in one database
//! transaction.
//!
//! The phases are those of a [batch](crate::Batches), without its claims: lock and read what the [`MovementIntent`] names,
//! decide on all requests in memory, write, commit. What is written goes the same way as what runs post, so there is one
//! piece of code that moves money, and one order of locks: payments, which nothing else locks, and then counters, holds,
//! accounts, each in the order of its key.
//! Accounts that are named by id are locked by their keys, which never change.
//!
//! What a request was answered is stored with its effect, under the key that its caller chose, so that the same request
//! sent again is answered the same and moves nothing.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Account, AccountKey, Hold, HoldStatus, Money};
use uuid::Uuid;

use crate::{
    AccountFilter, BatchWrite, CounterKey, Footprint, KeptRequest, KnownReference, KnownRequest, LedgerChain,
    LedgerReports, Page, PageRequest, PaymentRecord, Payments, Store, StoreError, StoredPaymentEvent,
    StoredTransaction,
};

/// The key under which a caller's request is answered once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnswerKey {
    /// The company.
    pub company_id: Uuid,
    /// What was asked for, such as `POST /transfers`: one key may be used once for each.
    pub route: String,
    /// The key, as the caller chose it.
    pub key: String,
}

/// What a request was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Under which key.
    pub key: AnswerKey,
    /// SHA-256 of the request: the same request sent again, or another one under its key?
    pub fingerprint: [u8; 32],
    /// The answer, as the service that gave it wrote it.
    pub content: String,
    /// When it was given.
    pub created_at: Timestamp,
}

/// A batch of transfers that was carried out. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferBatch {
    /// Its id (`UUIDv7`).
    pub id: Uuid,
    /// What asked for it. The key is good for ever.
    pub request: KeptRequest,
}

/// What is known of an account besides what the ledger needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDetails {
    /// The account.
    pub account_id: Uuid,
    /// Whose it is, in the company's words.
    pub owner: Option<String>,
    /// What the company added, as a JSON object.
    pub metadata: String,
    /// Counts the changes of the account's terms (never of its balance), from 1.
    pub version: u64,
}

impl AccountDetails {
    /// What is known of an account of which nothing was said, such as one that a rule opened.
    pub fn unsaid(account_id: Uuid) -> Self {
        Self {
            account_id,
            owner: None,
            metadata: "{}".to_owned(),
            version: 1,
        }
    }
}

/// An account with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailedAccount {
    /// The account.
    pub account: Account,
    /// What else is known of it.
    pub details: AccountDetails,
}

/// A hold with the ids of its two accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHold {
    /// The hold.
    pub hold: Hold,
    /// The account that the amount is reserved on.
    pub account_id: Uuid,
    /// The account that a capture posts it to.
    pub to_account_id: Uuid,
}

/// A pending hold whose time has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueHold {
    /// The company.
    pub company_id: Uuid,
    /// The hold.
    pub hold_id: Uuid,
    /// When its time ran out.
    pub expires_at: Timestamp,
}

/// How long a group waits for each row that somebody else has locked, where rows are locked. Whoever writes meanwhile stands
/// behind it, so it is not long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LockWait {
    /// Longer than others have any need to keep a row locked.
    #[default]
    Usual,
    /// Just long enough to find out that a row is locked.
    Brief,
}

/// A row that movements lock, and wait for while somebody else has it locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LockedRow {
    /// A payment.
    Payment(Uuid),
    /// A company's counter.
    Counter(CounterKey),
    /// A hold, as (company, hold).
    Hold(Uuid, Uuid),
    /// An account.
    Account(Uuid),
}

/// What a group of requests may touch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MovementIntent {
    /// The keys of the requests.
    pub answers: BTreeSet<AnswerKey>,
    /// Accounts, by id, in whatever company they are.
    pub accounts: BTreeSet<Uuid>,
    /// Accounts, by id, of which all that is known is read.
    pub details: BTreeSet<Uuid>,
    /// Transactions that are to be taken back. Naming one also names the accounts of its entries.
    pub transactions: BTreeSet<Uuid>,
    /// Payments. Naming one also names its accounts and its hold.
    pub payments: BTreeSet<Uuid>,
    /// The keys of requests behind payments, which are good for ever.
    pub requests: BTreeSet<AnswerKey>,
    /// The keys of batches of transfers.
    pub batches: BTreeSet<AnswerKey>,
    /// Accounts by key, holds, references and counters, as for a batch.
    pub footprint: Footprint,
    /// How long others are waited for.
    pub lock_wait: LockWait,
}

impl MovementIntent {
    /// The rows that it names outright.
    pub fn rows(&self) -> impl Iterator<Item = LockedRow> + '_ {
        let payments = self.payments.iter().copied().map(LockedRow::Payment);
        let counters = self.footprint.counters.iter().copied().map(LockedRow::Counter);
        let holds = self.footprint.holds.iter();
        let holds = holds.map(|(company_id, hold_id)| LockedRow::Hold(*company_id, *hold_id));
        let accounts = self.accounts.iter().chain(&self.details);
        let accounts = accounts.copied().map(LockedRow::Account);
        payments.chain(counters).chain(holds).chain(accounts)
    }

    /// Whether it names accounts in other ways than by their ids, so that [`rows`](Self::rows) lacks them.
    pub fn names_others(&self) -> bool {
        !(self.payments.is_empty()
            && self.transactions.is_empty()
            && self.footprint.holds.is_empty()
            && self.footprint.accounts.is_empty())
    }
}

/// What names a row.
impl From<LockedRow> for MovementIntent {
    fn from(row: LockedRow) -> Self {
        let mut intent = Self::default();
        match row {
            LockedRow::Payment(payment_id) => _ = intent.payments.insert(payment_id),
            LockedRow::Counter(key) => _ = intent.footprint.counters.insert(key),
            LockedRow::Hold(company_id, hold_id) => {
                intent.footprint.holds.insert((company_id, hold_id));
            }
            LockedRow::Account(account_id) => _ = intent.accounts.insert(account_id),
        }
        intent
    }
}

/// A transaction, and how much of it was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartlyReversed {
    /// The transaction.
    pub transaction: StoredTransaction,
    /// The sum of the debits of those that name it as what they reverse, in each currency that they have.
    pub reversed: Vec<Money>,
}

/// What was found of a [`MovementIntent`]: only what exists.
#[derive(Debug, Clone, Default)]
pub struct LoadedMovements {
    /// The answers that were given before.
    pub answers: Vec<StoredAnswer>,
    /// All accounts that were named, in one way or another, each once.
    pub accounts: Vec<Account>,
    /// What else is known of the accounts of which that was asked for, where anything is.
    pub details: Vec<AccountDetails>,
    /// The transactions that are to be taken back.
    pub transactions: Vec<PartlyReversed>,
    /// The payments.
    pub payments: Vec<PaymentRecord>,
    /// The requests that were carried out before.
    pub requests: Vec<KnownRequest>,
    /// The batches of transfers that were carried out before.
    pub batches: Vec<TransferBatch>,
    /// The holds of the footprint, and of the payments.
    pub holds: Vec<Hold>,
    /// The references of the footprint.
    pub references: Vec<KnownReference>,
    /// The last numbers given out by the counters of the footprint; one that is not here stands at zero.
    pub counters: Vec<(CounterKey, u64)>,
    /// What the time is by the database's clock, if it has one of its own and holds were read.
    pub now: Option<Timestamp>,
}

/// What a group of requests comes to.
#[derive(Debug, Clone, Default)]
pub struct MovementWrite {
    /// What is posted, opened, changed and sent out. Runs and dead letters are not among it.
    pub batch: BatchWrite,
    /// What is said of accounts, in place of what was said of them before.
    pub details: Vec<AccountDetails>,
    /// Payments to make, as they are at the end of the group. A hold that is placed along with a payment that names it, made or
    /// changed, is that payment's from then on.
    pub made_payments: Vec<PaymentRecord>,
    /// Payments that something happened to.
    pub changed_payments: Vec<PaymentRecord>,
    /// What happened to payments.
    pub payment_events: Vec<StoredPaymentEvent>,
    /// Batches of transfers that were carried out, under keys that have none yet.
    pub batches: Vec<TransferBatch>,
    /// What the requests are answered, under keys that have no answer yet.
    pub answers: Vec<StoredAnswer>,
}

impl MovementWrite {
    /// The payments that name a hold, by its id.
    pub fn holds_of_payments(&self) -> BTreeMap<Uuid, Uuid> {
        let payments = self.made_payments.iter().chain(&self.changed_payments);
        let holds = payments.filter_map(|payment| Some((payment.hold_id?, payment.id)));
        holds.collect()
    }
}

/// Looks at what was loaded and says what to write. Pure, and quick: the database transaction is open. A request that is
/// refused is answered, and changes nothing.
pub type DecideMovements = Box<dyn FnOnce(LoadedMovements) -> MovementWrite + Send>;

/// A stretch of time: when what is listed was posted, or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Only then or later.
    pub from: Option<Timestamp>,
    /// Only before.
    pub to: Option<Timestamp>,
}

impl Span {
    /// Whether a moment is in it.
    pub fn holds(&self, moment: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.to.is_none_or(|to| moment < to)
    }
}

/// Which holds to list. What is not said does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HoldFilter {
    /// Those of a company.
    pub company_id: Option<Uuid>,
    /// Those on an account, or for it.
    pub account: Option<AccountKey>,
    /// Those that stand there.
    pub status: Option<HoldStatus>,
}

/// Money moved by those who ask for it, and what they may read of it.
#[async_trait]
pub trait Movements: Send + Sync {
    /// Carries out a group of requests, all or none. Once called it runs to its end, even if the future is dropped.
    ///
    /// # Errors
    /// With any error nothing was stored, unless the connection was lost while the commit was confirmed: then it may have been.
    /// [`StoreError::Refused`] and [`StoreError::Corrupt`]: some of the data, or of what it names, is at fault, and smaller
    /// groups find which. [`StoreError::Unavailable`]: try the same again; as contention, if somebody else answered one of the
    /// keys meanwhile, so that it is found the next time; as [`Locked`](crate::Outage::Locked), if a row was locked for too
    /// long: those of smaller groups that do not name it can go on.
    async fn move_money(&self, intent: MovementIntent, decide: DecideMovements) -> Result<(), StoreError>;

    /// Of the rows that each of these groups would lock, those that somebody else has locked at this moment. It waits for none
    /// of them, and leaves everything as it is. There are none where no rows are locked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; as [`Locked`](crate::Outage::Locked), if more than rows is locked: a whole table.
    async fn find_locked(&self, intents: Vec<MovementIntent>)
    -> Result<Vec<BTreeSet<LockedRow>>, StoreError>;

    /// Reads an account, as it is now.
    async fn find_account(&self, account_id: Uuid) -> Result<Option<DetailedAccount>, StoreError>;

    /// Lists accounts by id, newest first.
    async fn list_detailed_accounts(
        &self,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<DetailedAccount>, StoreError>;

    /// The transaction that a company posted under a reference.
    async fn find_reference(&self, company_id: Uuid, reference: String) -> Result<Option<Uuid>, StoreError>;

    /// Reads a hold, as it is now. That of a payment is not found: only the payment settles it.
    async fn find_hold(&self, hold_id: Uuid) -> Result<Option<StoredHold>, StoreError>;

    /// Lists holds by id, newest first. Those of payments are not among them.
    async fn list_holds(&self, filter: HoldFilter, page: PageRequest)
    -> Result<Page<StoredHold>, StoreError>;

    /// Pending holds whose time has run out, by the caller's clock and by the database's if it has one of its own: the longest
    /// overdue first, at most so many, those only that come after one.
    async fn due_holds(
        &self,
        at: Timestamp,
        after: Option<DueHold>,
        limit: u32,
    ) -> Result<Vec<DueHold>, StoreError>;

    /// Forgets answers that were given before a moment, at most so many. How many there were.
    async fn forget_answers(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// A store that callers may move money in.
pub trait MoneyStore: Store + Movements + Payments + LedgerChain + LedgerReports {}

impl<S: Store + Movements + Payments + LedgerChain + LedgerReports> MoneyStore for S {}
