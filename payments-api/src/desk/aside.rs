//! Requests that need what somebody else keeps locked: they wait for it apart from the line, which goes on.
//!
//! They are sorted by the row that they wait for. Whether rows are free again is looked for by one statement for all, which
//! waits for none; once one is, those who waited for it go back to the line, together. Until then whoever else names it comes
//! here without being tried.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use store::{LockedRow, MovementIntent, Movements};
use tokio::time::Instant;

use super::waiting::GROUP_WEIGHT;
use super::{NamedOrder, Request, Undone, WhenLocked};

/// How much they weigh together at most; those beyond are told to come again.
const ROOM: u32 = 4_096;
/// How much those weigh at most who wait for one row: what goes together once it is free.
const ROOM_OF_ONE: u32 = GROUP_WEIGHT;
/// How many rows are known to be locked at most.
const ROWS: usize = 4_096;
/// How often rows are looked at, if somebody waits for one of them; more seldom if that takes its time.
const PAUSE: Duration = Duration::from_millis(20);
/// How often, if nobody does.
const PAUSE_UNATTENDED: Duration = Duration::from_millis(500);
/// How often those are tried of whom no row is known that they wait for.
const PAUSE_OF_OTHERS: Duration = Duration::from_millis(500);

/// Those who wait for one thing.
#[derive(Default)]
struct Queue {
    requests: Vec<Request>,
    weight: u32,
}

/// Where they wait.
pub(super) struct Aside {
    /// For how long each waits.
    patience: Duration,
    /// What is known to be locked.
    rows: HashMap<LockedRow, Queue>,
    /// Those who wait for something that is no row: a table, or a row that somebody is about to write.
    others: Queue,
    next_look: Instant,
    next_try: Instant,
}

/// Those who have waited.
pub(super) struct Freed {
    /// What they waited for is free.
    pub(super) free: Vec<Request>,
    /// It may be: to be tried apart from those who wait for nothing.
    pub(super) to_try: Vec<Request>,
}

/// What an order names.
pub(super) fn intent_of(asked: &NamedOrder) -> MovementIntent {
    let mut intent = MovementIntent::default();
    asked.order.name(&mut intent);
    intent
}

impl Aside {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience,
            rows: HashMap::new(),
            others: Queue::default(),
            next_look: Instant::now(),
            next_try: Instant::now(),
        }
    }

    /// Whether it is known of something that it is locked.
    pub(super) fn is_in_use(&self) -> bool {
        !self.rows.is_empty() || !self.others.requests.is_empty()
    }

    /// Whether somebody waits.
    pub(super) fn is_waited_in(&self) -> bool {
        !self.others.requests.is_empty() || self.rows.values().any(|queue| !queue.requests.is_empty())
    }

    /// When to look next.
    pub(super) fn next_look(&self) -> Instant {
        self.next_look
    }

    /// Whether rows are known to be locked.
    pub(super) fn knows_rows(&self) -> bool {
        !self.rows.is_empty()
    }

    /// The first of these rows that is known to be locked.
    pub(super) fn known(&self, rows: impl IntoIterator<Item = LockedRow>) -> Option<LockedRow> {
        rows.into_iter().find(|row| self.rows.contains_key(row))
    }

    /// Takes a request that waits for a row, or for something else, and answers it in its time.
    pub(super) fn take(&mut self, mut request: Request, row: Option<LockedRow>) {
        let (weight, has_room) = (request.weight(), self.weight() < ROOM);
        let is_known = row.is_none_or(|row| self.rows.len() < ROWS || self.rows.contains_key(&row));
        if !is_known {
            request.answer(Err(Undone::Locked));
            return;
        }
        let queue = match row {
            Some(row) => self.rows.entry(row).or_default(),
            None => &mut self.others,
        };
        let total = queue.weight.saturating_add(weight);
        if request.when_locked == WhenLocked::Decline || !has_room || total > ROOM_OF_ONE {
            request.answer(Err(Undone::Locked));
            return;
        }
        let now = Instant::now();
        request.room = None;
        request.patient_until.get_or_insert(now + self.patience);
        queue.weight = total;
        queue.requests.push(request);
        self.next_look = self.next_look.clamp(now, now + PAUSE);
        if row.is_none() {
            self.next_try = self.next_try.clamp(now, now + PAUSE_OF_OTHERS);
        }
    }

    fn weight(&self) -> u32 {
        let queues = self.rows.values().chain([&self.others]);
        queues.fold(0, |sum: u32, queue| sum.saturating_add(queue.weight))
    }

    /// Looks what is free again, and lets those go who waited for it, or have waited for too long.
    pub(super) async fn look(&mut self, store: &dyn Movements) -> Freed {
        let began = Instant::now();
        let rows: Vec<LockedRow> = self.rows.keys().copied().collect();
        let mut free = Vec::new();
        match find_locked(store, rows.iter().copied().map(MovementIntent::from).collect()).await {
            Ok(found) => {
                for (row, _) in rows
                    .iter()
                    .zip(found)
                    .filter(|(row, locked)| !locked.contains(row))
                {
                    let queue = self.rows.remove(row).unwrap_or_default();
                    free.extend(queue.requests);
                }
            }
            Err(error) => tracing::debug!(%error, "what is locked could not be looked at"),
        }
        self.dismiss();
        let to_try = if self.next_try <= began {
            self.next_try = began + PAUSE_OF_OTHERS;
            std::mem::take(&mut self.others).requests
        } else {
            Vec::new()
        };
        let pause = if self.is_waited_in() || !to_try.is_empty() {
            PAUSE.max(began.elapsed() * 10)
        } else {
            PAUSE_UNATTENDED
        };
        self.next_look = Instant::now() + pause;
        Freed { free, to_try }
    }

    /// Answers those who have waited for too long.
    fn dismiss(&mut self) {
        let now = Instant::now();
        let mut dismissed = 0_u32;
        for queue in self.rows.values_mut().chain([&mut self.others]) {
            let is_over = |request: &mut Request| request.patient_until.is_some_and(|until| until <= now);
            for request in queue.requests.extract_if(.., is_over) {
                queue.weight = queue.weight.saturating_sub(request.weight());
                dismissed = dismissed.saturating_add(1);
                request.answer(Err(Undone::Locked));
            }
        }
        if dismissed > 0 {
            tracing::warn!(
                requests = dismissed,
                "what requests need was locked for too long by somebody else"
            );
        }
    }
}

/// What somebody has locked of what each of these names.
pub(super) async fn find_locked(
    store: &dyn Movements,
    intents: Vec<MovementIntent>,
) -> Result<Vec<BTreeSet<LockedRow>>, store::StoreError> {
    if intents.is_empty() {
        return Ok(Vec::new());
    }
    store.find_locked(intents).await
}
