//! What a consumer was given and has not settled: what is ready to be taken, and what was taken.
//!
//! The broker hands out messages in the order of the queue, and its tags grow; so the order of tags is the order of
//! the queue. What is released goes back to its place here, without the broker hearing of it: given back to the broker
//! it would come again behind what was prefetched.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::failure::Trouble;
use super::properties::Received;
use crate::error::QueueError;
use crate::message::{Delivery, DeliveryTag, Message, TakeLimits};

/// A message in the hands of this process.
struct Entry {
    message: Message,
    enqueued_at: Option<Timestamp>,
    /// How often it was delivered before.
    earlier: u32,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Ready,
    Taken,
    /// Delivered too often: the broker is to move it to the dead.
    Dead,
}

/// The messages of one consumer, by the broker's tag.
pub(super) struct Unsettled {
    entries: BTreeMap<u64, Entry>,
    /// Deliveries after which a message is dead; `None` for the dead themselves.
    delivery_limit: Option<u32>,
    ended: Option<Trouble>,
    is_gone: bool,
}

/// Whether something is to be buried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AnyDead(pub(super) bool);

/// What to tell the broker about tags that are being settled.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settlement {
    /// All tags up to this one.
    pub(super) up_to: Option<u64>,
    /// These besides.
    pub(super) single: Vec<u64>,
}

impl Unsettled {
    pub(super) fn new(delivery_limit: Option<u32>) -> Self {
        Self {
            entries: BTreeMap::new(),
            delivery_limit,
            ended: None,
            is_gone: false,
        }
    }

    /// The broker handed this over.
    pub(super) fn arrived(&mut self, tag: u64, received: Received) {
        let entry = Entry {
            message: received.message,
            enqueued_at: received.enqueued_at,
            earlier: received.earlier,
            place: Place::Ready,
        };
        self.entries.insert(tag, entry);
    }

    /// The broker takes all of it back. The first reason stands.
    pub(super) fn end(&mut self, trouble: Trouble) {
        self.ended.get_or_insert(trouble);
        self.entries.clear();
    }

    /// The consumer was dropped.
    pub(super) fn go(&mut self) {
        self.is_gone = true;
        self.entries.clear();
    }

    /// What is ready, up to the limits, and whether something among it was not handed out but is dead.
    ///
    /// # Errors
    ///
    /// Why there will be nothing any more.
    pub(super) fn take(&mut self, limits: TakeLimits) -> Result<(Vec<Delivery>, AnyDead), QueueError> {
        if let Some(trouble) = &self.ended {
            return Err(trouble.clone().into());
        }
        let (mut taken, mut any_dead, mut bytes) = (Vec::new(), AnyDead(false), 0_usize);
        let most = limits.messages.max(1);
        let ready = self.entries.iter_mut();
        for (tag, entry) in ready.filter(|(_, entry)| entry.place == Place::Ready) {
            if self.delivery_limit.is_some_and(|limit| entry.earlier >= limit) {
                entry.place = Place::Dead;
                any_dead = AnyDead(true);
                continue;
            }
            bytes = bytes.saturating_add(entry.message.body.len());
            if !taken.is_empty() && (taken.len() >= most || bytes > limits.bytes) {
                break;
            }
            entry.place = Place::Taken;
            taken.push(entry.delivery(*tag));
        }
        Ok((taken, any_dead))
    }

    /// Forgets the dead, and names them: the broker must hear of it before the next settlement is made, which could
    /// otherwise acknowledge them with what stands around them.
    pub(super) fn bury(&mut self) -> Vec<u64> {
        let dead = self.entries.extract_if(.., |_, entry| entry.place == Place::Dead);
        dead.map(|(tag, _)| tag).collect()
    }

