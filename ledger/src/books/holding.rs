//! Holds on the books: placed, captured, freed.
//!
//! A hold is a pending transaction of two entries. Its first entry takes from the hold's account, so it stands on
//! the side opposite to the normal one of that account's kind: a debit on a liability, a credit on an asset. Its
//! second stands on the other side of the account that a capture posts to. Where that account is of a kind whose
//! balance falls by it (a payable paid out from the bank), the hold takes from both, and both are checked.

use uuid::Uuid;

use super::posting::keys_of;
use super::{Books, BooksError, HoldSlot, Mode, Origin, Posting};
use crate::{
    Account, AccountKey, Direction, EntryDraft, Hold, HoldDraft, HoldStatus, Money, Rejection, chart,
};

/// The two accounts of a hold, and the side on which it takes from the first.
struct Ends {
    from: usize,
    to: usize,
    side: Direction,
}

impl Ends {
    /// Both positions, each with the side that the hold stands on there.
    fn sides(&self) -> [(usize, Direction); 2] {
        [(self.from, self.side), (self.to, self.side.opposite())]
    }
}

impl Books {
    /// Places a hold between two accounts of a company, which are opened on first mention as in
    /// [`post`](Self::post). What it would take no longer counts as available; what it would bring does not yet.
    ///
    /// # Errors
    ///
    /// [`BooksError::Rejected`] with the first rule broken, [`BooksError::Unforeseen`] on enforcing books. Nothing has
    /// changed then.
    pub fn place_hold(
        &mut self,
        company_id: Uuid,
        draft: &HoldDraft,
        new_account_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<(), BooksError> {
        check_draft(draft)?;
        if self.hold(draft.id).is_some() {
            return Err(Rejection::HoldExists { hold_id: draft.id }.into());
        }
        let hold = Hold::pending(company_id, draft);
        let keys = [hold.account(), hold.to()];
        self.mention(&keys)?;
        self.attempt(|books, mark| {
            let [from, to] = keys.map(|key| books.find_or_open(&key, None, None, new_account_id));
            let ends = Ends {
                from,
                to,
                side: books.account_at(from).taking_side(),
            };
            for (position, direction) in ends.sides() {
                books.reserve(position, direction, hold.amount())?;
            }
            books.check_limits(mark)?;
            books.add_hold(hold);
            Ok(())
        })
    }

    /// Captures a pending hold, all of it unless a smaller amount is said: posts the amount from the hold's
    /// account to the other, and frees the rest. The entries are in that order.
    ///
    /// # Errors
    ///
    /// [`BooksError::Rejected`] with the first rule broken; [`BooksError::UnforeseenHold`] or
    /// [`BooksError::Unforeseen`] on enforcing books; [`BooksError::CorruptHold`]. Nothing has changed then.
    pub fn capture_hold(
        &mut self,
        company_id: Uuid,
        hold_id: Uuid,
        amount: Option<Money>,
    ) -> Result<Posting, BooksError> {
        self.capture_and_post(company_id, hold_id, amount, &[], &mut Uuid::nil)
    }

    /// The same, and then posts further entries, which balance by themselves, in one transaction with it. Their accounts are
    /// opened on first mention as in [`post`](Self::post).
    ///
    /// # Errors
    ///
    /// As [`capture_hold`](Self::capture_hold).
    pub fn capture_and_post(
        &mut self,
        company_id: Uuid,
        hold_id: Uuid,
        amount: Option<Money>,
        further: &[EntryDraft],
        new_account_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Posting, BooksError> {
        let Some(position) = self.pending_hold(company_id, hold_id)? else {
            return Ok(Posting::default());
        };
        let hold = self.hold_at(position);
        let amount = amount.unwrap_or(hold.amount());
        check_capture(hold, amount)?;
        let keys = [hold.account(), hold.to()];
        self.mention(&keys)?;
        let further_keys = keys_of(company_id, further);
        self.mention(&further_keys)?;
        self.attempt(|books, mark| {
            let ends = books.settle(position, (HoldStatus::Captured, Some(amount)))?;
            let mut entries = Vec::with_capacity(keys.len().saturating_add(further.len()));
            for ((position, direction), key) in ends.sides().into_iter().zip(keys) {
                entries.push(books.post_at(position, key, direction, amount)?);
            }
            for (key, entry) in further_keys.into_iter().zip(further) {
                entries.push(books.post_entry(key, entry, new_account_id)?);
            }
            books.check_limits(mark)?;
            Ok(Posting { entries })
        })
    }

    /// Frees a pending hold. Neither a frozen nor a closed account stands in the way.
    ///
    /// # Errors
    ///
    /// As [`capture_hold`](Self::capture_hold).
    pub fn release_hold(&mut self, company_id: Uuid, hold_id: Uuid) -> Result<(), BooksError> {
        self.free(company_id, hold_id, HoldStatus::Released)
    }

    /// Frees a pending hold whose time ran out, as whoever has the clock says.
    ///
    /// # Errors
    ///
    /// As [`capture_hold`](Self::capture_hold).
    pub fn expire_hold(&mut self, company_id: Uuid, hold_id: Uuid) -> Result<(), BooksError> {
        self.free(company_id, hold_id, HoldStatus::Expired)
    }

    fn free(&mut self, company_id: Uuid, hold_id: Uuid, status: HoldStatus) -> Result<(), BooksError> {
        let Some(position) = self.pending_hold(company_id, hold_id)? else {
            return Ok(());
        };
        let hold = self.hold_at(position);
        let keys = [hold.account(), hold.to()];
        self.mention(&keys)?;
        self.attempt(|books, _| books.settle(position, (status, None)).map(drop))
    }

    /// The position of a company's pending hold; `None` if dry books do not know it.
    fn pending_hold(&mut self, company_id: Uuid, hold_id: Uuid) -> Result<Option<usize>, BooksError> {
        let position = match (self.hold_index.get(&hold_id), self.mode) {
            (Some(Some(position)), _) => *position,
            (None, Mode::Enforcing) => return Err(BooksError::UnforeseenHold(hold_id)),
            (_, Mode::Dry) => {
                self.absent_hold(hold_id);
                return Ok(None);
            }
            (Some(None), Mode::Enforcing) | (_, Mode::FromScratch) => {
                return Err(Rejection::HoldNotFound { hold_id }.into());
            }
        };
        let hold = self.hold_at(position);
        if hold.company_id() != company_id {
            return Err(Rejection::HoldNotFound { hold_id }.into());
        }
        match hold.status() {
            HoldStatus::Pending => Ok(Some(position)),
            status @ (HoldStatus::Captured | HoldStatus::Released | HoldStatus::Expired) => {
                Err(Rejection::HoldAlreadySettled { hold_id, status }.into())
            }
        }
    }

    /// Takes a hold's amount off what is pending on its accounts and sets where it stands.
    fn settle(&mut self, position: usize, standing: (HoldStatus, Option<Money>)) -> Result<Ends, BooksError> {
        let ends = self.ends(position)?;
        let hold = self.hold_to_change(position);
        hold.set_standing(standing);
        let (hold_id, minor) = (hold.id(), hold.amount().minor());
        for (position, direction) in ends.sides() {
            // Dry books may have opened the account a moment ago, with nothing pending.
            let freed = self.account_to_change(position).free(direction, minor);
            if freed.is_none() && !self.is_dry() {
                let account = self.account_at(position).key().clone();
                return Err(BooksError::CorruptHold { hold_id, account });
            }
        }
        Ok(ends)
    }

    fn ends(&mut self, position: usize) -> Result<Ends, BooksError> {
        let hold = self.hold_at(position);
        let (hold_id, from, to) = (hold.id(), hold.account(), hold.to());
        let from = self.end(hold_id, from)?;
        let to = self.end(hold_id, to)?;
        Ok(Ends {
            from,
            to,
            side: self.account_at(from).taking_side(),
        })
    }

    /// The position of a hold's account, which exists since the hold was placed.
    fn end(&mut self, hold_id: Uuid, account: AccountKey) -> Result<usize, BooksError> {
        match self.account_index.get(&account) {
            Some(Some(position)) => Ok(*position),
            Some(None) | None if self.is_dry() => {
                let kind = chart::opening_kind(account.code.as_str());
                Ok(self.open(Account::open(Uuid::nil(), account, kind, true)))
            }
            Some(None) | None => Err(BooksError::CorruptHold { hold_id, account }),
        }
    }

    fn reserve(&mut self, position: usize, direction: Direction, amount: Money) -> Result<(), Rejection> {
        self.check_status(position, direction)?;
        let account = self.account_to_change(position);
        let reserved = account.reserve(direction, amount.minor());
        reserved.ok_or_else(|| Rejection::AmountOverflow {
            account: account.key().clone(),
        })
    }

    fn add_hold(&mut self, hold: Hold) {
        let position = self.holds.len();
        self.hold_index.insert(hold.id(), Some(position));
        self.holds.push(HoldSlot {
            hold,
            origin: Origin::Made,
        });
        self.journal.placed(position);
    }
}

fn check_draft(draft: &HoldDraft) -> Result<(), Rejection> {
    if !draft.amount.is_positive() {
        return Err(Rejection::NotPositive { amount: draft.amount });
    }
    if draft.account == draft.to {
        return Err(Rejection::SameAccount {
            account: draft.account.clone(),
        });
    }
    Ok(())
}

fn check_capture(hold: &Hold, amount: Money) -> Result<(), Rejection> {
    let (hold_id, limit) = (hold.id(), hold.amount());
    if amount.currency() != limit.currency() {
        let (found, expected) = (amount.currency(), limit.currency());
        return Err(Rejection::CurrencyMismatch {
            hold_id,
            found,
            expected,
        });
    }
    if !amount.is_positive() {
        return Err(Rejection::NotPositive { amount });
    }
    if amount.minor() > limit.minor() {
        return Err(Rejection::AmountExceedsHold {
            hold_id,
            amount,
            held: limit,
        });
    }
    Ok(())
}
