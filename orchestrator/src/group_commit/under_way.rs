//! The groups that are being committed: one, or a few small ones.

use tokio::task::{JoinError, JoinSet};

use super::room::Room;
use super::seat::TurnEnd;
use crate::Limits;

/// How many groups there are at once while they have few events.
const GROUPS: usize = 2;
/// How many events all of them have at the most, if there are several.
const FEW: usize = 8;

/// The groups that are being committed.
#[derive(Default)]
pub(super) struct UnderWay {
    groups: JoinSet<Done>,
    /// How many events they have.
    events: usize,
    /// The turns of partitions whose batches were committed since the last group was begun.
    turns: Vec<TurnEnd>,
}

/// A group that came to its end.
struct Done {
    events: usize,
    turns: Vec<TurnEnd>,
}

impl UnderWay {
    /// Waits until a group with so many events, or more, may begin beside those under way; answers the room that it has.
    pub(super) async fn room_beside(&mut self, events: usize, limits: Limits) -> Room {
        loop {
            while let Some(done) = self.groups.try_join_next() {
                self.note(done);
            }
            if self.groups.is_empty() {
                return Room::of(limits);
            }
            let left = FEW.saturating_sub(self.events);
            if self.groups.len() < GROUPS && events <= left {
                return Room::of(limits).for_few(left);
            }
            if let Some(done) = self.groups.join_next().await {
                self.note(done);
            }
        }
    }

    fn note(&mut self, done: Result<Done, JoinError>) {
        match done {
            Ok(done) => {
                self.events = self.events.saturating_sub(done.events);
                self.turns.extend(done.turns);
            }
            Err(error) => tracing::error!(%error, "a group did not end well: each tries on its own"),
        }
        if self.groups.is_empty() {
            self.events = 0;
        }
    }

    /// The turns that were given since they were last taken.
    pub(super) fn take_turns(&mut self) -> Vec<TurnEnd> {
        std::mem::take(&mut self.turns)
    }

    /// Begins to commit so many events.
    pub(super) fn begin(
        &mut self,
        events: usize,
        commit: impl Future<Output = Vec<TurnEnd>> + Send + 'static,
    ) {
        self.events = self.events.saturating_add(events);
        self.groups.spawn(async move {
            let turns = commit.await;
            Done { events, turns }
        });
    }

    /// Waits for all of them.
    pub(super) async fn finish(mut self) {
        while let Some(done) = self.groups.join_next().await {
            self.note(done);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::super::seat::Turn;
    use super::*;

    fn busy(with: &[usize]) -> UnderWay {
        let mut under_way = UnderWay::default();
        for events in with {
            under_way.begin(*events, pending());
        }
        under_way
    }

    fn messages_beside(under_way: &mut UnderWay, events: usize) -> Option<usize> {
        let room = under_way.room_beside(events, Limits::default()).now_or_never();
        room.map(|room| room.messages())
    }

    #[tokio::test]
    async fn few_events_go_beside_few_others() {
        let all = Limits::default().take.messages;
        assert_eq!(messages_beside(&mut busy(&[]), 100), Some(all));
        assert_eq!(messages_beside(&mut busy(&[3]), 5), Some(5));
        assert_eq!(messages_beside(&mut busy(&[3]), 6), None);
        assert_eq!(messages_beside(&mut busy(&[9]), 1), None);
        assert_eq!(messages_beside(&mut busy(&[1, 1]), 1), None);
    }

    #[tokio::test]
    async fn what_ended_makes_room_and_gives_turns() {
        let mut under_way = UnderWay::default();
        let (end, ended) = oneshot::channel();
        under_way.begin(20, async move {
            let turn: Turn = ended.await.unwrap();
            let (other, over) = Turn::new();
            drop((turn, other));
            vec![over]
        });
        assert_eq!(messages_beside(&mut under_way, 1), None);
        end.send(Turn::new().0).ok().unwrap();
        let room = under_way.room_beside(100, Limits::default()).await;
        assert_eq!(room.messages(), Limits::default().take.messages);
        assert_eq!(under_way.take_turns().len(), 1);
        assert!(under_way.take_turns().is_empty());
    }

    #[tokio::test]
    async fn a_group_that_breaks_off_is_not_in_the_way() {
        let mut under_way = UnderWay::default();
        under_way.begin(20, async { panic!("on purpose") });
        let room = under_way.room_beside(1, Limits::default()).await;
        assert_eq!(room.messages(), Limits::default().take.messages);
    }
}
