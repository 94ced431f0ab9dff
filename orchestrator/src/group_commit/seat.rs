//! A partition's place in group commit, and its turn to bring what is next.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use store::StoreError;
use tasks::Needs;
use tokio::sync::{mpsc, oneshot};

use super::Share;
use crate::holding::Holding;
use crate::prepare::Prepared;
use crate::round::Ended;

/// How a partition's share of a group ended, and its turn to bring the next.
pub(super) struct Answer {
    pub(super) ended: Result<Ended, StoreError>,
    pub(super) turn: Turn,
}

/// A partition's turn to bring what is next: over when it is dropped.
pub(super) struct Turn {
    _over: oneshot::Sender<Infallible>,
}

/// Resolves once a turn is over.
pub(super) type TurnEnd = oneshot::Receiver<Infallible>;

impl Turn {
    pub(super) fn new() -> (Self, TurnEnd) {
        let (over, when_over) = oneshot::channel();
        (Self { _over: over }, when_over)
    }
}

/// A partition's place among those that commit together.
pub(crate) struct Seat {
    bring: mpsc::Sender<Share>,
    turn: Option<Turn>,
}

impl Seat {
    pub(super) fn new(bring: mpsc::Sender<Share>) -> Self {
        Self { bring, turn: None }
    }

    /// Tries events of the partition once, together with what others have ready. None if that came to nothing, and they
    /// are to be tried on their own.
    pub(crate) async fn try_once(
        &mut self,
        events: &[Arc<Prepared>],
        needs: &Needs,
        holding: &Holding,
    ) -> Option<Result<Ended, StoreError>> {
        let (answer, answered) = oneshot::channel();
        let share = Share {
            events: events.to_vec(),
            needs: needs.clone(),
            holding: holding.clone(),
            answer,
        };
        let brought = self.bring.send(share).await;
        self.pass();
        brought.ok()?;
        let Answer { ended, turn } = answered.await.ok()?;
        if matches!(ended, Ok(Ended::Committed)) {
            self.turn = Some(turn);
        }
        Some(ended)
    }

    /// The next group need not wait for this partition.
    pub(crate) fn pass(&mut self) {
        self.turn = None;
    }

    /// Waits for what is next, and passes if it is not at hand.
    pub(crate) async fn wait_for<T>(&mut self, next: impl Future<Output = T>) -> T {
        let mut next = pin!(next);
        if let Poll::Ready(at_hand) = futures_util::poll!(next.as_mut()) {
            return at_hand;
        }
        self.pass();
        next.await
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::FutureExt as _;
    use store::PartitionLease;

    use super::*;

    fn seated() -> (Seat, TurnEnd) {
        let mut seat = Seat::new(mpsc::channel(1).0);
        let (turn, over) = Turn::new();
        seat.turn = Some(turn);
        (seat, over)
    }

    #[test]
    fn a_partition_with_something_at_hand_keeps_its_turn() {
        let (mut seat, mut over) = seated();
        assert_eq!(seat.wait_for(ready(1)).now_or_never(), Some(1));
        assert!((&mut over).now_or_never().is_none());
        seat.pass();
        assert!(over.now_or_never().is_some());
    }

    /// Brings a share, which ends so.
    async fn bring(seat: &mut Seat, brought: &mut mpsc::Receiver<Share>, ended: Ended) -> TurnEnd {
        let holding = Holding::new(PartitionLease {
            partition: 0,
            epoch: 1,
        });
        let needs = Needs::default();
        let tell = async { brought.recv().await.map(|share| share.tell(Ok(ended))) };
        let (tried, end) = tokio::join!(seat.try_once(&[], &needs, &holding), tell);
        assert!(tried.is_some());
        end.unwrap()
    }

    #[tokio::test]
    async fn a_turn_lasts_from_a_commit_to_the_next_share() {
        let (to, mut brought) = mpsc::channel(1);
        let mut seat = Seat::new(to);
        let mut first = bring(&mut seat, &mut brought, Ended::Committed).await;
        assert!((&mut first).now_or_never().is_none());
        let second = bring(&mut seat, &mut brought, Ended::LeaseLost).await;
        assert!(first.now_or_never().is_some());
        assert!(second.now_or_never().is_some(), "nothing was committed");
    }

    #[test]
    fn a_partition_with_nothing_at_hand_passes() {
        let (mut seat, over) = seated();
        assert!(seat.wait_for(pending::<()>()).now_or_never().is_none());
        assert!(over.now_or_never().is_some());
    }
}
