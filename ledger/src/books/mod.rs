//! The books of one batch: accounts and holds in memory, on which transactions are applied in order.
//!
//! A batch goes through three phases. First [`Books::dry`] learns which accounts and holds it may touch. Then
//! these are locked, read and put on enforcing books: [`load`](Books::load) for what exists,
//! [`foresee`](Books::foresee) for what does not. Last, each transaction is applied for good, and what
//! [`changed`](Books::changed) is written back, every account once.
//!
//! Each call applies all of its effect or none. [`checkpoint`](Books::checkpoint) makes several calls one.

mod accounts;
mod holding;
mod journal;
mod posting;

use std::collections::HashMap;

use uuid::Uuid;

use crate::account::Figures;
use crate::{
    Account, AccountKey, AccountKind, AccountStatus, Direction, Hold, HoldStatus, Money, Rejection, chart,
};
pub use journal::Checkpoint;
use journal::Journal;

/// Why a call on the books had no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BooksError {
    /// A business rule refuses it. The answer stands.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// These accounts, all that the call lacks, were neither loaded nor foreseen: start over with them.
    #[error("These accounts were neither loaded nor foreseen: {}.", listed(.0))]
    Unforeseen(Vec<AccountKey>),
    /// This hold was neither loaded nor said to be absent: start over with it.
    #[error("Hold {0} was neither loaded nor said to be absent.")]
    UnforeseenHold(Uuid),
    /// A pending hold is not accounted for on one of its accounts: what was stored is corrupt.
    #[error("Hold {hold_id} is pending, but account {account} has not as much pending.")]
    CorruptHold {
        /// The hold.
        hold_id: Uuid,
        /// The account.
        account: AccountKey,
    },
}

impl BooksError {
    /// The stable code of this error: a rejection's own, or why the books could not answer.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.code(),
            Self::Unforeseen(_) => "unforeseen_accounts",
            Self::UnforeseenHold(_) => "unforeseen_hold",
            Self::CorruptHold { .. } => "corrupt_hold",
        }
    }
}

fn listed(keys: &[AccountKey]) -> String {
    keys.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// An entry as it was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    /// The account's id.
    pub account_id: Uuid,
    /// The account's company, code and currency.
    pub key: AccountKey,
    /// The side.
    pub direction: Direction,
    /// How much.
    pub amount: Money,
    /// The account's balance once this entry was posted.
    pub balance_after: Money,
    /// The entry's number within its account, counted from 1.
    pub number: u64,
}

/// A transaction as it was posted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posting {
    /// Its entries, in the order of the draft.
    pub entries: Vec<PostedEntry>,
}

/// An account that is to be written back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedAccount<'a> {
    /// The account as it is now.
    pub account: &'a Account,
    /// Whether it was opened on these books.
    pub is_new: bool,
}

/// A hold that is to be written back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedHold<'a> {
    /// The hold as it is now.
    pub hold: &'a Hold,
    /// Whether it was placed on these books.
    pub is_new: bool,
}

/// How the books treat what they have not seen, and what they refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Enforcing,
    Dry,
    FromScratch,
}

/// Where a record on the books comes from, and so whether it is to be written back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin<T> {
    /// It was loaded, like this.
    Stored(T),
    /// It was made on these books.
    Made,
    /// It was made, and that was undone: it does not exist. The slot stays, so that positions keep their meaning.
    Undone,
}

impl<T: PartialEq> Origin<T> {
    /// Whether a record is new, if it is to be written back at all.
    fn change(&self, now: &T) -> Option<bool> {
        match self {
            Self::Stored(before) => (before != now).then_some(false),
            Self::Made => Some(true),
            Self::Undone => None,
        }
    }
}

#[derive(Debug, Clone)]
struct AccountSlot {
    account: Account,
    origin: Origin<(Figures, AccountStatus)>,
}

#[derive(Debug, Clone)]
struct HoldSlot {
    hold: Hold,
    origin: Origin<(HoldStatus, Option<Money>)>,
}

/// The accounts and holds that a batch works on.
#[derive(Debug, Clone)]
pub struct Books {
    mode: Mode,
    accounts: Vec<AccountSlot>,
    /// Where each account known is; `None`: it does not exist yet, and may be opened.
    account_index: HashMap<AccountKey, Option<usize>>,
    holds: Vec<HoldSlot>,
    /// Where each hold known is; `None`: it does not exist.
    hold_index: HashMap<Uuid, Option<usize>>,
    journal: Journal,
}

impl Books {
    /// Enforcing books: every account and hold must have been loaded, or said to be absent, before it is
    /// mentioned.
    #[expect(clippy::new_without_default, reason = "money code names what it starts from")]
    pub fn new() -> Self {
        Self::in_mode(Mode::Enforcing)
    }

    /// Books that learn what a run may touch. They open whatever is mentioned, and refuse nothing for funds,
    /// terms or status; what they answer means nothing but [`touched`](Self::touched) and
    /// [`touched_holds`](Self::touched_holds). A hold they do not know is taken to be settled without entries:
    /// load it to learn its accounts.
    pub fn dry() -> Self {
        Self::in_mode(Mode::Dry)
    }

    /// Books for a simulation: what is not loaded does not exist yet, and every limit holds.
    pub fn from_scratch() -> Self {
        Self::in_mode(Mode::FromScratch)
    }

