//! A line of messages, as far as memory knows it: what is ready, what is out, what is only in the file.
//!
//! Every stored message of a line is in exactly one of these places: unread (only in the file), `ready`, being
//! staged for a consumer, `out` with a consumer, or `settling` while its acknowledgement is written.

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use super::sql::{Recovered, Stored};
use crate::error::QueueError;
use crate::message::{DeliveryTag, Message, TakeLimits};
use crate::partition::{PARTITIONS, Partition};

/// What a message costs in memory beside its body: its headers, and the room they are kept in.
const OVERHEAD_BYTES: usize = 384;

/// A line in which messages stand: a partition's, or that of the dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineId(u16);

impl LineId {
    /// The line of those that were delivered too often.
    pub(super) const DEAD: Self = Self(PARTITIONS);
    /// How many lines there are.
    pub(super) const COUNT: usize = PARTITIONS as usize + 1;

    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..=Self::DEAD.0).map(Self)
    }

    pub(super) fn number(self) -> u16 {
        self.0
    }

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl From<Partition> for LineId {
    fn from(partition: Partition) -> Self {
        Self(partition.number())
    }
}

/// A message that waits to be taken.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) number: u64,
    pub(super) bytes: usize,
    /// Deliveries before the next one.
    pub(super) earlier: u32,
    /// Whether one of them was by this process, so that the line's mark does not count the next one.
    pub(super) again: bool,
    pub(super) enqueued_at_ms: i64,
    /// `None` if it has to be read from the file.
    pub(super) message: Option<Message>,
}

impl Ready {
    pub(super) fn new(stored: Stored) -> Self {
        Self {
            number: stored.number,
            bytes: stored.message.body.len(),
            earlier: stored.deliveries,
            again: false,
            enqueued_at_ms: stored.enqueued_at_ms,
            message: Some(stored.message),
        }
    }

    fn buffered_bytes(&self) -> usize {
        self.message
            .as_ref()
            .map_or(0, |message| message.body.len() + OVERHEAD_BYTES)
    }

    /// The same message after one more delivery, its body left to the file.
    pub(super) fn delivered(&self) -> Self {
        let earlier = self.earlier.saturating_add(1);
        Self {
            message: None,
            again: true,
            earlier,
            ..*self
        }
    }
}

/// What a consumer can do next.
#[derive(Debug)]
pub(super) enum Step {
    /// There is nothing, or someone is at it.
    Wait,
    /// Messages after the first number, up to the second, are only in the file.
    Read(u64, u64),
    /// These are to be delivered.
    Deliver(Vec<Ready>),
}

/// A line of messages.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// By ascending number.
    ready: VecDeque<Ready>,
    /// How many are being staged; `None` if nobody is at it, not even to read.
    staging: Option<usize>,
    /// With the consumer, each as it will be if it comes back.
    out: BTreeMap<u64, Ready>,
    settling: BTreeMap<u64, Ready>,
    /// Messages above this number, up to `newest`, are unread.
    read_up_to: u64,
    newest: u64,
    /// Messages in all places together. Signed, because of the dead more may have left than are known to have come:
    /// a move is on disk, and can be taken, a moment before it is noted here.
    stored: i64,
    buffered_bytes: usize,
    session: Option<u64>,
}

impl Line {
    pub(super) fn new(recovered: Recovered) -> Self {
        // Numbers begin at 1: with `read_up_to` at 0, all that was left is unread.
        Self {
            newest: recovered.newest,
            stored: recovered.messages.cast_signed(),
            ..Self::default()
        }
    }

    pub(super) fn buffered_bytes(&self) -> usize {
        self.buffered_bytes
    }

    /// Takes note of a message that was stored behind all others. It is kept in memory if that leaves no gap before
    /// it and costs no more than `room`. Returns what it cost.
    pub(super) fn stored(&mut self, stored: Stored, room: usize) -> usize {
        let gapless = self.read_up_to == self.newest;
        self.newest = stored.number;
        self.stored += 1;
        let ready = Ready::new(stored);
        let cost = ready.buffered_bytes();
        if !gapless || cost > room {
            return 0;
        }
        self.read_up_to = ready.number;
        self.push(ready);
        cost
    }

    /// Takes note of messages that other lines moved here.
    pub(super) fn received(&mut self, messages: u64, newest: u64) {
        self.stored += messages.cast_signed();
        // Two moves may be noted in another order than they were stored in.
        self.newest = self.newest.max(newest);
    }

    /// Becomes someone's, if it is nobody's.
    pub(super) fn begin_session(&mut self, session: u64) -> bool {
        let free = self.session.is_none();
        if free {
            self.session = Some(session);
        }
        free
    }

    /// Takes back what the consumer had.
    pub(super) fn end_session(&mut self, session: u64) {
        if self.session == Some(session) {
            self.session = None;
            let out = mem::take(&mut self.out);
            self.put_back(out.into_values());
        }
    }

    /// What to do next, which is then under way until [`Line::staged`] or [`Line::read`] says that it is done.
    pub(super) fn next_step(&mut self, limits: TakeLimits) -> Step {
        if self.staging.is_some() {
            return Step::Wait;
        }
        let chosen = self.choose(limits);
        if !chosen.is_empty() {
            self.staging = Some(chosen.len());
            return Step::Deliver(chosen);
        }
        if self.read_up_to == self.newest {
            return Step::Wait;
        }
        self.staging = Some(0);
        Step::Read(self.read_up_to, self.newest)
    }

