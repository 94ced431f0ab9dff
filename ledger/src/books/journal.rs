//! The journal: what the books were before each change, so that a change can be undone.

use super::{Books, BooksError, Origin};
use crate::account::Figures;
use crate::{AccountStatus, HoldStatus, Money};

/// A moment to which the books can go back.
///
/// End each with [`Books::rollback_to`] or [`Books::keep`]: the journal grows as long as one is open.
#[derive(Debug)]
#[must_use = "a checkpoint is to be rolled back to, or kept"]
pub struct Checkpoint {
    serial: u64,
}

/// One change, as what takes it back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Undo {
    Account {
        position: usize,
        before: Figures,
    },
    AccountOpened {
        position: usize,
    },
    AccountStatus {
        position: usize,
        before: AccountStatus,
    },
    Hold {
        position: usize,
        before: (HoldStatus, Option<Money>),
    },
    HoldPlaced {
        position: usize,
    },
}

/// Changes in their order, kept while a call is under way or a checkpoint is open.
#[derive(Debug, Clone, Default)]
pub(super) struct Journal {
    changes: Vec<Undo>,
    /// The serial of each open checkpoint with the length of the journal at its moment, outermost first.
    checkpoints: Vec<(u64, usize)>,
    last_serial: u64,
}

impl Journal {
    pub(super) fn account(&mut self, position: usize, before: Figures) {
        self.changes.push(Undo::Account { position, before });
    }

    pub(super) fn opened(&mut self, position: usize) {
        self.changes.push(Undo::AccountOpened { position });
    }

    pub(super) fn status(&mut self, position: usize, before: AccountStatus) {
        self.changes.push(Undo::AccountStatus { position, before });
    }

    pub(super) fn hold(&mut self, position: usize, before: (HoldStatus, Option<Money>)) {
        self.changes.push(Undo::Hold { position, before });
    }

    pub(super) fn placed(&mut self, position: usize) {
        self.changes.push(Undo::HoldPlaced { position });
    }

    /// The accounts changed since the journal had this length, as they were before each change.
    pub(super) fn accounts_since(&self, mark: usize) -> impl Iterator<Item = (usize, Figures)> {
        self.changes.iter().skip(mark).filter_map(|undo| match undo {
            Undo::Account { position, before } => Some((*position, *before)),
            Undo::AccountOpened { .. }
            | Undo::AccountStatus { .. }
            | Undo::Hold { .. }
            | Undo::HoldPlaced { .. } => None,
        })
    }

    /// Closes a checkpoint and all within it; returns the journal's length at its moment, if it was open.
    fn close(&mut self, checkpoint: &Checkpoint) -> Option<usize> {
        let depth = self
            .checkpoints
            .iter()
            .position(|(serial, _)| *serial == checkpoint.serial)?;
        let mark = self.checkpoints.get(depth).map(|(_, mark)| *mark);
        self.checkpoints.truncate(depth);
        mark
    }

    /// Forgets what nobody can go back to any more.
    fn trim(&mut self) {
        if self.checkpoints.is_empty() {
            self.changes.clear();
        }
    }
}

impl Books {
    /// Opens a checkpoint. They nest: to end one ends those opened after it.
    pub fn checkpoint(&mut self) -> Checkpoint {
        let serial = self.journal.last_serial.wrapping_add(1);
        self.journal.last_serial = serial;
        self.journal
            .checkpoints
            .push((serial, self.journal.changes.len()));
        Checkpoint { serial }
    }

    /// Takes back everything since the checkpoint: entries, holds, and accounts opened. What dry books learned
    /// to be touched stays. A checkpoint that was ended with an outer one does nothing.
    #[expect(clippy::needless_pass_by_value, reason = "a checkpoint is used up")]
    pub fn rollback_to(&mut self, checkpoint: Checkpoint) {
        if let Some(mark) = self.journal.close(&checkpoint) {
            self.undo_to(mark);
        }
        self.journal.trim();
    }

    /// Keeps everything since the checkpoint, which is then no more. A checkpoint that was ended with an outer
    /// one does nothing.
    #[expect(clippy::needless_pass_by_value, reason = "a checkpoint is used up")]
    pub fn keep(&mut self, checkpoint: Checkpoint) {
        self.journal.close(&checkpoint);
        self.journal.trim();
    }

    /// Makes a change in full, or undoes what it did before it failed. The change is told the length of the
    /// journal before it.
    pub(super) fn attempt<T>(
        &mut self,
        change: impl FnOnce(&mut Self, usize) -> Result<T, BooksError>,
    ) -> Result<T, BooksError> {
        let mark = self.journal.changes.len();
        let outcome = change(self, mark);
        if outcome.is_err() {
            self.undo_to(mark);
        }
        self.journal.trim();
        outcome
    }

    fn undo_to(&mut self, mark: usize) {
        while self.journal.changes.len() > mark {
            if let Some(undo) = self.journal.changes.pop() {
                self.undo(undo);
            }
        }
    }

    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::Account { position, before } => {
                if let Some(slot) = self.accounts.get_mut(position) {
                    slot.account.set_figures(before);
                }
            }
            Undo::AccountOpened { position } => {
                if let Some(slot) = self.accounts.get_mut(position) {
                    slot.origin = Origin::Undone;
                    self.account_index.insert(slot.account.key().clone(), None);
                }
            }
            Undo::AccountStatus { position, before } => {
                if let Some(slot) = self.accounts.get_mut(position) {
                    slot.account.set_status(before);
                }
            }
            Undo::Hold { position, before } => {
                if let Some(slot) = self.holds.get_mut(position) {
                    slot.hold.set_standing(before);
                }
            }
            Undo::HoldPlaced { position } => {
                if let Some(slot) = self.holds.get_mut(position) {
                    slot.origin = Origin::Undone;
                    self.hold_index.insert(slot.hold.id(), None);
                }
            }
        }
    }
}