    fn in_mode(mode: Mode) -> Self {
        Self {
            mode,
            accounts: Vec::new(),
            account_index: HashMap::new(),
            holds: Vec::new(),
            hold_index: HashMap::new(),
            journal: Journal::default(),
        }
    }

    /// Puts a stored account on the books. One that is on them stays as it is, with what was posted to it.
    pub fn load(&mut self, account: Account) {
        if matches!(self.account_index.get(account.key()), Some(Some(_))) {
            return;
        }
        self.account_index
            .insert(account.key().clone(), Some(self.accounts.len()));
        let origin = Origin::Stored(account.standing());
        self.accounts.push(AccountSlot { account, origin });
    }

    /// Says that an account was looked for and does not exist, so that it may be opened.
    pub fn foresee(&mut self, key: AccountKey) {
        self.account_index.entry(key).or_insert(None);
    }

    /// Puts a stored hold on the books. One that is on them stays as it is.
    pub fn load_hold(&mut self, hold: Hold) {
        if matches!(self.hold_index.get(&hold.id()), Some(Some(_))) {
            return;
        }
        self.hold_index.insert(hold.id(), Some(self.holds.len()));
        let origin = Origin::Stored(hold.standing());
        self.holds.push(HoldSlot { hold, origin });
    }

    /// Says that a hold was looked for and does not exist.
    pub fn absent_hold(&mut self, hold_id: Uuid) {
        self.hold_index.entry(hold_id).or_insert(None);
    }

    /// An account as it is now; `None` if it is not on the books.
    pub fn account(&self, key: &AccountKey) -> Option<&Account> {
        let position = (*self.account_index.get(key)?)?;
        Some(self.account_at(position))
    }

    /// A hold as it is now; `None` if it is not on the books.
    pub fn hold(&self, hold_id: Uuid) -> Option<&Hold> {
        let position = (*self.hold_index.get(&hold_id)?)?;
        Some(self.hold_at(position))
    }

    /// Every account that these books know, whether loaded, foreseen or mentioned, in the order of their keys.
    /// On dry books this is what the run may touch, also in what was rolled back.
    pub fn touched(&self) -> impl Iterator<Item = &AccountKey> {
        let mut keys: Vec<&AccountKey> = self.account_index.keys().collect();
        keys.sort_unstable();
        keys.into_iter()
    }

    /// Every hold that these books know, by id, in order; see [`touched`](Self::touched).
    pub fn touched_holds(&self) -> impl Iterator<Item = Uuid> {
        let mut ids: Vec<Uuid> = self.hold_index.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter()
    }

    /// The accounts opened, or not as they were loaded, each once, in the order in which they came on the books.
    pub fn changed(&self) -> impl Iterator<Item = ChangedAccount<'_>> {
        self.accounts
            .iter()
            .filter_map(|AccountSlot { account, origin }| {
                let is_new = origin.change(&account.standing())?;
                Some(ChangedAccount { account, is_new })
            })
    }

    /// The holds placed, or not as they were loaded, each once, in the order in which they came on the books.
    pub fn changed_holds(&self) -> impl Iterator<Item = ChangedHold<'_>> {
        self.holds.iter().filter_map(|HoldSlot { hold, origin }| {
            let is_new = origin.change(&hold.standing())?;
            Some(ChangedHold { hold, is_new })
        })
    }

    const fn is_dry(&self) -> bool {
        matches!(self.mode, Mode::Dry)
    }

    /// Opens an account and returns its position.
    fn open(&mut self, account: Account) -> usize {
        let position = self.accounts.len();
        self.account_index.insert(account.key().clone(), Some(position));
        self.accounts.push(AccountSlot {
            account,
            origin: Origin::Made,
        });
        self.journal.opened(position);
        position
    }

    /// The position of an account, opened by these terms, else the chart's, if it does not exist. One of the system's own
    /// is opened by its own terms, whatever is said.
    fn find_or_open(
        &mut self,
        key: &AccountKey,
        kind: Option<AccountKind>,
        overdraft: Option<bool>,
        new_account_id: &mut dyn FnMut() -> Uuid,
    ) -> usize {
        if let Some(Some(position)) = self.account_index.get(key) {
            return *position;
        }
        let code = key.code.as_str();
        let said = || {
            let kind = kind.unwrap_or_else(|| chart::opening_kind(code));
            (kind, overdraft.unwrap_or(true))
        };
        let (kind, overdraft) = chart::own_terms(code).unwrap_or_else(said);
        self.open(Account::open(new_account_id(), key.clone(), kind, overdraft))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "positions come from the index, and slots are never removed"
    )]
    fn account_at(&self, position: usize) -> &Account {
        &self.accounts[position].account
    }

    /// The account at a position, once the journal has what it was.
    #[expect(
        clippy::indexing_slicing,
        reason = "positions come from the index, and slots are never removed"
    )]
    fn account_to_change(&mut self, position: usize) -> &mut Account {
        let account = &mut self.accounts[position].account;
        self.journal.account(position, account.figures());
        account
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "positions come from the index, and slots are never removed"
    )]
    fn hold_at(&self, position: usize) -> &Hold {
        &self.holds[position].hold
    }

    /// The hold at a position, once the journal has what it was.
    #[expect(
        clippy::indexing_slicing,
        reason = "positions come from the index, and slots are never removed"
    )]
    fn hold_to_change(&mut self, position: usize) -> &mut Hold {
        let hold = &mut self.holds[position].hold;
        self.journal.hold(position, hold.standing());
        hold
    }
}
