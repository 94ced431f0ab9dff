//! A line of messages: what is ready, and what is with the consumer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use queue::{Delivery, DeliveryTag, Message, QueueError, TakeLimits};

/// A message in a line.
#[derive(Debug)]
pub(super) struct Waiting {
    message: Message,
    /// How often it was delivered.
    deliveries: u32,
    enqueued_at: Timestamp,
}

/// A line of messages, in the order of their numbers, and whose it is.
#[derive(Debug, Default)]
pub(super) struct Line {
    ready: BTreeMap<u64, Waiting>,
    out: BTreeMap<u64, Waiting>,
    session: Option<u64>,
}

impl Line {
    pub(super) fn push(&mut self, number: u64, message: Message, enqueued_at: Timestamp) {
        let waiting = Waiting {
            message,
            deliveries: 0,
            enqueued_at,
        };
        self.ready.insert(number, waiting);
    }

    /// Takes in what another line has given up on.
    pub(super) fn bury(&mut self, buried: BTreeMap<u64, Waiting>) {
        self.ready.extend(buried);
    }

    /// Becomes somebody's, if it is nobody's.
    pub(super) fn begin_session(&mut self, session: u64) -> bool {
        let is_free = self.session.is_none();
        if is_free {
            self.session = Some(session);
        }
        is_free
    }

    /// The consumer of this session is gone.
    pub(super) fn end_session(&mut self, session: u64) {
        if self.session == Some(session) {
            self.disconnect();
        }
    }

    /// Whoever the consumer was, it is gone.
    pub(super) fn disconnect(&mut self) {
        self.session = None;
        self.ready.append(&mut self.out);
    }

    /// Sets those apart that were delivered as often as the limit allows.
    pub(super) fn give_up(&mut self, delivery_limit: u32) -> BTreeMap<u64, Waiting> {
        let given_up = self
            .ready
            .extract_if(.., |_, waiting| waiting.deliveries >= delivery_limit);
        given_up.collect()
    }

    /// Delivers what is ready, up to the limits.
    pub(super) fn take(&mut self, session: u64, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        self.check_session(session)?;
        let (mut taken, mut bytes) = (Vec::new(), 0_usize);
        while let Some(first) = self.ready.first_entry() {
            bytes = bytes.saturating_add(first.get().message.body.len());
            let fits = taken.len() < limits.messages && bytes <= limits.bytes;
            if !fits && !taken.is_empty() {
                break;
            }
            let (number, mut waiting) = first.remove_entry();
            waiting.deliveries = waiting.deliveries.saturating_add(1);
            taken.push(Delivery {
                tag: DeliveryTag::new(number),
                message: waiting.message.clone(),
                deliveries: waiting.deliveries,
                enqueued_at: Some(waiting.enqueued_at),
            });
            self.out.insert(number, waiting);
        }
        Ok(taken)
    }

    pub(super) fn ack(&mut self, session: u64, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        self.take_out(session, tags).map(drop)
    }

    pub(super) fn release(&mut self, session: u64, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        let released = self.take_out(session, tags)?;
        self.ready.extend(released);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.ready.len() + self.out.len()
    }

    /// Messages that wait, and messages that are with the consumer.
    pub(super) fn depth(&self) -> (u64, u64) {
        let count = |messages: usize| u64::try_from(messages).unwrap_or(u64::MAX);
        (count(self.ready.len()), count(self.out.len()))
    }

    /// Since when the oldest message is there.
    pub(super) fn oldest_since(&self) -> Option<Timestamp> {
        let messages = self.ready.values().chain(self.out.values());
        messages.map(|waiting| waiting.enqueued_at).min()
    }

    fn check_session(&self, session: u64) -> Result<(), QueueError> {
        if self.session == Some(session) {
            return Ok(());
        }
        Err(QueueError::ConsumerGone)
    }

    /// All of these deliveries, or none of them.
    fn take_out(&mut self, session: u64, tags: &[DeliveryTag]) -> Result<BTreeMap<u64, Waiting>, QueueError> {
        self.check_session(session)?;
        let mut numbers: Vec<u64> = tags.iter().map(|tag| tag.number()).collect();
        numbers.sort_unstable();
        let twice = numbers.array_windows().find(|[one, next]| one == next);
        let unknown = numbers.iter().find(|number| !self.out.contains_key(number));
        if let Some(tag) = twice.map(|[one, _]| *one).or(unknown.copied()) {
            return Err(QueueError::UnknownTag { tag });
        }
        let taken = numbers.into_iter();
        Ok(taken
            .filter_map(|number| Some((number, self.out.remove(&number)?)))
            .collect())
    }
}
