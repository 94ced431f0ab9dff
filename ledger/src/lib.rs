//! Money, accounts, double-entry transactions, holds and the life of payments.
//!
//! This crate owns what an amount is and how it is read, rounded and split; what an account may hold; what a
//! balanced ledger transaction is; [`Books`], on which a batch of transactions and holds is applied in
//! order, in memory; and what can happen to a [`Payment`].
//!
//! It must not know of storage, queues, rules or HTTP. It does no I/O, reads no clock and draws no random
//! numbers: ids and times come in as parameters, so the same inputs give the same books, in a worker and in a
//! browser alike.
//!
//! Invariants:
//!
//! - An amount is a whole number of its currency's minor units. No float is ever involved, and arithmetic that
//!   would overflow is an error.
//! - A [`TransactionDraft`] that exists is balanced: debits equal credits in every currency.
//! - What [`Books`] refuses changes nothing at all.

#![deny(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects
)]

mod account;
mod amount;
mod books;
pub mod chart;
mod content;
mod currency;
mod hold;
mod money;
mod payment;
pub mod reference;
mod rejection;
mod rounding;
mod split;
mod total;
mod transaction;
mod transfer;
mod wide;

pub use account::{
    Account, AccountCode, AccountCodeError, AccountError, AccountKey, AccountKind, AccountState,
    AccountStatus, Direction,
};
pub use amount::{AmountError, decimal_from_json, parse_decimal};
pub use books::{Books, BooksError, ChangedAccount, ChangedHold, Checkpoint, PostedEntry, Posting};
pub use currency::{Currency, CurrencyError};
pub use hold::{Hold, HoldDraft, HoldError, HoldState, HoldStatus};
pub use money::{Money, MoneyError};
pub use payment::{
    Exchange, Payment, PaymentChange, PaymentError, PaymentEvent, PaymentFigures, PaymentLegs, PaymentState,
};
pub use rejection::Rejection;
pub use rounding::{Rounding, RoundingError};
pub use split::{Share, SplitError, split};
pub use total::Total;
pub use transaction::{EntryDraft, MAX_ENTRIES, TransactionDraft, TransactionError};
pub use transfer::{
    ReversalError, Reversible, TransferEnd, TransferError, ends, funding, reversal, transfer,
};

/// Exact decimals for percentages and rates, as [`Money::percent`] and [`Money::convert`] take them.
pub use rust_decimal::Decimal;
