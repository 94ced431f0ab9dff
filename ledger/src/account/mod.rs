//! An account: what was posted to it, what is pending on it, and what that leaves.

mod code;
mod figures;
mod kind;
mod state;

use uuid::Uuid;

use crate::Money;
pub use code::{AccountCode, AccountCodeError, AccountKey};
pub(crate) use figures::Figures;
pub use kind::{AccountKind, AccountStatus, Direction};
pub use state::{AccountError, AccountState};

/// An account of one company in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    id: Uuid,
    key: AccountKey,
    kind: AccountKind,
    overdraft: bool,
    status: AccountStatus,
    figures: Figures,
}

impl Account {
    /// An open account on which nothing was posted yet.
    pub fn open(id: Uuid, key: AccountKey, kind: AccountKind, overdraft: bool) -> Self {
        Self {
            id,
            key,
            kind,
            overdraft,
            status: AccountStatus::Open,
            figures: Figures::default(),
        }
    }

    /// The account that a store kept.
    ///
    /// # Errors
    ///
    /// The fields break an invariant: a sum is negative, or an account without overdraft is overdrawn.
    pub fn from_state(state: AccountState) -> Result<Self, AccountError> {
        for (field, minor) in [
            ("posted_debits", state.posted_debits),
            ("posted_credits", state.posted_credits),
            ("pending_debits", state.pending_debits),
            ("pending_credits", state.pending_credits),
        ] {
            if minor < 0 {
                return Err(AccountError::NegativeSum {
                    key: state.key,
                    field,
                    minor,
                });
            }
        }
        let figures = Figures {
            posted_debits: state.posted_debits,
            posted_credits: state.posted_credits,
            pending_debits: state.pending_debits,
            pending_credits: state.pending_credits,
            entries: state.entries,
        };
        let AccountState {
            id,
            key,
            kind,
            overdraft,
            status,
            ..
        } = state;
        Self {
            id,
            key,
            kind,
            overdraft,
            status,
            figures,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, AccountError> {
        match self.figures.available(self.kind.normal_side()) {
            None => Err(AccountError::OutOfRange { key: self.key }),
            Some(minor) if minor < 0 && !self.overdraft => {
                let available = Money::new(minor, self.key.currency);
                Err(AccountError::Overdrawn {
                    key: self.key,
                    available,
                })
            }
            Some(_) => Ok(self),
        }
    }

    /// The fields as a store keeps them.
    pub fn state(&self) -> AccountState {
        AccountState {
            id: self.id,
            key: self.key.clone(),
            kind: self.kind,
            overdraft: self.overdraft,
            status: self.status,
            posted_debits: self.figures.posted_debits,
            posted_credits: self.figures.posted_credits,
            pending_debits: self.figures.pending_debits,
            pending_credits: self.figures.pending_credits,
            entries: self.figures.entries,
        }
    }

    /// The account's id.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Its company, code and currency.
    pub const fn key(&self) -> &AccountKey {
        &self.key
    }

    /// Its kind.
    pub const fn kind(&self) -> AccountKind {
        self.kind
    }

    /// Whether what is available may go below zero.
    pub const fn overdraft(&self) -> bool {
        self.overdraft
    }

    /// Whether it is open, frozen or closed.
    pub const fn status(&self) -> AccountStatus {
        self.status
    }

    /// The sum of all debits posted, in minor units.
    pub const fn posted_debits(&self) -> i64 {
        self.figures.posted_debits
    }

    /// The sum of all credits posted, in minor units.
    pub const fn posted_credits(&self) -> i64 {
        self.figures.posted_credits
    }

    /// The sum of all pending debits, in minor units.
    pub const fn pending_debits(&self) -> i64 {
        self.figures.pending_debits
    }

    /// The sum of all pending credits, in minor units.
    pub const fn pending_credits(&self) -> i64 {
        self.figures.pending_credits
    }

    /// The number of the last entry, or 0.
    pub const fn entries(&self) -> u64 {
        self.figures.entries
    }

    /// What was posted on the side of the account's kind, less what was posted on the other.
    pub const fn balance(&self) -> Money {
        Money::new(self.figures.balance(self.kind.normal_side()), self.key.currency)
    }

    /// The balance less what pending entries would take, never plus what they would bring.
    pub const fn available(&self) -> Money {
        let minor = match self.figures.available(self.kind.normal_side()) {
            Some(minor) => minor,
            // Unreachable outside dry books, where figures mean nothing: all others refuse to get here.
            None => i64::MIN,
        };
        Money::new(minor, self.key.currency)
    }

    /// The side that takes from this account.
    pub(crate) const fn taking_side(&self) -> Direction {
        self.kind.normal_side().opposite()
    }

    pub(crate) const fn figures(&self) -> Figures {
        self.figures
    }

    /// All that may change of an account.
    pub(crate) const fn standing(&self) -> (Figures, AccountStatus) {
        (self.figures, self.status)
    }

    /// Whether nothing is on it, and nothing is pending.
    pub(crate) const fn is_empty(&self) -> bool {
        let figures = self.figures;
        figures.posted_debits == figures.posted_credits
            && figures.pending_debits == 0
            && figures.pending_credits == 0
    }

    pub(crate) const fn set_status(&mut self, status: AccountStatus) {
        self.status = status;
    }

    pub(crate) const fn set_figures(&mut self, figures: Figures) {
        self.figures = figures;
    }

    /// Posts an entry; returns its number, or `None` if a sum does not fit.
    pub(crate) fn post(&mut self, direction: Direction, minor: i64) -> Option<u64> {
        self.figures.post(direction, minor)
    }

    /// Adds to what is pending; `None` if the sum does not fit.
    pub(crate) fn reserve(&mut self, direction: Direction, minor: i64) -> Option<()> {
        self.figures.reserve(direction, minor)
    }

    /// Takes from what is pending; `None` if less is.
    pub(crate) fn free(&mut self, direction: Direction, minor: i64) -> Option<()> {
        self.figures.free(direction, minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(kind: AccountKind, overdraft: bool) -> AccountState {
        let key = AccountKey::new(Uuid::nil(), "a".parse().unwrap(), "BRL".parse().unwrap());
        Account::open(Uuid::nil(), key, kind, overdraft).state()
    }

    #[test]
    fn the_balance_grows_on_the_side_of_its_kind() {
        for (kind, balance) in [
            (AccountKind::Asset, 70),
            (AccountKind::Expense, 70),
            (AccountKind::Liability, -70),
            (AccountKind::Equity, -70),
            (AccountKind::Revenue, -70),
        ] {
            let posted = AccountState {
                posted_debits: 100,
                posted_credits: 30,
                ..state(kind, true)
            };
            assert_eq!(
                Account::from_state(posted).unwrap().balance().minor(),
                balance,
                "{kind:?}"
            );
        }
    }

    #[test]
    fn what_is_pending_takes_but_never_brings() {
        let pending = AccountState {
            posted_credits: 100,
            pending_debits: 30,
            pending_credits: 500,
            ..state(AccountKind::Liability, false)
        };
        assert_eq!(
            Account::from_state(pending.clone()).unwrap().available().minor(),
            70
        );
        let pending = AccountState {
            kind: AccountKind::Asset,
            posted_debits: 1_000,
            ..pending
        };
        assert_eq!(Account::from_state(pending).unwrap().available().minor(), 400);
    }

    #[test]
    fn what_was_stored_comes_back_the_same() {
        let stored = AccountState {
            posted_credits: 9,
            entries: 4,
            status: AccountStatus::Frozen,
            ..state(AccountKind::Revenue, false)
        };
        assert_eq!(Account::from_state(stored.clone()).unwrap().state(), stored);
    }

    #[test]
    fn broken_invariants_are_refused() {
        let negative = AccountState {
            pending_credits: -1,
            ..state(AccountKind::Asset, true)
        };
        assert!(matches!(
            Account::from_state(negative),
            Err(AccountError::NegativeSum {
                field: "pending_credits",
                minor: -1,
                ..
            })
        ));
        let overdrawn = AccountState {
            posted_debits: 1,
            ..state(AccountKind::Liability, false)
        };
        assert!(matches!(
            Account::from_state(overdrawn),
            Err(AccountError::Overdrawn { .. })
        ));
        let huge = AccountState {
            posted_debits: i64::MAX,
            pending_debits: i64::MAX,
            ..state(AccountKind::Liability, true)
        };
        assert!(matches!(
            Account::from_state(huge),
            Err(AccountError::OutOfRange { .. })
        ));
    }
}
