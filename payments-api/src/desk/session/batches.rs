//! Batches of transfers that were carried out, by their keys.

use store::{KeptRequest, MovementWrite, TransferBatch};

use super::Session;
use crate::desk::{Declined, group::reused};

/// The batches of a group.
#[derive(Default)]
pub(super) struct Batches {
    known: Vec<TransferBatch>,
    new: Vec<TransferBatch>,
}

impl Batches {
    pub(super) fn loaded(known: Vec<TransferBatch>) -> Self {
        Self {
            known,
            ..Self::default()
        }
    }

    /// What is to be written of them.
    pub(super) fn close(self, write: &mut MovementWrite) {
        write.batches = self.new;
    }
}

impl Session<'_> {
    /// Refuses to carry out a batch that was carried out before, in however distant a past.
    ///
    /// # Errors
    /// [`Declined::Posted`] if it was; 422 if something else was asked for under its key.
    pub(crate) fn first_batch(&self, request: &KeptRequest) -> Result<(), Declined> {
        let mut known = self.batches.known.iter().chain(&self.batches.new);
        match known.find(|batch| batch.request.key == request.key) {
            None => Ok(()),
            Some(batch) if batch.request == *request => Err(Declined::Posted(batch.id)),
            Some(_) => Err(reused().into()),
        }
    }

    /// Keeps what a batch was asked for by. It is the last that an order does, since it is not taken back.
    pub(crate) fn keep_batch(&mut self, request: KeptRequest) {
        let id = self.new_id();
        self.batches.new.push(TransferBatch { id, request });
    }
}
