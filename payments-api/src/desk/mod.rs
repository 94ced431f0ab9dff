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
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::answers::{Answered, Success};
use crate::idempotency::{InFlight, Named, PATIENCE, still_running};
use crate::problems;
use crate::refusal::Refusal;

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
        let place = named.as_ref().map(|named| self.in_flight.enter(&named.key));
        let (reply, replied) = oneshot::channel();
        let origin = Origin::here(&*self.ids);
        let asked = NamedOrder { order, named, origin };
        let request = Request { asked, reply };
        let outcome = async {
            let handed_in = self.line.send(request).await;
            handed_in.map_err(|_| problems::unavailable())?;
            replied.await.map_err(|_| problems::unavailable())?
        };
        if place.as_ref().is_none_or(|place| place.is_first) {
            return outcome.await;
        }
        let in_time = tokio::time::timeout(PATIENCE, outcome).await;
        in_time.unwrap_or_else(|_| Err(still_running()))
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
