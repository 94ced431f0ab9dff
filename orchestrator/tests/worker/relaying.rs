//! What runs send out reaches those who listen: in each company's order, at least once, and from the partition's owner
//! alone.

use std::collections::BTreeSet;
use std::time::Duration;

use orchestrator::{Limits, Sharing};
use queue::{AcceptedEvent, OutgoingEvent, PARTITIONS};
use serde_json::{Value, json};
use store::{Outbox, OutboxLag, Partitions, RenewLeases};

use crate::support::{Bus, Company, System, nobody, number};

const LONG: Duration = Duration::from_hours(1);

/// A worker that hears nothing new unless it has a reason to ask.
fn oblivious() -> Sharing {
    Sharing {
        lease: LONG,
        renew_every: LONG,
        name: String::new(),
    }
}

/// A company in this partition, and events of it that each send one out.
async fn with_events(system: &System, partition: u16, count: u32) -> (Company, Vec<AcceptedEvent>) {
    let company = Company::in_partition(system, partition).await;
    let bill = json!({"node_id": "bill", "node_type": "task", "task_name": "payment.tasks.generate_invoice"});
    let rule = company.rule(system, "bill", &json!([bill])).await;
    let events = company.events(count, &rule, |number| json!({"total": number + 1}));
    (company, events)
}

async fn until_sent(system: &System) {
    let nothing_left = async || system.store.outbox_lag(None).await == Ok(OutboxLag::default());
    system.news.until("all is sent", nothing_left).await;
}

/// All that was sent, once each, in the order of the first time.
fn without_copies(sent: Vec<OutgoingEvent>) -> Vec<OutgoingEvent> {
    let mut seen = BTreeSet::new();
    sent.into_iter().filter(|event| seen.insert(event.id)).collect()
}

fn up_to(last: u64) -> Vec<u64> {
    (1..=last).collect()
}

/// Takes all partitions from whoever has them.
async fn steal(system: &System) -> uuid::Uuid {
    for partition in system.store.list_partitions().await.unwrap() {
        if let Some(owner) = partition.owner {
            system.store.leave(owner.worker).await.unwrap();
        }
    }
    let thief = nobody();
    let renew = RenewLeases {
        worker: thief,
        name: "thief".to_owned(),
        partitions: PARTITIONS,
        lease: LONG,
    };
    system.store.renew_leases(renew).await.unwrap();
    thief
}

