//! A worker's process, as the outside sees it: it runs, stands still, or is dead.

use std::fmt;
use std::future::pending;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::errors::PortError;
use super::weather::{Side, Weather};
use crate::world::World;

/// A process. Its calls go through it.
pub(crate) struct Process {
    number: u32,
    world: Arc<World>,
    life: Mutex<Life>,
    changed: Notify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Runs,
    /// Nothing of it moves until this moment.
    FrozenUntil(Instant),
    Dead,
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    FailsBefore,
    FailsAfter,
    DiesBefore,
    DiesAfter,
}

impl Process {
    pub(crate) fn start(number: u32, world: Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            number,
            world,
            life: Mutex::new(Life::Runs),
            changed: Notify::new(),
        })
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// From here on it does nothing, ever.
    pub(crate) fn die(&self) {
        self.set(Life::Dead);
        self.note(format_args!("dies"));
    }

    /// Waits until it is dead.
    pub(crate) async fn death(&self) {
        self.until(|life| life == Life::Dead).await;
    }

    /// It stands still for so long.
    fn freeze(&self, for_so_long: Duration) {
        self.note(format_args!("stands still for {} ms", for_so_long.as_millis()));
        self.set(Life::FrozenUntil(Instant::now() + for_so_long));
    }

    /// It goes on, if it stood still.
    pub(crate) fn thaw(&self) {
        if let Life::FrozenUntil(_) = self.life() {
            self.set(Life::Runs);
        }
    }

    /// Returns while it runs: later if it stands still, never if it is dead.
    pub(super) async fn runs(&self) {
        loop {
            match self.life() {
                Life::Runs => return,
                Life::FrozenUntil(end) => {
                    let thawed = self.until(|life| !matches!(life, Life::FrozenUntil(until) if until == end));
                    if tokio::time::timeout_at(end, thawed).await.is_err() {
                        self.note(format_args!("goes on"));
                        self.thaw();
                    }
                }
                Life::Dead => pending().await,
            }
        }
    }

    /// Passes a call on, and lets happen to it what may.
    pub(super) async fn call<T, E: PortError>(
        &self,
        side: Side,
        what: impl fmt::Display + Send + Sync,
        act: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.runs().await;
        self.may_change(side);
        self.dawdle().await;
        self.runs().await;
        if self.world.sky.is_away(side) {
            self.note(format_args!("{what}: the {side:?} is away"));
            return Err(E::before(&self.world.dice));
        }
        let fault = self.draw();
        match fault {
            Fault::FailsBefore => {
                self.note(format_args!("{what}: fails"));
                return Err(E::before(&self.world.dice));
            }
            Fault::DiesBefore => {
                self.note(format_args!("{what}: not any more"));
                self.die();
                return pending().await;
            }
            Fault::None | Fault::FailsAfter | Fault::DiesAfter => {}
        }
        let answer = act.await;
        let told = if answer.is_ok() { "done" } else { "refused" };
        self.note(format_args!("{what}: {told}"));
        match fault {
            Fault::FailsAfter => {
                self.note(format_args!("{what}: the answer is lost"));
                return Err(E::after());
            }
            Fault::DiesAfter => {
                self.die();
                return pending().await;
            }
            Fault::None | Fault::FailsBefore | Fault::DiesBefore => {}
        }
        self.dawdle().await;
        self.runs().await;
        answer
    }

    /// Passes a call on that has an effect: once sent it arrives, whatever becomes of who sent it.
    pub(super) async fn send<T, E>(
        self: &Arc<Self>,
        side: Side,
        what: String,
        act: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: PortError + Send + 'static,
    {
        let sent = async {
            let Weather { late, late_ms, .. } = self.world.sky.weather();
            let is_late = self.world.dice.happens(late);
            let (own, told) = (self.clone(), what.clone());
            let arrives = tokio::spawn(async move {
                if is_late {
                    tokio::time::sleep(own.world.dice.up_to_ms(late_ms)).await;
                    own.note(format_args!("{told}: arrives late"));
                }
                act.await
            });
            if is_late && self.world.dice.happens(500) {
                // The connection is given up for lost, and was not.
                return Err(E::after());
            }
            // What panicked is noticed elsewhere.
            arrives.await.unwrap_or_else(|_| Err(E::after()))
        };
        self.call(side, &what, sent).await
    }

    /// Waits for a while, or yields, or does neither.
    pub(super) async fn dawdle(&self) {
        let Weather { slow, slow_ms, .. } = self.world.sky.weather();
        if !self.world.dice.happens(slow) {
            return;
        }
        if self.world.dice.happens(500) {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(self.world.dice.up_to_ms(slow_ms)).await;
        }
    }

    pub(super) fn note(&self, what: fmt::Arguments<'_>) {
        self.world.trace.note(self, what);
    }

    /// Something may happen to the process, or to the side that it calls.
    fn may_change(&self, side: Side) {
        let Weather {
            freeze,
            freeze_ms,
            outage,
            ..
        } = self.world.sky.weather();
        if self.world.dice.happens(freeze) {
            self.freeze(self.world.dice.up_to_ms(freeze_ms));
        }
        if self.world.dice.happens(outage) {
            let for_so_long = self.world.dice.up_to_ms(5_000);
            self.world.sky.take_away(side, for_so_long);
            self.note(format_args!(
                "finds the {side:?} gone for {} ms",
                for_so_long.as_millis()
            ));
        }
    }

    fn draw(&self) -> Fault {
        let Weather { fail, lose, die, .. } = self.world.sky.weather();
        let dice = &self.world.dice;
        if dice.happens(die) {
            return dice.pick([Fault::DiesBefore, Fault::DiesAfter]);
        }
        if dice.happens(fail) {
            return Fault::FailsBefore;
        }
        if dice.happens(lose) {
            return Fault::FailsAfter;
        }
        Fault::None
    }

    fn life(&self) -> Life {
        *self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The dead stay dead.
    fn set(&self, life: Life) {
        let mut now = self.life.lock().unwrap_or_else(PoisonError::into_inner);
        if *now != Life::Dead {
            *now = life;
        }
        drop(now);
        self.changed.notify_waiters();
    }

    async fn until(&self, is_reached: impl Fn(Life) -> bool) {
        loop {
            let mut changed = pin!(self.changed.notified());
            // From here on nothing goes unheard.
            changed.as_mut().enable();
            if is_reached(self.life()) {
                return;
            }
            changed.await;
        }
    }
}

impl fmt::Display for Process {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("w{}", self.number))
    }
}
