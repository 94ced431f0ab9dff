//! Accounts on the books: opened by themselves, frozen, closed.

use uuid::Uuid;

use super::posting::check_terms;
use super::{Books, BooksError};
use crate::{Account, AccountKey, AccountKind, AccountStatus, Money, Rejection, chart};

impl Books {
    /// Opens an account before anything is posted to it.
    ///
    /// # Errors
    ///
    /// [`Rejection::AccountExists`]; [`Rejection::KindMismatch`] or [`Rejection::OverdraftMismatch`] for an account of the
    /// system's own, which has [its own terms](chart::own_terms); [`BooksError::Unforeseen`] on enforcing books. Nothing
    /// has changed then.
    pub fn open_account(
        &mut self,
        id: Uuid,
        key: AccountKey,
        kind: AccountKind,
        overdraft: bool,
    ) -> Result<(), BooksError> {
        self.mention(std::slice::from_ref(&key))?;
        if self.account(&key).is_some() {
            return Err(Rejection::AccountExists { account: key }.into());
        }
        let (own_kind, own_overdraft) = chart::own_terms(key.code.as_str()).unwrap_or((kind, overdraft));
        let account = Account::open(id, key, own_kind, own_overdraft);
        check_terms(&account, Some(kind), Some(overdraft))?;
        self.attempt(|books, _| {
            books.open(account);
            Ok(())
        })
    }

    /// Freezes an account: nothing can be taken from it until it is unfrozen. A frozen one stays so.
    ///
    /// # Errors
    ///
    /// [`Rejection::AccountClosed`]; [`Rejection::SystemAccount`]; [`BooksError::Unforeseen`] if the account is not on the
    /// books.
    pub fn freeze(&mut self, key: &AccountKey) -> Result<(), BooksError> {
        refuse_own(key)?;
        self.thaw_or_freeze(key, AccountStatus::Frozen)
    }

    /// Opens a frozen account again. An open one stays so.
    ///
    /// # Errors
    ///
    /// [`Rejection::AccountClosed`]; [`BooksError::Unforeseen`] if the account is not on the books.
    pub fn unfreeze(&mut self, key: &AccountKey) -> Result<(), BooksError> {
        self.thaw_or_freeze(key, AccountStatus::Open)
    }

    /// Closes an account for good: nothing can be posted to it any more. A closed one stays so.
    ///
    /// # Errors
    ///
    /// [`Rejection::AccountNotEmpty`] if anything is on it, or pending; [`Rejection::SystemAccount`];
    /// [`BooksError::Unforeseen`] if the account is not on the books.
    pub fn close(&mut self, key: &AccountKey) -> Result<(), BooksError> {
        refuse_own(key)?;
        let position = self.on_the_books(key)?;
        let account = self.account_at(position);
        if !account.is_empty() {
            // Both sums are zero or more; what does not fit is shown as the most there is.
            let pending = account.pending_debits().saturating_add(account.pending_credits());
            let rejection = Rejection::AccountNotEmpty {
                account: key.clone(),
                balance: account.balance(),
                pending: Money::new(pending, key.currency),
            };
            return Err(rejection.into());
        }
        self.set_status(position, AccountStatus::Closed)
    }

    fn thaw_or_freeze(&mut self, key: &AccountKey, status: AccountStatus) -> Result<(), BooksError> {
        let position = self.on_the_books(key)?;
        if self.account_at(position).status() == AccountStatus::Closed {
            return Err(Rejection::AccountClosed { account: key.clone() }.into());
        }
        self.set_status(position, status)
    }

    fn on_the_books(&self, key: &AccountKey) -> Result<usize, BooksError> {
        let position = self.account_index.get(key).copied().flatten();
        position.ok_or_else(|| BooksError::Unforeseen(vec![key.clone()]))
    }

    fn set_status(&mut self, position: usize, status: AccountStatus) -> Result<(), BooksError> {
        self.attempt(|books, _| {
            let before = books.account_at(position).status();
            if before != status {
                books.journal.status(position, before);
                if let Some(slot) = books.accounts.get_mut(position) {
                    slot.account.set_status(status);
                }
            }
            Ok(())
        })
    }
}

/// The system posts to its own accounts at any time: with one closed, what was authorized could never be captured.
fn refuse_own(key: &AccountKey) -> Result<(), Rejection> {
    match chart::own_terms(key.code.as_str()) {
        Some(_) => Err(Rejection::SystemAccount { account: key.clone() }),
        None => Ok(()),
    }
}
