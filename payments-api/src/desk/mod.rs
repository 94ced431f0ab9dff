//! The desk: where money is moved.
//!
//! Requests come to one line. While one group of them is being committed the next gathers, so groups grow with the load,
//! and an idle desk adds nothing. A group is one database transaction: the store locks what the requests name, this room
//! decides on one after another in memory, and everything is written with its answers, or nothing is.

mod group;
mod line;
mod origin;
mod session;

use std::sync::Arc;

use service::{Clock, Ids, Problem};
use store::{MoneyStore, MovementIntent};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::answers::{Answered, Success};
use crate::idempotency::{InFlight, Named, PATIENCE, still_running};
use crate::problems;
use crate::refusal::Refusal;

pub(crate) use group::reused;
pub(crate) use origin::Origin;
pub(crate) use session::{PaymentNews, Said, Session, foresee_events};

/// How many requests wait at most; those beyond are held back where they come from.
const WAITING: usize = 4_096;

/// Something that is asked of the desk. It may be carried out several times, on what was loaded anew; only the last counts.
pub(crate) trait Order: Send + Sync {
    /// Names what it may touch.
    fn name(&self, intent: &mut MovementIntent);

    /// Does it. What it did before it declined is undone.
    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined>;
}

/// Why an order was not carried out.
#[derive(Debug)]
pub(crate) enum Declined {
    /// It is refused: that is the answer.
    Refused(Refusal),
    /// It was carried out before, so long ago that its answer is forgotten: this is its transaction, or its payment.
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
}

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
    pub(crate) store: Arc<dyn MoneyStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
}

/// Where requests are handed in.
#[derive(Clone)]
pub(crate) struct Desk {
    line: mpsc::Sender<Request>,
    ids: Arc<dyn Ids>,
    in_flight: InFlight,
}

impl Desk {
    /// Opens the desk. Once it is told to stop it takes no more, and carries out what it has.
    pub(crate) fn open(means: Means, stop: CancellationToken, work: &TaskTracker) -> Self {
        let (line, waiting) = mpsc::channel(WAITING);
        let ids = Arc::clone(&means.ids);
        work.spawn(line::serve(waiting, means, stop));
        Self {
            line,
            ids,
            in_flight: InFlight::default(),
        }
    }

    /// Carries out an order, once for each name. It goes on when nobody waits for it any more.
    ///
    /// # Errors
    /// 409 if an equal is under way for too long; 503; 500.
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
        let (reply, replied) = oneshot::channel();
        let request = Request { asked, reply };
        let outcome = async {
            self.queue_up(request, when_full).await?;
            replied.await.map_err(|_| problems::unavailable())?
        };
        if place.as_ref().is_none_or(|place| place.is_first) {
            return outcome.await;
        }
        let in_time = tokio::time::timeout(PATIENCE, outcome).await;
        in_time.unwrap_or_else(|_| Err(still_running()))
    }

    async fn queue_up(&self, request: Request, when_full: WhenFull) -> Result<(), Problem> {
        match when_full {
            WhenFull::Wait => self.line.send(request).await.map_err(|_| problems::unavailable()),
            WhenFull::Refuse => self.line.try_send(request).map_err(|error| match error {
                TrySendError::Full(_) => problems::desk_full(),
                TrySendError::Closed(_) => problems::unavailable(),
            }),
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    struct Nothing;

    impl Order for Nothing {
        fn name(&self, _: &mut MovementIntent) {}

        fn carry_out(&self, _: &mut Session<'_>) -> Result<Success, Declined> {
            Err(Declined::Fault("it is never carried out here".to_owned()))
        }
    }

    #[test]
    fn who_does_not_want_to_wait_is_told_that_the_line_is_full() {
        let (line, _nobody_serves_it) = mpsc::channel(1);
        let in_flight = InFlight::default();
        let ids = Arc::new(service::SystemIds);
        let desk = Desk { line, ids, in_flight };
        let named = |key: &str| Named::new(Uuid::nil(), "here", key, [0; 32]);
        let mut first = Box::pin(desk.carry_out_if_room(Arc::new(Nothing), named("a")));
        assert!((&mut first).now_or_never().is_none(), "it stands in the line");
        let second = desk.carry_out_if_room(Arc::new(Nothing), named("b"));
        let refused = second.now_or_never().map(|outcome| outcome.err().unwrap().code());
        assert_eq!(refused, Some("desk_full"));
        let patient = desk.carry_out(Arc::new(Nothing), None);
        assert!(patient.now_or_never().is_none(), "it is held back");
    }
}
