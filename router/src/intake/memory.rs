//! Which events were accepted lately, and which are being accepted now: a bounded memory to say `duplicate` from.
//!
//! It holds only what the queue has confirmed, and forgets the oldest when it is full. That an event takes effect
//! once does not rest on it, but on the unique key behind the queue.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use crate::answer::PinnedRule;

/// So many locks share the work. A power of two.
const SHARDS: usize = 64;

/// What tells an event from others, and whether two of one name are the same: halves of SHA-256 digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Of the company and the event's id.
    pub(crate) event: u128,
    /// Of the event's bytes.
    pub(crate) body: u128,
}

impl Identity {
    pub(crate) fn new(event: &[u8; 32], body: &[u8; 32]) -> Self {
        Self {
            event: first_half(event),
            body: first_half(body),
        }
    }
}

fn first_half(digest: &[u8; 32]) -> u128 {
    digest.first_chunk().copied().map_or(0, u128::from_be_bytes)
}

/// What the memory says of an event.
pub(crate) enum Claim {
    /// It is not known: who holds the ticket accepts it, and all others wait.
    New(Ticket),
    /// It was accepted, with these rules.
    Duplicate(Arc<[PinnedRule]>),
    /// One of its name was accepted, with other bytes.
    Reused,
}

/// The memory. Its locks are held for moments, and no two at once.
pub(crate) struct Memory {
    shards: Vec<Mutex<Shard>>,
    shard_capacity: usize,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<u128, Entry>,
    /// The accepted ones, oldest first.
    accepted: VecDeque<u128>,
}

enum Entry {
    /// Somebody holds the ticket. Whoever waits for it has made the bell.
    InFlight(Option<Arc<Notify>>),
    Accepted {
        body: u128,
        rules: Arc<[PinnedRule]>,
    },
}

/// What a look at the memory yields: its claim, or the bell to wait for.
enum Look {
    Claim(Claim),
    Wait(OwnedNotified),
}

impl Memory {
    /// Remembers about so many accepted events.
    pub(crate) fn new(events: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            shard_capacity: events.div_ceil(SHARDS),
        }
    }

    /// Claims an event; waits while somebody else holds its ticket. If that one fails, one of those who wait takes
    /// over.
    pub(crate) async fn claim(self: &Arc<Self>, identity: Identity) -> Claim {
        loop {
            match self.look(identity) {
                Look::Claim(claim) => return claim,
                Look::Wait(bell) => bell.await,
            }
        }
    }

    fn look(self: &Arc<Self>, identity: Identity) -> Look {
        let Some(mut shard) = self.shard(identity.event) else {
            return Look::Claim(Claim::New(self.ticket(identity)));
        };
        match shard.entries.get_mut(&identity.event) {
            None => {
                shard.entries.insert(identity.event, Entry::InFlight(None));
                Look::Claim(Claim::New(self.ticket(identity)))
            }
            // Made under the lock: it hears every ring from here on, also before it is polled.
            Some(Entry::InFlight(bell)) => {
                Look::Wait(Arc::clone(bell.get_or_insert_default()).notified_owned())
            }
            Some(Entry::Accepted { body, rules }) if *body == identity.body => {
                Look::Claim(Claim::Duplicate(Arc::clone(rules)))
            }
            Some(Entry::Accepted { .. }) => Look::Claim(Claim::Reused),
        }
    }

    fn ticket(self: &Arc<Self>, identity: Identity) -> Ticket {
        Ticket {
            memory: Arc::clone(self),
            identity,
            rules: None,
        }
    }

    /// Ends a ticket: the event was accepted with these rules, or it was not.
    fn settle(&self, identity: Identity, rules: Option<Arc<[PinnedRule]>>) {
        let Some(mut shard) = self.shard(identity.event) else {
            return;
        };
        let before = match rules {
            Some(rules) => shard.accept(identity, rules, self.shard_capacity),
            None => shard.entries.remove(&identity.event),
        };
        drop(shard);
        if let Some(Entry::InFlight(Some(bell))) = before {
            bell.notify_waiters();
        }
    }

    /// Every change is made whole under the lock, so a poisoned one is as good as any.
    fn shard(&self, event: u128) -> Option<MutexGuard<'_, Shard>> {
        let last_byte = usize::from(event.to_be_bytes().last().copied().unwrap_or_default());
        let shard = self.shards.get(last_byte % SHARDS)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shard {
    fn accept(&mut self, identity: Identity, rules: Arc<[PinnedRule]>, capacity: usize) -> Option<Entry> {
        let accepted = Entry::Accepted {
            body: identity.body,
            rules,
        };
        let before = self.entries.insert(identity.event, accepted);
        self.accepted.push_back(identity.event);
        if self.accepted.len() > capacity
            && let Some(oldest) = self.accepted.pop_front()
        {
            self.entries.remove(&oldest);
        }
        before
    }
}