#[tokio::test]
async fn an_event_is_sent_as_it_is_stored() {
    let (system, bus) = System::with_bus().await;
    let (company, mut events) = with_events(&system, 4, 1).await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
    events[0].traceparent = Some(trace.clone());
    system.publish(&events).await;
    let worker = system.worker();
    system.settle().await;
    until_sent(&system).await;
    worker.stop().await;

    let stored = system.run(events[0].runs[0].run_id).await;
    assert_eq!(stored.run.traceparent.as_ref(), Some(&trace));
    assert_eq!(
        (stored.events[0].partition, stored.events[0].traceparent.as_ref()),
        (4, Some(&trace))
    );
    let sent = bus.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].id, stored.events[0].id);
    assert_eq!(sent[0].event_type, "invoice.generated");
    assert_eq!(
        (sent[0].correlation_id.as_str(), &sent[0].traceparent),
        ("correlation-e-0", &Some(trace.clone()))
    );
    let body: Value = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!(body["subject"], stored.run.id.to_string());
    assert_eq!(body["companyid"], company.id().to_string());
    assert_eq!(body["nodeid"], "bill");
    assert_eq!(body["traceparent"], trace);
    assert_eq!(body["data"].to_string(), stored.events[0].data);
    system.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_company_s_events_are_sent_once_and_in_order() {
    let (system, bus) = System::with_bus().await;
    let mut companies = Vec::new();
    let worker = system.worker_taking(7);
    for partition in [0, 3, 3, 9] {
        let (company, events) = with_events(&system, partition, 60).await;
        for events in events.chunks(11) {
            system.publish(events).await;
        }
        companies.push(company);
    }
    system.settle().await;
    until_sent(&system).await;
    system.finish(worker).await;
    for company in &companies {
        assert_eq!(bus.numbers(company.id()), up_to(60));
    }
    assert_eq!(bus.sent().len(), 240);
    system.close().await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_sent_later() {
    let (system, bus) = System::with_bus().await;
    let (company, events) = with_events(&system, 1, 10).await;
    bus.set_down(true);
    system.publish(&events).await;
    let worker = system.worker();
    system.settle().await;
    let tried = async || bus.turned_away() >= 3;
    system.news.until("the bus was tried three times", tried).await;
    let lag = system.store.outbox_lag(Some(company.id())).await.unwrap();
    assert_eq!(lag.unsent, 10);
    assert!(lag.oldest_at.is_some());
    bus.set_down(false);
    until_sent(&system).await;
    assert_eq!(bus.numbers(company.id()), up_to(10));
    worker.stop().await;
    system.close().await;
}

/// Noting it fails for a while: that is no reason to send it again.
#[tokio::test]
async fn what_was_sent_is_noted_for_as_long_as_it_takes() {
    let (system, bus) = System::with_bus().await;
    let (company, events) = with_events(&system, 1, 10).await;
    system.store.turn_notes_away(3);
    system.publish(&events).await;
    let worker = system.worker();
    system.settle().await;
    until_sent(&system).await;
    assert_eq!(system.store.notes_turned_away(), 3);
    assert_eq!(bus.numbers(company.id()), up_to(10));
    worker.stop().await;
    system.close().await;
}

/// The worker dies between sending and noting: the next sends the same again, under the same ids.
#[tokio::test]
async fn a_crash_after_sending_sends_copies_with_the_same_ids() {
    let (system, bus) = System::with_bus().await;
    let (company, events) = with_events(&system, 1, 10).await;
    system.store.turn_notes_away(u32::MAX);
    system.publish(&events[..6]).await;
    let worker = system.worker_sharing(oblivious());
    system.settle().await;
    let sent_in_vain = async || system.store.notes_turned_away() >= 1 && bus.sent().len() >= 6;
    system
        .news
        .until("what was sent cannot be noted", sent_in_vain)
        .await;
    drop(worker);
    system.store.turn_notes_away(0);
    for partition in system.store.list_partitions().await.unwrap() {
        system.store.leave(partition.owner.unwrap().worker).await.unwrap();
    }

    system.publish(&events[6..]).await;
    let worker = system.worker();
    system.settle().await;
    until_sent(&system).await;
    worker.stop().await;
    let sent = bus.sent();
    assert!(sent.len() > 10, "some were sent twice");
    let numbers: Vec<u64> = without_copies(sent).iter().map(number).collect();
    assert_eq!(
        numbers,
        up_to(10),
        "and who drops copies sees each once, in order"
    );
    assert_eq!(bus.numbers(company.id())[..6], up_to(6));
    system.close().await;
}

/// One company has much to send, another in its partition little: that one need not wait for all of the other's.
#[tokio::test]
async fn a_company_with_little_to_send_gets_its_turn() {
    let (system, bus) = System::with_bus().await;
    let (loud, many) = with_events(&system, 2, 60).await;
    let (quiet, few) = with_events(&system, 2, 2).await;
    bus.set_down(true);
    system.publish(&many).await;
    system.publish(&few).await;
    let limits = Limits {
        events: 8,
        ..Limits::default()
    };
    let worker = system.worker_within(limits);
    system.settle().await;
    worker.stop().await;

    bus.set_down(false);
    let worker = system.worker_within(limits);
    until_sent(&system).await;
    worker.stop().await;
    assert!(bus.sizes().iter().all(|size| *size <= 8), "{:?}", bus.sizes());
    assert_eq!(bus.numbers(loud.id()), up_to(60));
    assert_eq!(bus.numbers(quiet.id()), up_to(2));
    let first = &bus.sent()[..8];
    let of_quiet = first.iter().filter(|event| event.company_id == quiet.id());
    assert_eq!(of_quiet.count(), 2, "both are among the first eight");
    system.close().await;
}

async fn until_at_the_gate(system: &System, bus: &Bus) {
    let under_way = async || bus.at_the_gate() == 1;
    system
        .news
        .until("events wait for their confirmation", under_way)
        .await;
}

/// The partition is taken while events wait for their confirmation: what was sent is not noted, and nothing more is
/// sent. Its next owner begins where noting ended.
#[tokio::test]
async fn under_a_lost_lease_nothing_is_noted_and_nothing_more_sent() {
    let (system, bus) = System::with_bus().await;
    let (company, events) = with_events(&system, 1, 5).await;
    bus.close_the_gate();
    let worker = system.worker_sharing(oblivious());
    system.publish(&events[..3]).await;
    system.settle().await;
    until_at_the_gate(&system, &bus).await;
    let before = bus.sent().len();
    let thief = steal(&system).await;
    bus.open_the_gate();
    system.until_held(&worker, 0).await;
    let lag = system.store.outbox_lag(Some(company.id())).await.unwrap();
    assert_eq!(lag.unsent, 3, "nothing is noted under a lost lease");
    assert_eq!(bus.sent().len(), before, "nothing is sent under a lost lease");

    system.store.leave(thief).await.unwrap();
    system.publish(&events[3..]).await;
    system.settle().await;
    until_sent(&system).await;
    worker.stop().await;
    let numbers: Vec<u64> = without_copies(bus.sent()).iter().map(number).collect();
    assert_eq!(numbers, up_to(5));
    system.close().await;
}

/// A worker that is told to stop waits for what it has sent, and notes it.
#[tokio::test]
async fn who_stops_notes_what_was_sent() {
    let (system, bus) = System::with_bus().await;
    let (company, events) = with_events(&system, 1, 5).await;
    bus.close_the_gate();
    let worker = system.worker();
    system.publish(&events).await;
    system.settle().await;
    until_at_the_gate(&system, &bus).await;
    let stopping = tokio::spawn(worker.stop());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished());
    bus.open_the_gate();
    stopping.await.unwrap();
    let sent = u64::try_from(bus.sent().len()).unwrap();
    let lag = system.store.outbox_lag(Some(company.id())).await.unwrap();
    assert_eq!(lag.unsent, 5 - sent);
    assert!(sent > 0);
    system.close().await;
}

/// Where nobody can listen, events stay in the outbox, and nothing else changes.
/// A backlog does not keep a partition from whoever takes it over.
#[tokio::test]
async fn who_stops_leaves_a_backlog_behind() {
    let (system, bus) = System::with_bus().await;
    let (_, events) = with_events(&system, 1, 60).await;
    bus.set_down(true);
    system.publish(&events).await;
    let limits = Limits {
        events: 2,
        ..Limits::default()
    };
    let worker = system.worker_within(limits);
    system.settle().await;
    worker.stop().await;

    bus.set_down(false);
    bus.close_the_gate();
    let worker = system.worker_within(limits);
    until_at_the_gate(&system, &bus).await;
    let stopping = tokio::spawn(worker.stop());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    bus.open_the_gate();
    stopping.await.unwrap();
    assert_eq!(bus.sent().len(), 2, "what was begun, and no more");
    system.close().await;
}

#[tokio::test]
async fn without_a_bus_nothing_is_sent() {
    let system = System::open().await;
    let (company, events) = with_events(&system, 1, 5).await;
    system.publish(&events).await;
    system.work_off().await;
    let lag = system.store.outbox_lag(Some(company.id())).await.unwrap();
    assert_eq!(lag.unsent, 5);
    system.close().await;
}
