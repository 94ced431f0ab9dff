//! Group commit: what several partitions of this worker have ready shares one database transaction.
//!
//! A transaction costs the database about the same whatever is in it, and a worker has many partitions of which each
//! gathers little. So while one group commits, what is ready meanwhile becomes the next: the more there is to do, the more
//! goes together. A group keeps the bounds of a batch. One at a time does most for a database: more of them make smaller
//! groups and wait for the same disk. But while there is little, what comes meanwhile need not wait: a few events go beside
//! a few others.
//!
//! A partition takes what is next once its last batch is committed. The next group waits a moment for it: without that,
//! what came during one group would miss the next, and the partitions of a busy worker would fall into two halves that
//! wait for each other in turn. (The embedded queue never has the next at hand: its turns end at once.)
//!
//! Going together is for speed alone. Whenever it comes to anything but a commit, each partition tries on its own, and
//! finds out by itself whether its data, its footprint or its lease was at fault.

mod room;
mod seat;
mod under_way;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use queue::PARTITIONS;
use store::StoreError;
use tasks::Needs;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use self::room::Room;
pub(crate) use self::seat::Seat;
use self::seat::{Answer, Turn, TurnEnd};
use self::under_way::UnderWay;
use crate::holding::Holding;
use crate::prepare::Prepared;
use crate::round::{self, Ended};
use crate::{Deps, Limits};

/// How long a group waits for those whose last batch has just been committed. Preparing what is at hand takes less, unless
/// a rule's plan has to be read first.
const LONGEST_WAIT: Duration = Duration::from_millis(2);

/// What one partition has ready.
struct Share {
    events: Vec<Arc<Prepared>>,
    needs: Needs,
    holding: Holding,
    /// Hears how the round ended; nothing, if each of the group is to try on its own.
    answer: oneshot::Sender<Answer>,
}

/// Where partitions bring what they have ready.
#[derive(Clone)]
pub(crate) struct GroupCommit(mpsc::Sender<Share>);

impl GroupCommit {
    /// Starts committing what is brought, one group after another, until nobody is left to bring anything.
    pub(crate) fn start(deps: &Deps, limits: Limits, loops: &mut JoinSet<()>) -> Self {
        let (bring, brought) = mpsc::channel(usize::from(PARTITIONS));
        let (deps, mut waiting) = (deps.clone(), Waiting { brought, next: None });
        loops.spawn(async move {
            let mut under_way = UnderWay::default();
            while let Some(first) = waiting.first().await {
                let room = under_way.room_beside(first.events.len(), limits).await;
                let group = waiting.gather(first, room, under_way.take_turns()).await;
                let events = group.iter().map(|share| share.events.len()).sum();
                let deps = deps.clone();
                under_way.begin(events, async move { commit(group, &deps).await });
            }
            under_way.finish().await;
        });
        Self(bring)
    }

    /// A place for one partition, which brings one share after another.
    pub(crate) fn seat(&self) -> Seat {
        Seat::new(self.0.clone())
    }
}

/// What is ready and not under way.
struct Waiting {
    brought: mpsc::Receiver<Share>,
    /// The one that the group before had no room for.
    next: Option<Share>,
}

impl Waiting {
    /// The share that has waited longest. None at the end.
    async fn first(&mut self) -> Option<Share> {
        match self.next.take() {
            Some(share) => Some(share),
            None => self.brought.recv().await,
        }
    }

    /// The next group: this share, those that wait behind it, and those of partitions whose turn it is, as far as there is
    /// room.
    async fn gather(&mut self, first: Share, mut room: Room, turns: Vec<TurnEnd>) -> Vec<Share> {
        // A single event may be beyond all bounds: then it goes alone.
        let is_within = room.take(&first);
        let mut group = vec![first];
        if is_within && self.fill(&mut group, &mut room) && !room.is_full() {
            let _late = timeout(LONGEST_WAIT, join_all(turns)).await;
            self.fill(&mut group, &mut room);
        }
        group
    }

