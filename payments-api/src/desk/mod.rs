//! The desk: where money is moved.
//!
//! Requests come to one line. While one group of them is being committed the next gathers, so groups grow with the load,
//! and an idle desk adds nothing. A group is one database transaction: the store locks what the requests name, this room
//! decides on one after another in memory, and everything is written with its answers, or nothing is.

mod aside;
mod group;
mod line;
mod origin;
mod session;
#[cfg(test)]
mod tests;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use service::{Clock, Ids, Problem};
use store::{MovementIntent, Movements};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::answers::{Answered, Success};
use crate::idempotency::{InFlight, Named, PATIENCE, still_running};
use crate::problems;
use crate::refusal::Refusal;

use aside::Aside;
pub(crate) use group::reused;
pub(crate) use origin::Origin;
pub(crate) use session::{Captured, PaymentNews, Said, Session, foresee_events};
use waiting::Waiting;

/// How much the requests weigh together, at most, that wait or are being carried out; those beyond are held back where
/// they come from.
const ROOM: usize = 4_096;

/// How long is waited. An order whose outcome is not waited for any more goes on; under its key it is told what became of it.
#[derive(Debug, Clone, Copy)]
struct Waits {
    /// Anybody, for the outcome.
    outcome: Duration,
    /// For the outcome of an equal that is under way.
    equal: Duration,
    /// For what somebody keeps locked.
    locked: Duration,
}

impl Waits {
    const USUAL: Self = Self {
        outcome: Duration::from_mins(1),
        equal: PATIENCE,
        locked: Duration::from_secs(5),
    };
}

/// Something that is asked of the desk. It may be carried out several times, on what was loaded anew; only the last counts.
pub(crate) trait Order: Send + Sync {
    /// Names what it may touch.
    fn name(&self, intent: &mut MovementIntent);

    /// How much there is to do, in what a single transfer takes.
    fn weight(&self) -> u32 {
        1
    }

    /// Does it. What it did before it declined is undone.
    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined>;
}

/// Why an order was not carried out.
#[derive(Debug)]
pub(crate) enum Declined {
    /// It is refused: that is the answer.
    Refused(Refusal),
    /// It was carried out before, so long ago that its answer is forgotten: this is its transaction, its payment or its batch.
    Posted(Uuid),
    /// It is a fault of ours.
    Fault(String),
}

impl From<Refusal> for Declined {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What becomes of an order.
pub(crate) enum Outcome {
    Answered(Answered),
    /// See [`Declined::Posted`].
    Posted(Uuid),
}

/// An order with the name that its caller gave it.
#[derive(Clone)]
struct NamedOrder {
    order: Arc<dyn Order>,
    named: Option<Named>,
    origin: Origin,
}

/// What stands in the line.
struct Request {
    asked: NamedOrder,
    reply: oneshot::Sender<Result<Outcome, Problem>>,
    /// The room that it takes up.
    _room: OwnedSemaphorePermit,
}

impl Request {
    fn answer(self, outcome: Result<Outcome, Problem>) {
        let _nobody_waits_any_more = self.reply.send(outcome);
    }
}

/// Where the outcome of a request comes from.
type Replied = oneshot::Receiver<Result<Outcome, Problem>>;

/// What becomes of a request that there is no room for in the line.
#[derive(Debug, Clone, Copy)]
enum WhenFull {
    /// It is held back where it comes from.
    Wait,
    /// It is refused.
    Refuse,
}

/// What the desk works with.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) store: Arc<dyn Movements>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
}

/// Where requests are handed in.
#[derive(Clone)]
pub(crate) struct Desk {
    line: mpsc::Sender<Request>,
    room: Arc<Semaphore>,
    ids: Arc<dyn Ids>,
    in_flight: InFlight,
    waits: Waits,
}

impl Desk {
    /// Opens the desk. Once it is told to stop it takes no more, and carries out what it has.
    pub(crate) fn open(means: Means, stop: CancellationToken, work: &TaskTracker) -> Self {
        Self::open_for(Waits::USUAL, means, stop, work)
    }

