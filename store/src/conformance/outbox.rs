//! Events on their way out.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{at, id};
use super::partitions::{take_all, taken_over};
use super::payments::{Payment, pay_with};
use crate::{BatchWrite, Leased, OutboxEvent, OutboxLag, PartitionLease, SentUpTo, Store};

/// The partition of all events here that are not moved.
const PARTITION: u16 = 7;

/// Commits a payment that sends so many events; answers them as they were written.
async fn send(store: &dyn Store, company_id: Uuid, events: u32) -> Vec<OutboxEvent> {
    send_on(store, company_id, events, PARTITION).await
}

async fn send_on(store: &dyn Store, company_id: Uuid, events: u32, partition: u16) -> Vec<OutboxEvent> {
    let mut payment = Payment::new(company_id, &id().to_string());
    payment.events = events;
    let (tell, told) = std::sync::mpsc::channel();
    let on_partition = move |write: &mut BatchWrite| {
        for event in &mut write.events {
            event.partition = partition;
            event.created_at = at(i64::try_from(event.number).unwrap());
        }
        tell.send(write.events.clone()).unwrap();
    };
    pay_with(store, vec![payment], on_partition).await.unwrap();
    told.recv().unwrap()
}

async fn lease(store: &dyn Store) -> PartitionLease {
    take_all(store).await.1[usize::from(PARTITION)]
}

async fn mark(store: &dyn Store, lease: PartitionLease, company_id: Uuid, number: u64) -> Leased {
    let sent = vec![SentUpTo { company_id, number }];
    store.mark_events_sent(lease, sent).await.unwrap()
}

/// The numbers of the events that wait, by company.
async fn waiting(store: &dyn Store, limit: u32) -> BTreeMap<Uuid, Vec<u64>> {
    let mut numbers: BTreeMap<Uuid, Vec<u64>> = BTreeMap::new();
    let events = store.unsent_events(PARTITION, limit).await.unwrap();
    assert!(events.len() <= usize::try_from(limit).unwrap());
    for event in events {
        numbers.entry(event.company_id).or_default().push(event.number);
    }
    numbers
}