    /// Adds what waits; false if there was no room for all of it.
    fn fill(&mut self, group: &mut Vec<Share>, room: &mut Room) -> bool {
        while let Ok(share) = self.brought.try_recv() {
            if !room.take(&share) {
                self.next = Some(share);
                return false;
            }
            group.push(share);
        }
        true
    }
}

impl Share {
    /// Tells its partition how the round ended. Who is gone by now finds what is stored when it comes again.
    fn tell(self, ended: Result<Ended, StoreError>) -> TurnEnd {
        let (turn, over) = Turn::new();
        let _gone = self.answer.send(Answer { ended, turn });
        over
    }
}

/// Commits a group, and tells its partitions. Answers the turns of those that bring more.
async fn commit(mut group: Vec<Share>, deps: &Deps) -> Vec<TurnEnd> {
    // Who went away, with a lease that was lost, must not spoil it for the others.
    group.retain(|share| !share.answer.is_closed());
    if group.is_empty() {
        return Vec::new();
    }
    let events = group.iter().flat_map(|share| share.events.iter().cloned());
    let mut needs = Needs::default();
    for share in &group {
        needs.merge(share.needs.clone());
    }
    let holdings: Vec<Holding> = group.iter().map(|share| share.holding.clone()).collect();
    let ended = round::try_once(events.collect(), needs, &holdings, deps).await;
    if let Some(alone) = group.pop_if(|_| holdings.len() == 1) {
        return vec![alone.tell(ended)];
    }
    if !matches!(ended, Ok(Ended::Committed)) {
        tracing::debug!(
            partitions = group.len(),
            "a group came to nothing: each tries on its own"
        );
        return Vec::new();
    }
    let told = group.into_iter().map(|share| share.tell(Ok(Ended::Committed)));
    told.collect()
}

#[cfg(test)]
mod tests {
    use store::PartitionLease;

    use super::*;

    fn share(partition: u16) -> Share {
        Share {
            events: Vec::new(),
            needs: Needs::default(),
            holding: Holding::new(PartitionLease { partition, epoch: 1 }),
            answer: oneshot::channel().0,
        }
    }

    fn partitions(group: &[Share]) -> Vec<u16> {
        group.iter().map(|share| share.holding.lease.partition).collect()
    }

    fn waiting() -> (mpsc::Sender<Share>, Waiting) {
        let (bring, brought) = mpsc::channel(9);
        (bring, Waiting { brought, next: None })
    }

    #[tokio::test]
    async fn a_group_waits_for_those_whose_turn_it_is() {
        let (bring, mut waiting) = waiting();
        let (turn, over) = Turn::new();
        bring.send(share(1)).await.ok().unwrap();
        let gathering = waiting.gather(share(0), Room::of(Limits::default()), vec![over]);
        let bringing = async {
            bring.send(share(2)).await.ok().unwrap();
            drop(turn);
        };
        let (group, ()) = tokio::join!(gathering, bringing);
        assert_eq!(partitions(&group), [0, 1, 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_a_moment_and_no_longer() {
        let (_bring, mut waiting) = waiting();
        let (_turn, over) = Turn::new();
        let before = tokio::time::Instant::now();
        let group = waiting
            .gather(share(0), Room::of(Limits::default()), vec![over])
            .await;
        assert_eq!(partitions(&group), [0]);
        assert_eq!(before.elapsed(), LONGEST_WAIT);
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_for_nobody_without_room() {
        let (_bring, mut waiting) = waiting();
        let (_turn, end) = Turn::new();
        let before = tokio::time::Instant::now();
        let room = Room::of(Limits::default()).for_few(0);
        assert_eq!(waiting.gather(share(0), room, vec![end]).await.len(), 1);
        assert_eq!(before.elapsed(), Duration::ZERO);
    }
}