    fn open_for(waits: Waits, means: Means, stop: CancellationToken, work: &TaskTracker) -> Self {
        // Each weighs one at least, so whoever has room has a place in the line, too.
        let (line, waiting) = mpsc::channel(ROOM);
        let room = Arc::new(Semaphore::new(ROOM));
        let ids = Arc::clone(&means.ids);
        let waiting = Waiting::new(waiting, Arc::clone(&room));
        let aside = Aside::new(means.clone(), waits.locked, work.clone());
        work.spawn(line::serve(waiting, means, aside, stop));
        Self {
            line,
            room,
            ids,
            in_flight: InFlight::default(),
            waits,
        }
    }

    /// Carries out an order, once for each name. It goes on when nobody waits for it any more.
    ///
    /// # Errors
    /// 409 if an equal is under way for too long; 503, also if it takes too long itself; 500.
    pub(crate) async fn carry_out(
        &self,
        order: Arc<dyn Order>,
        named: Option<Named>,
    ) -> Result<Outcome, Problem> {
        self.hand_in(self.asked(order, named), WhenFull::Wait).await
    }

    /// [`carry_out`](Self::carry_out), for callers who would rather be told at once that too many wait.
    ///
    /// # Errors
    /// As it; 503 `desk_full`.
    pub(crate) async fn carry_out_if_room(
        &self,
        order: Arc<dyn Order>,
        named: Named,
    ) -> Result<Outcome, Problem> {
        self.hand_in(self.asked(order, Some(named)), WhenFull::Refuse)
            .await
    }

    fn asked(&self, order: Arc<dyn Order>, named: Option<Named>) -> NamedOrder {
        let origin = Origin::here(&*self.ids);
        NamedOrder { order, named, origin }
    }

    async fn hand_in(&self, asked: NamedOrder, when_full: WhenFull) -> Result<Outcome, Problem> {
        let place = asked.named.as_ref().map(|named| self.in_flight.enter(&named.key));
        let outcome = async {
            let replied = self.queue_up(asked, when_full).await?;
            replied.await.map_err(|_| problems::unavailable())?
        };
        let is_first = place.as_ref().is_none_or(|place| place.is_first);
        let patience = if is_first {
            self.waits.outcome
        } else {
            self.waits.equal
        };
        let in_time = tokio::time::timeout(patience, outcome).await;
        in_time.unwrap_or_else(|_| {
            Err(if is_first {
                problems::unavailable()
            } else {
                still_running()
            })
        })
    }

    async fn queue_up(&self, asked: NamedOrder, when_full: WhenFull) -> Result<Replied, Problem> {
        let (room, weight) = (Arc::clone(&self.room), waiting::weight(&*asked.order));
        let room = match when_full {
            WhenFull::Wait => room
                .acquire_many_owned(weight)
                .await
                .map_err(|_| problems::unavailable()),
            WhenFull::Refuse => room.try_acquire_many_owned(weight).map_err(|error| match error {
                TryAcquireError::NoPermits => problems::desk_full(),
                TryAcquireError::Closed => problems::unavailable(),
            }),
        };
        let (reply, replied) = oneshot::channel();
        let request = Request {
            asked,
            reply,
            _room: room?,
        };
        let handed_in = self.line.try_send(request);
        handed_in.map_err(|_| problems::unavailable())?;
        Ok(replied)
    }

    /// [`carry_out`](Self::carry_out), of what can never have been posted before.
    ///
    /// # Errors
    /// As it.
    pub(crate) async fn answer(
        &self,
        order: Arc<dyn Order>,
        named: Option<Named>,
    ) -> Result<Answered, Problem> {
        match self.carry_out(order, named).await? {
            Outcome::Answered(answered) => Ok(answered),
            Outcome::Posted(transaction_id) => {
                let message = format!("{transaction_id} was made before, for no reason");
                Err(Problem::internal(message))
            }
        }
    }
}
