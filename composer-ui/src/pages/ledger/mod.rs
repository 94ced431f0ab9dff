//! The ledger: what accounts hold, the proof that the books balance, and each entry back to the run that posted it.

mod accounts;
mod transaction;
mod trial;

pub(crate) use accounts::LedgerPage;
pub(crate) use transaction::LedgerTransactionPage;
