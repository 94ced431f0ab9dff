//! Verifying the ledger: everything that can be computed from the entries is computed again and compared with
//! what is stored. The first difference is reported.
//!
//! What must hold: an account's entries are numbered from 1 without gaps, each `balance_after` follows from the
//! one before, and their sums are what the account has; a transaction has at least two entries, numbered from
//! 0, and its debits equal its credits in every currency; so do all debits and credits of a company; what is
//! pending on an account is what pending holds reserve; nothing is available below zero where that is not
//! allowed.

mod accounts;
mod chain;
mod payment_money;
mod payments;
mod transactions;

use std::sync::{Arc, Mutex, PoisonError};

use ledger::{Account, Hold};
use uuid::Uuid;

pub use self::chain::{ChainAudit, verify_chain};
pub use self::payments::{PaymentAudit, verify_payments};

use self::accounts::Accounts;
use self::transactions::Transactions;
use crate::{LedgerViews, LedgerVisitor, StoreError, StoredEntry, Visit};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Audit {
    /// How many accounts were looked at.
    pub accounts: u64,
    /// How many transactions.
    pub transactions: u64,
    /// How many entries.
    pub entries: u64,
    /// How many holds.
    pub holds: u64,
    /// The first difference, if there is one.
    pub difference: Option<Difference>,
}

/// Something that must hold and does not.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[error("{subject}: {problem}")]
pub struct Difference {
    /// What is wrong: an account, a transaction, a company.
    pub subject: String,
    /// How, in a sentence.
    pub problem: String,
}

impl Difference {
    pub(crate) fn of(subject: impl std::fmt::Display, problem: impl Into<String>) -> Self {
        Self {
            subject: subject.to_string(),
            problem: problem.into(),
        }
    }
}

/// Verifies the whole ledger, as it is at one moment.
///
/// # Errors
/// If the store could not be read to its end.
pub async fn verify_ledger(views: &dyn LedgerViews) -> Result<Audit, StoreError> {
    let state = Arc::new(Mutex::new(State::default()));
    views
        .visit_ledger(Box::new(Auditor { state: state.clone() }))
        .await?;
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(state.finish())
}

#[derive(Default)]
struct State {
    accounts: Accounts,
    transactions: Transactions,
    holds: u64,
    difference: Option<Difference>,
}

struct Auditor {
    state: Arc<Mutex<State>>,
}

impl State {
    fn note(&mut self, checked: Result<(), Difference>) -> Visit {
        match checked {
            Ok(()) => Visit::Next,
            Err(difference) => {
                self.difference.get_or_insert(difference);
                Visit::Stop
            }
        }
    }

    fn finish(&mut self) -> Audit {
        if self.difference.is_none() {
            let checked = self
                .accounts
                .finish()
                .and_then(|()| self.transactions.finish(self.accounts.entries()));
            let _ = self.note(checked);
        }
        Audit {
            accounts: self.accounts.count(),
            transactions: self.transactions.count(),
            entries: self.accounts.entries(),
            holds: self.holds,
            difference: self.difference.clone(),
        }
    }
}

impl Auditor {
    fn check(&self, check: impl FnOnce(&mut State) -> Result<(), Difference>) -> Visit {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let checked = check(&mut state);
        state.note(checked)
    }
}

impl LedgerVisitor for Auditor {
    fn account(&mut self, account: &Account) -> Visit {
        self.check(|state| state.accounts.begin(account))
    }

    fn hold(&mut self, hold: &Hold) -> Visit {
        self.check(|state| {
            state.holds += 1;
            state.accounts.hold(hold)
        })
    }

    fn entry_of_account(&mut self, entry: &StoredEntry) -> Visit {
        self.check(|state| state.accounts.entry(entry))
    }

    fn entry_of_transaction(&mut self, entry: &StoredEntry) -> Visit {
        self.check(|state| state.transactions.entry(entry))
    }

    fn empty_transaction(&mut self, transaction_id: Uuid) -> Visit {
        self.check(|_| {
            Err(Difference::of(
                format!("transaction {transaction_id}"),
                "it has no entries, and must have two",
            ))
        })
    }
}

#[cfg(test)]
mod tests;