/// Events wait as they were written, each company's in the order of their numbers, on their own partition.
pub async fn unsent_events_wait_in_order(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (one, other, elsewhere) = (id(), id(), id());
    assert_eq!(store.unsent_events(PARTITION, 9).await, Ok(Vec::new()));
    let mut written: BTreeMap<Uuid, Vec<OutboxEvent>> = BTreeMap::new();
    for (company_id, events) in [(one, 2), (other, 1), (one, 3), (one, 0), (other, 2)] {
        let sent = send(&*store, company_id, events).await;
        written.entry(company_id).or_default().extend(sent);
    }
    let moved = send_on(&*store, elsewhere, 2, 8).await;
    let mut read: BTreeMap<Uuid, Vec<OutboxEvent>> = BTreeMap::new();
    for event in store.unsent_events(PARTITION, 100).await.unwrap() {
        read.entry(event.company_id).or_default().push(event);
    }
    assert_eq!(read, written);
    assert_eq!(
        read[&one].iter().map(|event| event.number).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(store.unsent_events(8, 100).await, Ok(moved));
    assert_eq!(store.unsent_events(9, 100).await, Ok(Vec::new()));
}

/// What was sent does not come again; what is behind it comes next, without a gap.
pub async fn sending_goes_on_behind_what_was_sent(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let lease = lease(&*store).await;
    let company_id = id();
    send(&*store, company_id, 5).await;
    assert_eq!(
        waiting(&*store, 2).await,
        BTreeMap::from([(company_id, vec![1, 2])])
    );
    assert_eq!(mark(&*store, lease, company_id, 2).await, Leased::Done);
    assert_eq!(
        waiting(&*store, 2).await,
        BTreeMap::from([(company_id, vec![3, 4])])
    );
    // Somebody who was slow notes less than is noted already.
    assert_eq!(mark(&*store, lease, company_id, 1).await, Leased::Done);
    assert_eq!(
        waiting(&*store, 9).await,
        BTreeMap::from([(company_id, vec![3, 4, 5])])
    );
    mark(&*store, lease, company_id, 5).await;
    assert_eq!(waiting(&*store, 9).await, BTreeMap::new());
    send(&*store, company_id, 1).await;
    assert_eq!(waiting(&*store, 9).await, BTreeMap::from([(company_id, vec![6])]));
    // Nothing was written by these, and nothing is noted of them.
    assert_eq!(mark(&*store, lease, id(), 1).await, Leased::Done);
    assert_eq!(store.mark_events_sent(lease, Vec::new()).await, Ok(Leased::Done));
}

/// A company with many events does not stand in the way of those with few.
pub async fn every_company_gets_its_turn(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let lease = lease(&*store).await;
    let companies = [id(), id(), id()];
    for (company_id, events) in companies.into_iter().zip([40, 2, 40]) {
        send(&*store, company_id, events).await;
    }
    let first = waiting(&*store, 6).await;
    assert_eq!(
        first.keys().copied().collect::<Vec<_>>(),
        companies,
        "room for all of them"
    );
    // With less room than companies, each comes once before any comes again.
    for round in 1..=2 {
        let mut seen = Vec::new();
        for _ in companies {
            for (company_id, numbers) in waiting(&*store, 1).await {
                assert_eq!(numbers, [round]);
                mark(&*store, lease, company_id, round).await;
                seen.push(company_id);
            }
        }
        seen.sort();
        assert_eq!(seen, companies);
    }
}

/// Only who has a partition notes what was sent of it, and of it alone.
pub async fn marking_is_fenced(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    send(&*store, company_id, 3).await;
    let never = PartitionLease {
        partition: PARTITION,
        epoch: 1,
    };
    assert_eq!(mark(&*store, never, company_id, 1).await, Leased::Lost);
    let (lost, held) = taken_over(&*store).await;
    assert_eq!(mark(&*store, lost[7], company_id, 3).await, Leased::Lost);
    assert_eq!(
        store.mark_events_sent(lost[7], Vec::new()).await,
        Ok(Leased::Lost)
    );
    assert_eq!(mark(&*store, held[8], company_id, 3).await, Leased::Done);
    assert_eq!(
        waiting(&*store, 9).await,
        BTreeMap::from([(company_id, vec![1, 2, 3])])
    );
    assert_eq!(mark(&*store, held[7], company_id, 3).await, Leased::Done);
    assert_eq!(waiting(&*store, 9).await, BTreeMap::new());
}

/// The lag is what waits, and since when, for one company and for all.
pub async fn tells_how_far_sending_lags(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let lease = lease(&*store).await;
    let (one, other) = (id(), id());
    let lag = |unsent, oldest_ms: Option<i64>| OutboxLag {
        unsent,
        oldest_at: oldest_ms.map(at),
    };
    assert_eq!(store.outbox_lag(None).await, Ok(lag(0, None)));
    send(&*store, one, 3).await;
    mark(&*store, lease, one, 1).await;
    send(&*store, other, 4).await;
    mark(&*store, lease, other, 2).await;
    assert_eq!(store.outbox_lag(Some(one)).await, Ok(lag(2, Some(2))));
    assert_eq!(store.outbox_lag(Some(other)).await, Ok(lag(2, Some(3))));
    assert_eq!(store.outbox_lag(None).await, Ok(lag(4, Some(2))));
    mark(&*store, lease, one, 3).await;
    assert_eq!(store.outbox_lag(Some(one)).await, Ok(lag(0, None)));
    assert_eq!(store.outbox_lag(Some(id())).await, Ok(lag(0, None)));
    assert_eq!(store.outbox_lag(None).await, Ok(lag(2, Some(3))));
}

/// What was sent is known after a crash.
pub async fn keeps_what_was_sent_over_a_crash(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let lease = lease(&*store).await;
    send(&*store, company_id, 3).await;
    mark(&*store, lease, company_id, 2).await;
    let store = factory.crash(store).await;
    assert_eq!(waiting(&*store, 9).await, BTreeMap::from([(company_id, vec![3])]));
    assert_eq!(
        mark(&*store, lease, company_id, 3).await,
        Leased::Done,
        "the lease is known too"
    );
    assert_eq!(waiting(&*store, 9).await, BTreeMap::new());
}
