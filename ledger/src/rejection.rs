//! What the books refuse, as data: a business answer that goes back to who asked.

use uuid::Uuid;

use crate::{AccountCode, AccountKey, AccountKind, Currency, HoldStatus, Money};

/// Why a transaction or hold is refused. What is refused changes nothing, and asking again at the same moment
/// is refused again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// An account without overdraft has too little.
    #[error("Account {account} has {available} available, but {needed} is needed.")]
    InsufficientFunds {
        /// The account.
        account: AccountKey,
        /// What is available on it.
        available: Money,
        /// What would be taken from it, all entries together.
        needed: Money,
    },
    /// An entry says another kind than its account has.
    #[error("Account {account} is of the kind {actual}, not {stated}.", actual = .actual.name(), stated = .stated.name())]
    KindMismatch {
        /// The account.
        account: AccountKey,
        /// The kind that the entry says.
        stated: AccountKind,
        /// The kind that the account has.
        actual: AccountKind,
    },
    /// An entry says another overdraft than its account has.
    #[error("Account {account} was opened with overdraft {actual}, not {stated}.", actual = !.stated)]
    OverdraftMismatch {
        /// The account.
        account: AccountKey,
        /// What the entry says; the account has the opposite.
        stated: bool,
    },
    /// The account is frozen: nothing may lower its balance.
    #[error("Account {account} is frozen: nothing can be taken from it.")]
    AccountFrozen {
        /// The account.
        account: AccountKey,
    },
    /// The account is closed: nothing can be posted to it.
    #[error("Account {account} is closed: nothing can be posted to it.")]
    AccountClosed {
        /// The account.
        account: AccountKey,
    },
    /// There is an account of this code and currency already.
    #[error("There is an account {account} already.")]
    AccountExists {
        /// The account.
        account: AccountKey,
    },
    /// The account cannot be closed: something is on it, or pending.
    #[error(
        "Account {account} has a balance of {balance} and {pending} pending: both must be zero to close it."
    )]
    AccountNotEmpty {
        /// The account.
        account: AccountKey,
        /// What is on it.
        balance: Money,
        /// What is pending on it, on either side.
        pending: Money,
    },
    /// The account is one of the system's own, to which it posts at any time.
    #[error("The system posts to account {account}: it is never frozen or closed.")]
    SystemAccount {
        /// The account.
        account: AccountKey,
    },
    /// A sum of the account would not fit.
    #[error("Account {account} would exceed what the ledger can hold.")]
    AmountOverflow {
        /// The account.
        account: AccountKey,
    },
    /// A hold is of nothing, or less.
    #[error("{amount} cannot be held or captured: expected an amount above zero.")]
    NotPositive {
        /// The amount.
        amount: Money,
    },
    /// A hold is from an account to itself.
    #[error("A hold is between two accounts, but {account} is named as both.")]
    SameAccount {
        /// The account.
        account: AccountCode,
    },
    /// A capture is in another currency than its hold.
    #[error("The capture is in {found}, but hold {hold_id} is in {expected}.")]
    CurrencyMismatch {
        /// The hold.
        hold_id: Uuid,
        /// The capture's currency.
        found: Currency,
        /// The hold's.
        expected: Currency,
    },
    /// There is a hold of this id already.
    #[error("There is a hold {hold_id} already.")]
    HoldExists {
        /// The hold.
        hold_id: Uuid,
    },
    /// The company has no such hold.
    #[error("There is no hold {hold_id}.")]
    HoldNotFound {
        /// The hold.
        hold_id: Uuid,
    },
    /// The hold was captured or freed before.
    #[error("Hold {hold_id} is {status} already.", status = .status.name())]
    HoldAlreadySettled {
        /// The hold.
        hold_id: Uuid,
        /// Where it stands.
        status: HoldStatus,
    },
    /// More is to be captured than is held.
    #[error("Hold {hold_id} is of {held}: {amount} cannot be captured from it.")]
    AmountExceedsHold {
        /// The hold.
        hold_id: Uuid,
        /// What was to be captured.
        amount: Money,
        /// What is held.
        held: Money,
    },
}

impl Rejection {
    /// The stable code of this rejection.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InsufficientFunds { .. } => "insufficient_funds",
            Self::KindMismatch { .. } | Self::OverdraftMismatch { .. } => "account_mismatch",
            Self::AccountFrozen { .. } => "account_frozen",
            Self::AccountClosed { .. } => "account_closed",
            Self::AccountExists { .. } => "account_exists",
            Self::AccountNotEmpty { .. } => "account_not_empty",
            Self::SystemAccount { .. } => "invalid_account",
            Self::AmountOverflow { .. } => "amount_overflow",
            Self::NotPositive { .. } => "invalid_amount",
            Self::SameAccount { .. } => "same_account",
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::HoldExists { .. } => "hold_exists",
            Self::HoldNotFound { .. } => "hold_not_found",
            Self::HoldAlreadySettled { .. } => "hold_already_settled",
            Self::AmountExceedsHold { .. } => "amount_exceeds_hold",
        }
    }
}
