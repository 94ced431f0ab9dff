//! Group commit: what several partitions of this worker have ready shares one database transaction.
//!
//! A transaction costs the database about the same whatever is in it, and a worker has many partitions of which each
//! gathers little. So while one group commits, what is ready meanwhile becomes the next: the more there is to do, the more
//! goes together, and when there is little nobody waits. A group keeps the bounds of a batch. One at a time does most for
//! a database: more of them make smaller groups and wait for the same disk (measured; see docs/performance.md).
//!
//! Going together is for speed alone. Whenever it comes to anything but a commit, each partition tries on its own, and
//! finds out by itself whether its data, its footprint or its lease was at fault.

use std::sync::Arc;

use queue::PARTITIONS;
use store::StoreError;
use tasks::Needs;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::holding::Holding;
use crate::prepare::Prepared;
use crate::round::{self, Ended};
use crate::{Deps, Limits};

/// What one partition has ready.
struct Share {
    events: Vec<Arc<Prepared>>,
    needs: Needs,
    holding: Holding,
    /// Hears how the round ended; nothing, if each of the group is to try on its own.
    answer: oneshot::Sender<Result<Ended, StoreError>>,
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
            while let Some(group) = waiting.gather(limits).await {
                commit(group, &deps).await;
            }
        });
        Self(bring)
    }

    /// Tries events of one partition once, together with what others have ready. None if that came to nothing, and they
    /// are to be tried on their own.
    pub(crate) async fn try_once(
        &self,
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
        self.0.send(share).await.ok()?;
        answered.await.ok()
    }
}

/// What is ready and not under way.
struct Waiting {
    brought: mpsc::Receiver<Share>,
    /// The one that the group before had no room for.
    next: Option<Share>,
}

impl Waiting {
    /// The next group: the first share there is, and those that wait behind it, as far as there is room. None at the end.
    async fn gather(&mut self, limits: Limits) -> Option<Vec<Share>> {
        let first = match self.next.take() {
            Some(share) => share,
            None => self.brought.recv().await?,
        };
        let mut room = Room::of(limits);
        // A single event may be beyond all bounds: then it goes alone.
        let is_within = room.take(&first);
        let mut group = vec![first];
        while is_within && let Ok(share) = self.brought.try_recv() {
            if !room.take(&share) {
                self.next = Some(share);
                break;
            }
            group.push(share);
        }
        Some(group)
    }
}

/// What a group may still take.
struct Room {
    messages: usize,
    bytes: usize,
    nodes: usize,
}

impl Room {
    fn of(limits: Limits) -> Self {
        Self {
            messages: limits.take.messages,
            bytes: limits.take.bytes,
            nodes: limits.nodes,
        }
    }

    /// Takes a share in; false, and nothing taken, if it is too large.
    fn take(&mut self, share: &Share) -> bool {
        let bytes: usize = share.events.iter().map(|event| event.claim.body.len()).sum();
        let nodes: usize = share.events.iter().map(|event| event.nodes()).sum();
        let left = (
            self.messages.checked_sub(share.events.len()),
            self.bytes.checked_sub(bytes),
            self.nodes.checked_sub(nodes),
        );
        let (Some(messages), Some(bytes), Some(nodes)) = left else {
            return false;
        };
        *self = Self {
            messages,
            bytes,
            nodes,
        };
        true
    }
}

async fn commit(mut group: Vec<Share>, deps: &Deps) {
    // Who went away, with a lease that was lost, must not spoil it for the others.
    group.retain(|share| !share.answer.is_closed());
    if group.is_empty() {
        return;
    }
    let events = group.iter().flat_map(|share| share.events.iter().cloned());
    let mut needs = Needs::default();
    for share in &group {
        needs.merge(share.needs.clone());
    }
    let holdings: Vec<Holding> = group.iter().map(|share| share.holding.clone()).collect();
    let ended = round::try_once(events.collect(), needs, &holdings, deps).await;
    if let Some(alone) = group.pop_if(|_| holdings.len() == 1) {
        // Who is gone by now finds what is stored when it comes again.
        let _ = alone.answer.send(ended);
        return;
    }
    if !matches!(ended, Ok(Ended::Committed)) {
        tracing::debug!(
            partitions = group.len(),
            "a group came to nothing: each tries on its own"
        );
        return;
    }
    for share in group {
        let _ = share.answer.send(Ok(Ended::Committed));
    }
}