    /// Puts these back where they stood.
    pub(super) fn release(&mut self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        self.check(tags)?;
        for DeliveryTag(tag) in tags {
            if let Some(entry) = self.entries.get_mut(tag) {
                entry.place = Place::Ready;
                entry.earlier = entry.earlier.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Forgets these, and says what the broker has to hear. It must hear it before the next settlement is made.
    pub(super) fn settle(&mut self, tags: &[DeliveryTag]) -> Result<Settlement, QueueError> {
        self.check(tags)?;
        for DeliveryTag(tag) in tags {
            self.entries.remove(tag);
        }
        // Below the first that stays, everything that the broker waits for is in this settlement, or was in one before.
        let first_left = self.entries.first_key_value().map(|(tag, _)| *tag);
        let mut sorted: Vec<u64> = tags.iter().map(|DeliveryTag(tag)| *tag).collect();
        sorted.sort_unstable();
        let below = sorted.partition_point(|tag| first_left.is_none_or(|left| *tag < left));
        let single = sorted.split_off(below);
        Ok(Settlement {
            up_to: sorted.last().copied(),
            single,
        })
    }

    /// How many are ready, and how many taken.
    pub(super) fn depth(&self) -> (u64, u64) {
        let count = |place| self.entries.values().filter(|entry| entry.place == place).count() as u64;
        (count(Place::Ready), count(Place::Taken))
    }

    /// Whether all of these are taken, each named once.
    fn check(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        if self.is_gone {
            return Err(QueueError::ConsumerGone);
        }
        match &self.ended {
            Some(Trouble::Closed) => return Err(QueueError::Closed),
            Some(Trouble::Unavailable(_)) => return Err(QueueError::ConsumerGone),
            None => {}
        }
        let is_taken = |tag: u64| {
            self.entries
                .get(&tag)
                .is_some_and(|entry| entry.place == Place::Taken)
        };
        let mut sorted: Vec<u64> = tags.iter().map(|DeliveryTag(tag)| *tag).collect();
        sorted.sort_unstable();
        let twice = sorted
            .array_windows()
            .find(|[one, next]| one == next)
            .map(|[one, _]| *one);
        let unknown = twice.or_else(|| sorted.into_iter().find(|tag| !is_taken(*tag)));
        match unknown {
            Some(tag) => Err(QueueError::UnknownTag { tag }),
            None => Ok(()),
        }
    }
}

impl Entry {
    fn delivery(&self, tag: u64) -> Delivery {
        Delivery {
            tag: DeliveryTag(tag),
            message: self.message.clone(),
            deliveries: self.earlier.saturating_add(1),
            enqueued_at: self.enqueued_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;
    use crate::partition::Partition;

    fn with(tags: std::ops::RangeInclusive<u64>) -> Unsettled {
        let mut unsettled = Unsettled::new(Some(3));
        for tag in tags {
            let message = Message {
                id: Uuid::nil(),
                partition: Partition::new(0).unwrap(),
                kind: String::new(),
                company_id: Uuid::nil(),
                correlation_id: String::new(),
                traceparent: None,
                content_type: String::new(),
                body: Bytes::from_static(b"0123456789"),
            };
            unsettled.arrived(
                tag,
                Received {
                    message,
                    earlier: 0,
                    enqueued_at: None,
                },
            );
        }
        unsettled
    }

    fn take(unsettled: &mut Unsettled, messages: usize) -> Vec<(u64, u32)> {
        let limits = TakeLimits {
            messages,
            ..TakeLimits::default()
        };
        let (taken, _) = unsettled.take(limits).unwrap();
        taken
            .iter()
            .map(|delivery| (delivery.tag.0, delivery.deliveries))
            .collect()
    }

    fn tags(tags: &[u64]) -> Vec<DeliveryTag> {
        tags.iter().copied().map(DeliveryTag).collect()
    }

    #[test]
    fn settles_with_one_word_what_stands_at_the_front() {
        let mut unsettled = with(1..=9);
        take(&mut unsettled, 7);
        let mut settle = |named: &[u64]| unsettled.settle(&tags(named)).unwrap();
        let settlement = |up_to, single: &[u64]| Settlement {
            up_to,
            single: single.to_vec(),
        };
        assert_eq!(settle(&[]), settlement(None, &[]));
        assert_eq!(settle(&[2, 1]), settlement(Some(2), &[]));
        assert_eq!(settle(&[5]), settlement(None, &[5]));
        assert_eq!(settle(&[7, 3]), settlement(Some(3), &[7]));
        // 5 was settled before, and the broker knows.
        assert_eq!(settle(&[4, 6]), settlement(Some(6), &[]));
        take(&mut unsettled, 2);
        assert_eq!(
            unsettled.settle(&tags(&[9, 8])).unwrap(),
            settlement(Some(9), &[])
        );
    }

    #[test]
    fn never_settles_what_is_not_named() {
        let mut unsettled = with(1..=4);
        take(&mut unsettled, 4);
        let settlement = unsettled.settle(&tags(&[2, 3, 4])).unwrap();
        assert_eq!((settlement.up_to, settlement.single), (None, vec![2, 3, 4]));
    }

    #[test]
    fn what_is_released_comes_again_in_its_place_until_it_is_dead() {
        let mut unsettled = with(1..=3);
        assert_eq!(take(&mut unsettled, 2), [(1, 1), (2, 1)]);
        unsettled.release(&tags(&[2])).unwrap();
        assert_eq!(take(&mut unsettled, 9), [(2, 2), (3, 1)]);
        unsettled.release(&tags(&[2])).unwrap();
        assert_eq!(take(&mut unsettled, 9), [(2, 3)]);
        unsettled.release(&tags(&[2, 1])).unwrap();
        let (taken, any_dead) = unsettled.take(TakeLimits::default()).unwrap();
        assert_eq!((taken.len(), any_dead), (1, AnyDead(true)));
        assert_eq!(unsettled.depth(), (0, 2));
        // Until the dead one is buried, it must not be acknowledged along with what stands around it.
        let settlement = unsettled.settle(&tags(&[1, 3])).unwrap();
        assert_eq!((settlement.up_to, settlement.single), (Some(1), vec![3]));
        assert_eq!((unsettled.bury(), unsettled.bury()), (vec![2], vec![]));
    }

    #[test]
    fn refuses_tags_that_are_not_taken() {
        let mut unsettled = with(1..=3);
        take(&mut unsettled, 2);
        for refused in [&[1, 3][..], &[1, 1], &[4]] {
            let error = unsettled.settle(&tags(refused)).unwrap_err();
            assert!(matches!(error, QueueError::UnknownTag { .. }), "{error:?}");
        }
        assert_eq!(unsettled.depth(), (1, 2));
        unsettled.end(Trouble::unavailable("the line is cut"));
        assert!(matches!(
            unsettled.settle(&tags(&[1])),
            Err(QueueError::ConsumerGone)
        ));
        assert!(unsettled.take(TakeLimits::default()).is_err());
    }

    #[test]
    fn keeps_to_the_limits_but_hands_out_one() {
        let mut unsettled = with(1..=5);
        let mut take = |messages, bytes| {
            let (taken, _) = unsettled.take(TakeLimits { messages, bytes }).unwrap();
            taken.len()
        };
        assert_eq!((take(0, 0), take(9, 25), take(1, 100)), (1, 2, 1));
    }
}
