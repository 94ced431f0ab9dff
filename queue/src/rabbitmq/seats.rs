//! Who consumes which line in this process. Across processes the broker sees to it (`x-single-active-consumer`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::consumer::Session;
use super::topology::Line;

/// One per line.
#[derive(Clone, Default)]
pub(super) struct Seats(Arc<Mutex<Table>>);

type Table = [Occupied; Line::COUNT];

#[derive(Default)]
enum Occupied {
    #[default]
    No,
    /// By somebody who has not got as far as a session, or by one with a session.
    Yes(Option<Arc<Session>>),
}

/// A line that is this process's own until it is dropped.
pub(super) struct Seat {
    seats: Seats,
    line: Line,
}

impl Seats {
    /// The line's seat, if it is free.
    pub(super) fn take(&self, line: Line) -> Option<Seat> {
        let mut table = self.table();
        let occupied = table.get_mut(line.index())?;
        if matches!(occupied, Occupied::Yes(_)) {
            return None;
        }
        *occupied = Occupied::Yes(None);
        Some(Seat {
            seats: self.clone(),
            line,
        })
    }

    /// The session at a line, if there is one.
    pub(super) fn session(&self, line: Line) -> Option<Arc<Session>> {
        match self.table().get(line.index())? {
            Occupied::Yes(session) => session.clone(),
            Occupied::No => None,
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    pub(super) fn seated(&self, session: Arc<Session>) {
        self.set(Occupied::Yes(Some(session)));
    }

    fn set(&self, occupied: Occupied) {
        if let Some(seat) = self.seats.table().get_mut(self.line.index()) {
            *seat = occupied;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.set(Occupied::No);
    }
}
