//! Events that payments send out: in one line with those of the company's runs.

use std::sync::Arc;

use uuid::Uuid;

use super::MoneyStoreFactory;
use super::fixture::{at, id};
use super::movement_races::is_done;
use super::payments::{Payment, pay};
use crate::{
    Counter, CounterKey, EventSource, LoadedMovements, MoneyStore, MovementIntent, MovementWrite,
    OutboxEvent, StoreError,
};

/// The partition of all events here: that of the batches' events, too.
const PARTITION: u16 = 7;

fn counter(company_id: Uuid) -> CounterKey {
    CounterKey {
        company_id,
        counter: Counter::Outbox,
    }
}

fn event(company_id: Uuid, number: u64) -> OutboxEvent {
    OutboxEvent {
        id: id(),
        company_id,
        number,
        partition: PARTITION,
        event_type: "payment.captured".to_owned(),
        data: r#"{"payment": {"metadata":{"weight": 1.10}}}"#.to_owned(),
        source: EventSource::Payment { payment_id: id() },
        correlation_id: "c-1".to_owned(),
        traceparent: None,
        created_at: at(3),
    }
}

/// Sends so many events behind the company's last.
async fn tell(store: &dyn MoneyStore, company_id: Uuid, events: u64) -> Result<(), StoreError> {
    let mut intent = MovementIntent::default();
    intent.footprint.counters.insert(counter(company_id));
    let decide = move |loaded: LoadedMovements| {
        let last = loaded.counters.first().map_or(0, |(_, last)| *last);
        let mut write = MovementWrite::default();
        write.batch.events = (last + 1..=last + events)
            .map(|number| event(company_id, number))
            .collect();
        write.batch.counters = vec![(counter(company_id), last + events)];
        write
    };
    store.move_money(intent, Box::new(decide)).await
}

async fn numbers(store: &dyn MoneyStore, company_id: Uuid) -> Vec<u64> {
    let events = store.unsent_events(PARTITION, 1_000).await.unwrap();
    let own = events.iter().filter(|event| event.company_id == company_id);
    own.map(|event| event.number).collect()
}

/// An event of a payment waits as it was written, behind those of the company's runs.
pub async fn payments_send_events_out(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    pay(&*store, vec![Payment::new(company_id, "a run's")])
        .await
        .unwrap();
    let told = event(company_id, 2);
    let mut intent = MovementIntent::default();
    intent.footprint.counters.insert(counter(company_id));
    let written = told.clone();
    let decide = move |loaded: LoadedMovements| {
        assert_eq!(loaded.counters, [(counter(company_id), 1)]);
        let mut write = MovementWrite::default();
        write.batch.events = vec![written];
        write.batch.counters = vec![(counter(company_id), 2)];
        write
    };
    store.move_money(intent, Box::new(decide)).await.unwrap();
    pay(&*store, vec![Payment::new(company_id, "another's")])
        .await
        .unwrap();
    let waiting = store.unsent_events(PARTITION, 9).await.unwrap();
    assert_eq!(numbers(&*store, company_id).await, [1, 2, 3]);
    assert_eq!(waiting[1], told);
    assert!(waiting[0].source.run_id().is_some() && waiting[2].source.run_id().is_some());
}

/// An event is of a run's node or of a payment: the database itself refuses any other.
pub async fn an_event_has_one_source(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    tell(&*store, id(), 1).await.unwrap();
    for sql in [
        "UPDATE outbox SET payment_id = NULL",
        "UPDATE outbox SET node_id = 'a'",
        "UPDATE outbox SET run_id = id, node_id = 'a'",
    ] {
        let refused = factory.execute(sql).await.unwrap_err();
        assert!(refused.contains("outbox_source_is_one"), "{refused}");
    }
}

/// Numbers are given out under the counter's lock: without it nothing is written.
pub async fn refuses_events_whose_counter_was_not_read(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let decide = move |_| {
        let mut write = MovementWrite::default();
        write.batch.events = vec![event(company_id, 1)];
        write.batch.counters = vec![(counter(company_id), 1)];
        write
    };
    let refused = store
        .move_money(MovementIntent::default(), Box::new(decide))
        .await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    assert_eq!(numbers(&*store, company_id).await, Vec::<u64>::new());
}

/// The race: runs and payments of one company number their events at once. Whoever reads meanwhile sees no gap, since a
/// number is given out only once the one before it is committed.
pub async fn events_of_runs_and_payments_have_one_order(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..6 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0..8 {
                while !is_done(if task % 2 == 0 {
                    let payment = Payment::new(company_id, &format!("{task}.{number}"));
                    pay(&*store, vec![payment]).await.map(|_| ())
                } else {
                    tell(&*store, company_id, 2).await
                }) {}
            }
        });
    }
    let mut seen = 0;
    while !tasks.is_empty() {
        let now = numbers(&*store, company_id).await;
        assert_eq!(now, (1..=now.len() as u64).collect::<Vec<_>>());
        assert!(seen <= now.len(), "what was there is there");
        seen = now.len();
        while let Some(done) = tasks.try_join_next() {
            done.unwrap();
        }
    }
    assert_eq!(numbers(&*store, company_id).await, (1..=72).collect::<Vec<_>>());
}
