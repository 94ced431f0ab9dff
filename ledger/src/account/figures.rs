//! The sums of an account, and what they leave.

use super::Direction;

/// The part of an account that posting changes. Every sum is zero or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Figures {
    pub(super) posted_debits: i64,
    pub(super) posted_credits: i64,
    pub(super) pending_debits: i64,
    pub(super) pending_credits: i64,
    pub(super) entries: u64,
}

impl Figures {
    fn posted(&mut self, direction: Direction) -> &mut i64 {
        match direction {
            Direction::Debit => &mut self.posted_debits,
            Direction::Credit => &mut self.posted_credits,
        }
    }

    fn pending(&mut self, direction: Direction) -> &mut i64 {
        match direction {
            Direction::Debit => &mut self.pending_debits,
            Direction::Credit => &mut self.pending_credits,
        }
    }

    /// Cannot overflow: both sums are zero or more, so their difference fits.
    pub(super) const fn balance(self, normal: Direction) -> i64 {
        match normal {
            Direction::Debit => self.posted_debits.saturating_sub(self.posted_credits),
            Direction::Credit => self.posted_credits.saturating_sub(self.posted_debits),
        }
    }

    /// The balance less what pending entries would take, never plus what they would bring.
    pub(crate) const fn available(self, normal: Direction) -> Option<i64> {
        let taken = match normal {
            Direction::Debit => self.pending_credits,
            Direction::Credit => self.pending_debits,
        };
        self.balance(normal).checked_sub(taken)
    }

    /// What is posted and what is pending on one side fit together, at all times: so a hold that was placed can be
    /// captured, whatever was posted in between.
    fn both_fit(posted: i64, pending: i64) -> Option<()> {
        posted.checked_add(pending).map(drop)
    }

    pub(super) fn post(&mut self, direction: Direction, minor: i64) -> Option<u64> {
        let number = self.entries.checked_add(1)?;
        let posted = self.posted(direction).checked_add(minor)?;
        Self::both_fit(posted, *self.pending(direction))?;
        *self.posted(direction) = posted;
        self.entries = number;
        Some(number)
    }

    pub(super) fn reserve(&mut self, direction: Direction, minor: i64) -> Option<()> {
        let pending = self.pending(direction).checked_add(minor)?;
        Self::both_fit(*self.posted(direction), pending)?;
        *self.pending(direction) = pending;
        Some(())
    }

    pub(super) fn free(&mut self, direction: Direction, minor: i64) -> Option<()> {
        let sum = self.pending(direction);
        *sum = sum.checked_sub(minor).filter(|left| *left >= 0)?;
        Some(())
    }
}
