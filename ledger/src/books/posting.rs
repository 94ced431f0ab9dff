//! Posting transactions to the books.

use uuid::Uuid;

use super::{Books, BooksError, Mode, PostedEntry, Posting};
use crate::account::Figures;
use crate::{
    Account, AccountKey, AccountKind, AccountStatus, Direction, EntryDraft, Money, Rejection,
    TransactionDraft,
};

impl Books {
    /// Posts a transaction to the accounts of a company.
    ///
    /// The first mention of an account opens it, with an id from `new_account_id`: its kind is the entry's, else
    /// the standard chart's, else liability; overdraft is allowed unless the entry says otherwise. The system's own
    /// accounts have [their own terms](crate::chart::own_terms). What is available is checked once all entries are posted, for each account; terms and status at each entry.
    ///
    /// # Errors
    ///
    /// [`BooksError::Rejected`] with the first rule broken; [`BooksError::Unforeseen`] on enforcing books with all
    /// accounts that the transaction lacks. Nothing has changed then.
    pub fn post(
        &mut self,
        company_id: Uuid,
        draft: &TransactionDraft,
        new_account_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Posting, BooksError> {
        let keys = keys_of(company_id, draft.entries());
        self.mention(&keys)?;
        self.attempt(|books, mark| {
            let mut entries = Vec::with_capacity(keys.len());
            for (key, entry) in keys.into_iter().zip(draft.entries()) {
                entries.push(books.post_entry(key, entry, new_account_id)?);
            }
            books.check_limits(mark)?;
            Ok(Posting { entries })
        })
    }

    /// Makes sure that all these accounts may be worked with; dry books note them.
    pub(super) fn mention(&mut self, keys: &[AccountKey]) -> Result<(), BooksError> {
        match self.mode {
            Mode::FromScratch => Ok(()),
            Mode::Dry => {
                for key in keys {
                    self.foresee(key.clone());
                }
                Ok(())
            }
            Mode::Enforcing if keys.iter().all(|key| self.account_index.contains_key(key)) => Ok(()),
            Mode::Enforcing => {
                let unknown = keys.iter().filter(|key| !self.account_index.contains_key(key));
                let mut unknown: Vec<AccountKey> = unknown.cloned().collect();
                unknown.sort_unstable();
                unknown.dedup();
                Err(BooksError::Unforeseen(unknown))
            }
        }
    }

    pub(super) fn post_entry(
        &mut self,
        key: AccountKey,
        entry: &EntryDraft,
        new_account_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<PostedEntry, Rejection> {
        let position = self.find_or_open(&key, entry.kind, entry.overdraft, new_account_id);
        if !self.is_dry() {
            check_terms(self.account_at(position), entry.kind, entry.overdraft)?;
        }
        self.post_at(position, key, entry.direction, entry.amount)
    }

    pub(super) fn post_at(
        &mut self,
        position: usize,
        key: AccountKey,
        direction: Direction,
        amount: Money,
    ) -> Result<PostedEntry, Rejection> {
        self.check_status(position, direction)?;
        let account = self.account_to_change(position);
        let Some(number) = account.post(direction, amount.minor()) else {
            return Err(Rejection::AmountOverflow { account: key });
        };
        let (account_id, balance_after) = (account.id(), account.balance());
        Ok(PostedEntry {
            account_id,
            key,
            direction,
            amount,
            balance_after,
            number,
        })
    }

    /// A frozen account refuses each entry that would lower its balance, a closed one every entry.
    pub(super) fn check_status(&self, position: usize, direction: Direction) -> Result<(), Rejection> {
        let account = self.account_at(position);
        match account.status() {
            _ if self.is_dry() => Ok(()),
            AccountStatus::Closed => Err(Rejection::AccountClosed {
                account: account.key().clone(),
            }),
            AccountStatus::Frozen if direction == account.taking_side() => Err(Rejection::AccountFrozen {
                account: account.key().clone(),
            }),
            AccountStatus::Open | AccountStatus::Frozen => Ok(()),
        }
    }

    /// Checks what is available on every account that was changed since the journal had this length.
    pub(super) fn check_limits(&self, mark: usize) -> Result<(), Rejection> {
        if self.is_dry() {
            return Ok(());
        }
        self.journal
            .accounts_since(mark)
            .try_for_each(|(position, before)| check_limit(self.account_at(position), before))
    }
}

/// The accounts of entries.
pub(super) fn keys_of(company_id: Uuid, entries: &[EntryDraft]) -> Vec<AccountKey> {
    let keys = entries.iter();
    keys.map(|entry| AccountKey::new(company_id, entry.account.clone(), entry.amount.currency()))
        .collect()
}

/// That an account has the terms that are said, if any are.
pub(super) fn check_terms(
    account: &Account,
    kind: Option<AccountKind>,
    overdraft: Option<bool>,
) -> Result<(), Rejection> {
    match (kind, overdraft) {
        (Some(stated), _) if stated != account.kind() => {
            let (account, actual) = (account.key().clone(), account.kind());
            Err(Rejection::KindMismatch {
                account,
                stated,
                actual,
            })
        }
        (_, Some(stated)) if stated != account.overdraft() => Err(Rejection::OverdraftMismatch {
            account: account.key().clone(),
            stated,
        }),
        _ => Ok(()),
    }
}

/// An account comes here first with its figures from before the call, since the journal is in order: so what a
/// rejection says was available and needed is the net of the whole call.
fn check_limit(account: &Account, before: Figures) -> Result<(), Rejection> {
    let normal = account.kind().normal_side();
    let overflow = || Rejection::AmountOverflow {
        account: account.key().clone(),
    };
    let left = account.figures().available(normal).ok_or_else(overflow)?;
    if left >= 0 || account.overdraft() {
        return Ok(());
    }
    let available = before.available(normal).ok_or_else(overflow)?;
    let needed = available.checked_sub(left).ok_or_else(overflow)?;
    let money = |minor| Money::new(minor, account.key().currency);
    let (available, needed) = (money(available), money(needed));
    Err(Rejection::InsufficientFunds {
        account: account.key().clone(),
        available,
        needed,
    })
}
