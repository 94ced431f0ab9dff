//! Requests that need what somebody else keeps locked: tried apart from the line, so that it goes on, and not for ever.

use std::sync::Arc;
use std::time::Duration;

use service::Problem;
use store::LockWait;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

use super::line::{attempt, is_locked};
use super::{Means, NamedOrder, Outcome, Request};
use crate::problems;

/// How many are tried apart at most; those beyond are told to come again.
const ROOM: usize = 256;
/// How many at once: each has a connection to the database meanwhile.
const AT_ONCE: usize = 4;

/// Where they are tried.
#[derive(Clone)]
pub(super) struct Aside {
    means: Means,
    /// For how long each is tried.
    patience: Duration,
    room: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    work: TaskTracker,
}

impl Aside {
    pub(super) fn new(means: Means, patience: Duration, work: TaskTracker) -> Self {
        Self {
            means,
            patience,
            room: Arc::new(Semaphore::new(ROOM)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            work,
        }
    }

    /// Whether anybody is here: then something is locked, and whoever else names it is found out sooner.
    pub(super) fn is_in_use(&self) -> bool {
        self.room.available_permits() < ROOM
    }

    /// Takes a request, and answers it in its time.
    pub(super) fn take(&self, request: Request) {
        let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
            request.answer(Err(problems::locked()));
            return;
        };
        let aside = self.clone();
        self.work.spawn(async move {
            let _place = place;
            let outcome = aside.carry_out(&request.asked).await;
            request.answer(outcome);
        });
    }

    /// What was begun is waited for: only between two attempts is it given up.
    async fn carry_out(&self, asked: &NamedOrder) -> Result<Outcome, Problem> {
        let end = Instant::now() + self.patience;
        let orders: Arc<[NamedOrder]> = Arc::from([asked.clone()]);
        while Instant::now() < end {
            let Ok(Ok(_turn)) = timeout_at(end, self.turns.acquire()).await else {
                break;
            };
            match attempt(&orders, &self.means, LockWait::Usual).await {
                Ok(outcomes) => {
                    let outcome = outcomes.into_iter().next();
                    return outcome.unwrap_or_else(|| Err(problems::unavailable()));
                }
                Err(error) if is_locked(&error) => tracing::debug!(%error, "it is still locked"),
                Err(error) => return Err(problems::of_store(error)),
            }
        }
        tracing::warn!("what a request needs was locked for too long by somebody else");
        Err(problems::locked())
    }
}
