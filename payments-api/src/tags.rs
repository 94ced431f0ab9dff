//! The chapters of the API's documentation.

use poem_openapi::Tags;

/// The chapter that an operation stands in.
#[derive(Tags)]
pub(crate) enum Chapter {
    /// What money is on, and what moved there.
    Accounts,
    /// Money from one account to another, and back.
    Transfers,
    /// Money reserved on an account until it is captured or freed.
    Holds,
    /// What was posted, what stands where, and whether it balances.
    Ledger,
    /// Amounts on their way from one account to another: authorized, captured, refunded.
    Payments,
}
