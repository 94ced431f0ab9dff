//! How bad things are: chances, in thousandths, that something goes wrong with a call.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::Dice;

/// What a seed asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    /// A call takes a while, before or after its effect.
    pub(crate) slow: u32,
    /// How long that is at most.
    pub(crate) slow_ms: u32,
    /// A call fails before it does anything.
    pub(crate) fail: u32,
    /// A call fails after it did everything.
    pub(crate) lose: u32,
    /// A call arrives late, whether or not the process still waits for it: at the worst, after all its leases ran out.
    pub(crate) late: u32,
    /// How long it is on its way at most.
    pub(crate) late_ms: u32,
    /// The process dies at a call.
    pub(crate) die: u32,
    /// The process is stopped at a call, and goes on later.
    pub(crate) freeze: u32,
    /// How long a process is stopped at most.
    pub(crate) freeze_ms: u32,
    /// The broker drops a consumer at a call of it.
    pub(crate) disconnect: u32,
    /// The whole database, or the whole broker, is away for a while.
    pub(crate) outage: u32,
}

impl Weather {
    /// The weather of a seed: often fair in some respects, so that single faults are seen too.
    pub(crate) fn of(dice: &Dice) -> Self {
        Self {
            slow: dice.pick([0, 100, 300, 700]),
            slow_ms: dice.pick([2, 20, 200, 2_000]),
            fail: dice.pick([0, 0, 20, 100, 300]),
            lose: dice.pick([0, 0, 20, 100, 300]),
            late: dice.pick([0, 20, 100, 300]),
            late_ms: dice.pick([200, 2_000, 12_000]),
            die: dice.pick([0, 0, 2, 10, 30]),
            freeze: dice.pick([0, 0, 2, 10]),
            freeze_ms: dice.pick([500, 4_000, 10_000]),
            disconnect: dice.pick([0, 0, 20, 100]),
            outage: dice.pick([0, 0, 1, 3]),
        }
    }

    /// Nothing ever goes wrong.
    pub(crate) fn calm() -> Self {
        Self::default()
    }
}

/// The side of the worker that a call goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Database,
    Broker,
}

/// The weather now, for all processes alike.
#[derive(Debug)]
pub(crate) struct Sky(Mutex<Now>);

#[derive(Debug)]
struct Now {
    weather: Weather,
    is_clear: bool,
    database_back_at: Option<Instant>,
    broker_back_at: Option<Instant>,
}

impl Sky {
    pub(crate) fn new(weather: Weather) -> Self {
        Self(Mutex::new(Now {
            weather,
            is_clear: false,
            database_back_at: None,
            broker_back_at: None,
        }))
    }

    pub(crate) fn weather(&self) -> Weather {
        self.with(|now| now.weather)
    }

    /// From here on nothing goes wrong.
    pub(crate) fn clear(&self) {
        self.with(|now| {
            *now = Now {
                weather: Weather::calm(),
                is_clear: true,
                database_back_at: None,
                broker_back_at: None,
            };
        });
    }

    pub(crate) fn is_clear(&self) -> bool {
        self.with(|now| now.is_clear)
    }

    /// One side goes away for so long.
    pub(super) fn take_away(&self, side: Side, for_so_long: Duration) {
        let back_at = Some(Instant::now() + for_so_long);
        self.with(|now| *now.back_at(side) = back_at);
    }

    pub(super) fn is_away(&self, side: Side) -> bool {
        self.with(|now| now.back_at(side).is_some_and(|back_at| back_at > Instant::now()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Now) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Now {
    fn back_at(&mut self, side: Side) -> &mut Option<Instant> {
        match side {
            Side::Database => &mut self.database_back_at,
            Side::Broker => &mut self.broker_back_at,
        }
    }
}