    fn choose(&mut self, limits: TakeLimits) -> Vec<Ready> {
        let mut chosen = Vec::new();
        let mut bytes = 0_usize;
        while let Some(next) = self.ready.front() {
            bytes = bytes.saturating_add(next.bytes);
            let fits = chosen.len() < limits.messages && bytes <= limits.bytes;
            if !fits && !chosen.is_empty() {
                break;
            }
            self.buffered_bytes -= next.buffered_bytes();
            chosen.extend(self.ready.pop_front());
        }
        chosen
    }

    /// Ends [`Step::Read`]: everything up to a number was read, and these are the messages.
    pub(super) fn read(&mut self, up_to: u64, messages: Vec<Stored>) {
        self.staging = None;
        self.read_up_to = up_to;
        messages
            .into_iter()
            .map(Ready::new)
            .for_each(|ready| self.push(ready));
    }

    /// Ends [`Step::Read`] without success.
    pub(super) fn not_read(&mut self) {
        self.staging = None;
    }

    /// Ends [`Step::Deliver`]: these are the consumer's now, as they will be if they come back, and so many others
    /// have left the line. `false` if the consumer is gone; they are ready again then.
    pub(super) fn staged(&mut self, session: u64, delivered: Vec<Ready>, left: u64) -> bool {
        self.staging = None;
        self.stored -= left.cast_signed();
        let alive = self.session == Some(session);
        if alive {
            self.out
                .extend(delivered.into_iter().map(|ready| (ready.number, ready)));
        } else {
            self.put_back(delivered);
        }
        alive
    }

    /// Ends [`Step::Deliver`] without success.
    pub(super) fn not_staged(&mut self, chosen: Vec<Ready>) {
        self.staging = None;
        self.put_back(chosen);
    }

    /// Sets deliveries apart while their acknowledgement is written. Returns their numbers, ascending.
    pub(super) fn begin_ack(&mut self, session: u64, tags: &[DeliveryTag]) -> Result<Vec<u64>, QueueError> {
        let taken = self.take_out(session, tags)?;
        let numbers = taken.iter().map(|ready| ready.number).collect();
        self.settling
            .extend(taken.into_iter().map(|ready| (ready.number, ready)));
        Ok(numbers)
    }

    /// The acknowledgement is stored. Returns how many bytes of bodies are gone.
    pub(super) fn acked(&mut self, numbers: &[u64]) -> u64 {
        let gone = numbers.iter().filter_map(|number| self.settling.remove(number));
        let (messages, bytes) = gone.fold((0, 0), |(messages, bytes), ready| {
            (messages + 1, bytes + ready.bytes as u64)
        });
        self.stored -= messages;
        bytes
    }

    /// The acknowledgement is not stored: the messages are with their consumer as before, or ready if it is gone.
    pub(super) fn not_acked(&mut self, session: u64, numbers: &[u64]) {
        let kept: Vec<_> = numbers
            .iter()
            .filter_map(|number| self.settling.remove(number))
            .collect();
        self.hand_out(session, kept);
    }

    /// Makes deliveries ready again, in their place.
    pub(super) fn release(&mut self, session: u64, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        let taken = self.take_out(session, tags)?;
        self.put_back(taken);
        Ok(())
    }

    /// Messages that wait, and messages that are with the consumer or on their way from or to it.
    pub(super) fn depth(&self) -> (u64, u64) {
        let in_flight = self.out.len() + self.settling.len() + self.staging.unwrap_or(0);
        let in_flight = in_flight as u64;
        (self.stored.cast_unsigned().saturating_sub(in_flight), in_flight)
    }

    /// All of these deliveries by ascending number, or none of them.
    fn take_out(&mut self, session: u64, tags: &[DeliveryTag]) -> Result<Vec<Ready>, QueueError> {
        if self.session != Some(session) {
            return Err(QueueError::ConsumerGone);
        }
        let mut numbers: Vec<u64> = tags.iter().map(|tag| tag.0).collect();
        numbers.sort_unstable();
        let twice = numbers
            .windows(2)
            .find_map(|pair| pair.first().filter(|first| Some(*first) == pair.last()));
        let missing = numbers.iter().find(|number| !self.out.contains_key(number));
        if let Some(tag) = twice.or(missing).copied() {
            return Err(QueueError::UnknownTag { tag });
        }
        Ok(numbers
            .iter()
            .filter_map(|number| self.out.remove(number))
            .collect())
    }

    fn push(&mut self, ready: Ready) {
        self.buffered_bytes += ready.buffered_bytes();
        self.ready.push_back(ready);
    }

    /// Gives messages to the consumer of this session, or makes them ready if it is gone: then `false`.
    fn hand_out(&mut self, session: u64, messages: Vec<Ready>) -> bool {
        let alive = self.session == Some(session);
        if alive {
            self.out
                .extend(messages.into_iter().map(|ready| (ready.number, ready)));
        } else {
            self.put_back(messages);
        }
        alive
    }

    /// Makes messages ready again, each in its place.
    fn put_back(&mut self, messages: impl IntoIterator<Item = Ready>) {
        for ready in messages {
            self.buffered_bytes += ready.buffered_bytes();
            let place = self.ready.partition_point(|other| other.number < ready.number);
            self.ready.insert(place, ready);
        }
    }
}

#[cfg(test)]
mod tests;
