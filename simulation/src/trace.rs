//! What happened, in order: hashed, so that two runs can be compared, and printed where somebody reads along.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Arguments;
use std::hash::Hasher;
use std::sync::{Mutex, PoisonError};

use crate::VirtualClock;

/// Whether somebody reads along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Nobody does.
    Nobody,
    /// Everything is printed to the standard output as it happens.
    Stdout,
}

/// The record of one simulation.
#[derive(Debug)]
pub(crate) struct Trace {
    clock: VirtualClock,
    reader: Reader,
    hasher: Mutex<(DefaultHasher, u64)>,
}

impl Trace {
    /// An empty record.
    pub(crate) fn new(clock: VirtualClock, reader: Reader) -> Self {
        // This hasher has no keys of its own: it is the same in every process.
        Self {
            clock,
            reader,
            hasher: Mutex::new((DefaultHasher::new(), 0)),
        }
    }

    /// Something happened.
    pub(crate) fn note(&self, who: impl std::fmt::Display, what: Arguments<'_>) {
        let line = format!("{:>9} ms  {who:<6} {what}", self.clock.elapsed().as_millis());
        if self.reader == Reader::Stdout {
            println!("{line}");
        }
        let mut hasher = self.hasher.lock().unwrap_or_else(PoisonError::into_inner);
        hasher.0.write(line.as_bytes());
        hasher.1 += 1;
    }

    /// The hash of all that happened.
    pub(crate) fn hash(&self) -> u64 {
        self.hasher
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .finish()
    }

    /// How much happened.
    pub(crate) fn steps(&self) -> u64 {
        self.hasher.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}
