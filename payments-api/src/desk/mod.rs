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
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::answers::{Answered, Success};
use crate::idempotency::{InFlight, Named, PATIENCE, still_running};
use crate::problems;
use crate::refusal::Refusal;

use aside::Aside;
pub(crate) use group::reused;
use line::Line;
pub(crate) use origin::Origin;
pub(crate) use session::{Captured, PaymentNews, Said, Session, foresee_events};
use waiting::Waiting;

/// How much the requests weigh together, at most, that wait or are being carried out; those beyond are held back where
/// they come from.
const ROOM: usize = 4_096;
/// How much those weigh together, at most, that are held back. They are kept in memory: some 3 KiB for a transfer, and less
/// than 20 KiB with the most that may be said of it.
const HELD_BACK: usize = 16_384;

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

/// Why an order has no outcome.
#[derive(Debug, Clone)]
enum Undone {
    /// Somebody keeps locked what it needs.
    Locked,
    /// Anything else.
    Failed(Problem),
}

impl From<Undone> for Problem {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Locked => problems::locked(),
            Undone::Failed(problem) => problem,
        }
    }
}

/// What stands in the line, or aside of it.
struct Request {
    asked: NamedOrder,
    reply: oneshot::Sender<Result<Outcome, Undone>>,
    when_locked: WhenLocked,
    /// Until when it waits for what is locked, once it does.
    patient_until: Option<Instant>,
    /// The room that it takes up in the line.
    room: Option<OwnedSemaphorePermit>,
}

impl Request {
    fn weight(&self) -> u32 {
        waiting::weight(&*self.asked.order)
    }

    fn answer(self, outcome: Result<Outcome, Undone>) {
        let _nobody_waits_any_more = self.reply.send(outcome);
    }
}

/// Where the outcome of a request comes from.
type Replied = oneshot::Receiver<Result<Outcome, Undone>>;

/// What becomes of a request that needs what somebody keeps locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WhenLocked {
    /// It waits for it.
    Wait,
    /// It is told so at once.
    Decline,
}

/// What becomes of a request that there is no room for in the line.
#[derive(Debug, Clone, Copy)]
enum WhenFull {
    /// It is held back where it comes from, however many are.
    Wait,
    /// It is held back, unless too many are.
    HoldBack,
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
    held_back: Arc<Semaphore>,
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
        let line_of_work = Line::new(means, Aside::new(waits.locked));
        work.spawn(line_of_work.serve(waiting, stop));
        Self {
            line,
            room,
            held_back: Arc::new(Semaphore::new(HELD_BACK)),
            ids,
            in_flight: InFlight::default(),
            waits,
        }
    }

    /// Carries out an order, once for each name. It goes on when nobody waits for it any more.
    ///
    /// # Errors
    /// 409 if an equal is under way for too long; 503, also if it takes too long itself, and `desk_full`; 500.
    pub(crate) async fn carry_out(
        &self,
        order: Arc<dyn Order>,
        named: Option<Named>,
    ) -> Result<Outcome, Problem> {
        let asked = self.asked(order, named);
        let outcome = self.hand_in(asked, WhenFull::HoldBack, WhenLocked::Wait).await;
        Ok(outcome?)
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
        let asked = self.asked(order, Some(named));
        let outcome = self.hand_in(asked, WhenFull::Refuse, WhenLocked::Wait).await;
        Ok(outcome?)
    }

    fn asked(&self, order: Arc<dyn Order>, named: Option<Named>) -> NamedOrder {
        let origin = Origin::here(&*self.ids);
        NamedOrder { order, named, origin }
    }

    async fn hand_in(
        &self,
        asked: NamedOrder,
        when_full: WhenFull,
        when_locked: WhenLocked,
    ) -> Result<Outcome, Undone> {
        let place = asked.named.as_ref().map(|named| self.in_flight.enter(&named.key));
        let outcome = async {
            let queued_up = self.queue_up(asked, when_full, when_locked).await;
            let replied = queued_up.map_err(Undone::Failed)?;
            replied
                .await
                .unwrap_or_else(|_| Err(Undone::Failed(problems::unavailable())))
        };
        let is_first = place.as_ref().is_none_or(|place| place.is_first);
        let patience = if is_first {
            self.waits.outcome
        } else {
            self.waits.equal
        };
        let in_time = tokio::time::timeout(patience, outcome).await;
        in_time.unwrap_or_else(|_| {
            Err(Undone::Failed(if is_first {
                problems::unavailable()
            } else {
                still_running()
            }))
        })
    }

    async fn queue_up(
        &self,
        asked: NamedOrder,
        when_full: WhenFull,
        when_locked: WhenLocked,
    ) -> Result<Replied, Problem> {
        let room = self.room_for(waiting::weight(&*asked.order), when_full).await?;
        let (reply, replied) = oneshot::channel();
        let request = Request {
            asked,
            reply,
            when_locked,
            patient_until: None,
            room: Some(room),
        };
        let handed_in = self.line.try_send(request);
        handed_in.map_err(|_| problems::unavailable())?;
        Ok(replied)
    }

    async fn room_for(&self, weight: u32, when_full: WhenFull) -> Result<OwnedSemaphorePermit, Problem> {
        let room = Arc::clone(&self.room);
        let full = |error| match error {
            TryAcquireError::NoPermits => problems::desk_full(),
            TryAcquireError::Closed => problems::unavailable(),
        };
        let _held_back = match when_full {
            WhenFull::Refuse => return room.try_acquire_many_owned(weight).map_err(full),
            WhenFull::HoldBack => Some(self.held_back.try_acquire_many(weight).map_err(full)?),
            WhenFull::Wait => None,
        };
        let room = room.acquire_many_owned(weight).await;
        room.map_err(|_| problems::unavailable())
    }

    /// Carries out an order that can as well be carried out later; `None` if somebody keeps locked what it needs.
    ///
    /// # Errors
    /// 503; 500.
    pub(crate) async fn carry_out_unless_locked(
        &self,
        order: Arc<dyn Order>,
    ) -> Result<Option<Outcome>, Problem> {
        let asked = self.asked(order, None);
        match self.hand_in(asked, WhenFull::Wait, WhenLocked::Decline).await {
            Ok(outcome) => Ok(Some(outcome)),
            Err(Undone::Locked) => Ok(None),
            Err(Undone::Failed(problem)) => Err(problem),
        }
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