/// The right to accept an event. Dropping it gives it up.
pub(crate) struct Ticket {
    memory: Arc<Memory>,
    identity: Identity,
    rules: Option<Arc<[PinnedRule]>>,
}

impl Ticket {
    /// The queue has the event, with these rules.
    pub(crate) fn accepted(mut self, rules: Arc<[PinnedRule]>) {
        self.rules = Some(rules);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.memory.settle(self.identity, self.rules.take());
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::{join_all, poll_immediate};
    use uuid::Uuid;

    use super::*;

    fn identity(event: u128, body: u128) -> Identity {
        Identity { event, body }
    }

    fn rules(version: u32) -> Arc<[PinnedRule]> {
        Arc::new([PinnedRule {
            rule_id: Uuid::nil(),
            version,
        }])
    }

    async fn ticket(memory: &Arc<Memory>, identity: Identity) -> Ticket {
        match memory.claim(identity).await {
            Claim::New(ticket) => ticket,
            Claim::Duplicate(_) | Claim::Reused => panic!("{identity:?} is known"),
        }
    }

    async fn is_known(memory: &Arc<Memory>, event: u128) -> bool {
        matches!(memory.claim(identity(event, 0)).await, Claim::Duplicate(_))
    }

    #[tokio::test]
    async fn what_was_accepted_is_a_duplicate_or_its_name_is_reused() {
        let memory = Arc::new(Memory::new(100));
        ticket(&memory, identity(1, 10)).await.accepted(rules(3));
        let Claim::Duplicate(found) = memory.claim(identity(1, 10)).await else {
            panic!("forgotten")
        };
        assert_eq!(found, rules(3));
        assert!(matches!(memory.claim(identity(1, 11)).await, Claim::Reused));
        assert!(matches!(memory.claim(identity(2, 10)).await, Claim::New(_)));
    }

    #[tokio::test]
    async fn equals_wait_for_the_first_and_one_takes_over_if_it_fails() {
        let memory = Arc::new(Memory::new(100));
        let first = ticket(&memory, identity(1, 10)).await;
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(memory.claim(identity(1, 10)))).collect();
        for claim in &mut waiting {
            assert!(poll_immediate(claim).await.is_none());
        }
        drop(first);
        let mut claims = Vec::new();
        for mut claim in waiting {
            match poll_immediate(&mut claim).await {
                Some(claim) => claims.push(claim),
                None => claims.push(Claim::Reused),
            }
        }
        let tickets = claims.into_iter().filter_map(|claim| match claim {
            Claim::New(ticket) => Some(ticket),
            Claim::Duplicate(_) | Claim::Reused => None,
        });
        assert_eq!(tickets.count(), 1);
    }

    #[tokio::test]
    async fn many_at_once_are_accepted_once() {
        let memory = Arc::new(Memory::new(100));
        let claims = (0..50).map(|_| async {
            match memory.claim(identity(1, 10)).await {
                Claim::New(ticket) => {
                    tokio::task::yield_now().await;
                    ticket.accepted(rules(1));
                    1
                }
                Claim::Duplicate(_) => 0,
                Claim::Reused => 100,
            }
        });
        assert_eq!(join_all(claims).await.into_iter().sum::<i32>(), 1);
    }

    #[tokio::test]
    async fn the_oldest_are_forgotten() {
        let memory = Arc::new(Memory::new(2 * SHARDS));
        // These meet in one shard, which holds two.
        for event in [0x100, 0x200, 0x300] {
            ticket(&memory, identity(event, 0)).await.accepted(rules(1));
        }
        assert!(!is_known(&memory, 0x100).await);
        assert!(is_known(&memory, 0x200).await);
        assert!(is_known(&memory, 0x300).await);
    }
}
