//! What the orders of a group tell the world.
//!
//! What an order says waits until it is carried out; only then it gets its number. So an order that is declined leaves no
//! event, and no gap among the numbers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use store::{Counter, CounterKey, EventSource, MovementIntent, MovementWrite, OutboxEvent};
use uuid::Uuid;

use super::Session;
use crate::desk::Origin;

/// Names the counter of a company's events, which an order needs that sends any.
pub(crate) fn foresee_events(intent: &mut MovementIntent, company_id: Uuid) {
    intent.footprint.counters.insert(counter(company_id));
}

fn counter(company_id: Uuid) -> CounterKey {
    CounterKey {
        company_id,
        counter: Counter::Outbox,
    }
}

/// An event of a payment that is to be sent out.
pub(crate) struct PaymentNews {
    /// Its id: that of what happened.
    pub(crate) id: Uuid,
    pub(crate) company_id: Uuid,
    pub(crate) payment_id: Uuid,
    pub(crate) event_type: String,
    /// What it says, as a JSON object.
    pub(crate) data: String,
    pub(crate) created_at: Timestamp,
}

/// The events of a group.
pub(super) struct Outbox {
    /// The last number of each company.
    lasts: BTreeMap<Uuid, u64>,
    /// What the order that is being carried out says.
    said: Vec<PaymentNews>,
    events: Vec<OutboxEvent>,
}

impl Outbox {
    pub(super) fn loaded(counters: Vec<(CounterKey, u64)>) -> Self {
        let counters = counters.into_iter();
        let of_events = counters.filter(|(key, _)| key.counter == Counter::Outbox);
        Self {
            lasts: of_events.map(|(key, last)| (key.company_id, last)).collect(),
            said: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(super) fn say(&mut self, news: PaymentNews) {
        self.said.push(news);
    }

    pub(super) fn said(&self) -> usize {
        self.said.len()
    }

    /// Forgets all that was said but the first so many.
    pub(super) fn take_back(&mut self, kept: usize) {
        self.said.truncate(kept);
    }

    fn send(&mut self, origin: &Origin) {
        for news in self.said.drain(..) {
            let last = self.lasts.entry(news.company_id).or_default();
            *last = last.saturating_add(1);
            self.events.push(OutboxEvent {
                id: news.id,
                company_id: news.company_id,
                number: *last,
                partition: queue::partition_of(news.company_id.as_bytes()).number(),
                event_type: news.event_type,
                data: news.data,
                source: EventSource::Payment {
                    payment_id: news.payment_id,
                },
                correlation_id: origin.correlation_id.clone(),
                traceparent: origin.traceparent.clone(),
                created_at: news.created_at,
            });
        }
    }

    /// What is to be written of them.
    pub(super) fn close(self, write: &mut MovementWrite) {
        let moved: BTreeMap<Uuid, u64> = self
            .events
            .iter()
            .map(|event| (event.company_id, event.number))
            .collect();
        let moved = moved.into_iter();
        write.batch.counters = moved
            .map(|(company_id, last)| (counter(company_id), last))
            .collect();
        write.batch.events = self.events;
    }
}

impl Session<'_> {
    /// Sends out what was said since it was last asked to: the order is carried out.
    pub(in crate::desk) fn send_out(&mut self, origin: &Origin) {
        self.outbox.send(origin);
    }
}
