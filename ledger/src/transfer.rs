//! Transfers: an amount from one account to another, and back.
//!
//! What is decided here needs no more than the accounts as they are. What it costs them (their limits, their status) is
//! decided where the draft is posted.

use uuid::Uuid;

use crate::{
    Account, AccountCode, AccountKind, Currency, Direction, EntryDraft, Money, MoneyError, TransactionDraft,
    TransactionError,
};

/// One of the two ends of a transfer: the account that was asked for, and what was found.
#[derive(Debug, Clone, Copy)]
pub struct TransferEnd<'a> {
    /// The id that was asked for.
    pub id: Uuid,
    /// The account, if there is one.
    pub found: Option<&'a Account>,
}

/// Why an amount cannot be transferred, whatever the accounts hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// Both ends are one account.
    #[error("Money goes between two accounts, but {account_id} is named as both.")]
    SameAccount {
        /// The account.
        account_id: Uuid,
    },
    /// The company has no such account.
    #[error("The company has no account {account_id}.")]
    AccountNotFound {
        /// The account that was asked for.
        account_id: Uuid,
        /// The side that it would have been on.
        side: Direction,
    },
    /// The account is in another currency than the amount.
    #[error("Account {account_id} is in {expected}, but the amount is in {found}.")]
    CurrencyMismatch {
        /// The account.
        account_id: Uuid,
        /// The side that it is on.
        side: Direction,
        /// The account's currency.
        expected: Currency,
        /// The amount's.
        found: Currency,
    },
    /// Both accounts are of one currency, so there is nothing to exchange.
    #[error("There is nothing to exchange: both accounts are in {currency}.")]
    OneCurrency {
        /// The currency.
        currency: Currency,
    },
    /// What the amount is worth in the other currency does not fit.
    #[error(transparent)]
    Unconvertible(#[from] MoneyError),
    /// The amount is worth nothing in the other currency.
    #[error("{amount} is worth less than can be paid in {currency}.")]
    Worthless {
        /// The amount.
        amount: Money,
        /// The other currency.
        currency: Currency,
    },
    /// The amount can stand in no entry.
    #[error(transparent)]
    Unpostable(#[from] TransactionError),
}

impl TransferError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SameAccount { .. } => "same_account",
            Self::AccountNotFound { .. } => "account_not_found",
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::OneCurrency { .. } => "invalid_exchange",
            Self::Unconvertible(error) => error.code(),
            Self::Worthless { .. } => "invalid_amount",
            Self::Unpostable(error) => error.code(),
        }
    }
}

/// The transaction that transfers an amount between two accounts of a company: it debits the source and credits the
/// destination, whatever their kinds. From an asset, such as the bank, that is a deposit.
///
/// # Errors
///
/// The first of the rules that it breaks, in the order of [`TransferError`].
pub fn transfer(
    company_id: Uuid,
    source: TransferEnd<'_>,
    destination: TransferEnd<'_>,
    amount: Money,
) -> Result<TransactionDraft, TransferError> {
    let [source, destination] = ends(company_id, source, destination, amount.currency())?;
    let entries = vec![
        EntryDraft::debit(source.key().code.clone(), amount),
        EntryDraft::credit(destination.key().code.clone(), amount),
    ];
    Ok(TransactionDraft::new(entries)?)
}

/// The two accounts of a company that money of a currency goes between: the source, the destination.
///
/// # Errors
///
/// They are one, one of them is not there, or one is in another currency.
pub fn ends<'a>(
    company_id: Uuid,
    source: TransferEnd<'a>,
    destination: TransferEnd<'a>,
    currency: Currency,
) -> Result<[&'a Account; 2], TransferError> {
    between(company_id, [source, destination], [currency, currency])
}

/// The two accounts of a company, each in its currency.
///
/// # Errors
///
/// As [`ends`].
pub(crate) fn between(
    company_id: Uuid,
    [source, destination]: [TransferEnd<'_>; 2],
    [given, received]: [Currency; 2],
) -> Result<[&Account; 2], TransferError> {
    if source.id == destination.id {
        let account_id = source.id;
        return Err(TransferError::SameAccount { account_id });
    }
    let source = end(company_id, source, Direction::Debit)?;
    let destination = end(company_id, destination, Direction::Credit)?;
    check_currency(source, Direction::Debit, given)?;
    check_currency(destination, Direction::Credit, received)?;
    Ok([source, destination])
}

fn end(company_id: Uuid, end: TransferEnd<'_>, side: Direction) -> Result<&Account, TransferError> {
    let own = end.found.filter(|account| account.key().company_id == company_id);
    own.ok_or(TransferError::AccountNotFound {
        account_id: end.id,
        side,
    })
}

fn check_currency(account: &Account, side: Direction, found: Currency) -> Result<(), TransferError> {
    let expected = account.key().currency;
    if expected == found {
        return Ok(());
    }
    Err(TransferError::CurrencyMismatch {
        account_id: account.id(),
        side,
        expected,
        found,
    })
}

/// The transaction that gives an account of this kind its first balance, from the company's account `funding`.
///
/// # Errors
///
/// The amount is not above zero.
pub fn funding(
    code: AccountCode,
    kind: AccountKind,
    funding: AccountCode,
    amount: Money,
) -> Result<TransactionDraft, TransactionError> {
    let side = kind.normal_side();
    TransactionDraft::new(vec![
        EntryDraft::new(funding, side.opposite(), amount),
        EntryDraft::new(code, side, amount),
    ])
}

/// A transfer that was posted, as far as taking it back goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversible {
    /// Its transaction.
    pub transaction_id: Uuid,
    /// The account that was debited.
    pub source: AccountCode,
    /// The account that was credited.
    pub destination: AccountCode,
    /// How much.
    pub amount: Money,
    /// How much of that was taken back before.
    pub reversed: Money,
}

/// Why a transfer cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReversalError {
    /// All of it was taken back.
    #[error("All of the transfer, {amount}, was reversed already.")]
    AlreadyReversed {
        /// How much it was of.
        amount: Money,
    },
    /// More is to be taken back than is left.
    #[error("{left} of the transfer can still be reversed, but {wanted} was asked for.")]
    ExceedsTransfer {
        /// What is left.
        left: Money,
        /// What was asked for.
        wanted: Money,
    },
    /// The amount can stand in no entry.
    #[error(transparent)]
    Unpostable(#[from] TransactionError),
}

impl ReversalError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyReversed { .. } => "already_reversed",
            Self::ExceedsTransfer { .. } => "reversal_exceeds_transfer",
            Self::Unpostable(error) => error.code(),
        }
    }
}

/// The transaction that takes a transfer back: all that is left of it, or a part.
///
/// # Errors
///
/// Nothing is left, less is left than is wanted, or what is wanted is in another currency or not above zero.
pub fn reversal(original: &Reversible, wanted: Option<Money>) -> Result<TransactionDraft, ReversalError> {
    let currency = original.amount.currency();
    let left = original.amount.minor().saturating_sub(original.reversed.minor());
    let left = Money::new(left, currency);
    if !left.is_positive() {
        let amount = original.amount;
        return Err(ReversalError::AlreadyReversed { amount });
    }
    let amount = wanted.unwrap_or(left);
    if amount.currency() != currency || amount.minor() > left.minor() {
        return Err(ReversalError::ExceedsTransfer { left, wanted: amount });
    }
    let entries = vec![
        EntryDraft::debit(original.destination.clone(), amount),
        EntryDraft::credit(original.source.clone(), amount),
    ];
    Ok(TransactionDraft::new(entries)?.reversing(original.transaction_id))
}
