//! An account as a store keeps it.

use uuid::Uuid;

use super::{AccountKey, AccountKind, AccountStatus};
use crate::Money;

/// The fields of an account as a store keeps them; amounts are in minor units of the key's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// The account's id.
    pub id: Uuid,
    /// Its company, code and currency.
    pub key: AccountKey,
    /// Its kind.
    pub kind: AccountKind,
    /// Whether what is available may go below zero.
    pub overdraft: bool,
    /// Whether it is open, frozen or closed.
    pub status: AccountStatus,
    /// The sum of all debits posted.
    pub posted_debits: i64,
    /// The sum of all credits posted.
    pub posted_credits: i64,
    /// The sum of all debits that pending holds would post.
    pub pending_debits: i64,
    /// The sum of all credits that pending holds would post.
    pub pending_credits: i64,
    /// The number of the last entry; entries are counted from 1 within their account.
    pub entries: u64,
}

/// Fields that no account can have: what was stored is corrupt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// One of the four sums is below zero.
    #[error("account {key}: {field} is {minor}, expected zero or more")]
    NegativeSum {
        /// The account.
        key: AccountKey,
        /// Which sum.
        field: &'static str,
        /// Its value in minor units.
        minor: i64,
    },
    /// The account may not be overdrawn, yet it is.
    #[error("account {key}: {available} is available, expected zero or more without overdraft")]
    Overdrawn {
        /// The account.
        key: AccountKey,
        /// What is available.
        available: Money,
    },
    /// What is available does not fit.
    #[error("account {key}: what is available does not fit 64 bits")]
    OutOfRange {
        /// The account.
        key: AccountKey,
    },
}

impl AccountError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        "corrupt_account"
    }
}
