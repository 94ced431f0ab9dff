//! Workers that share the partitions: who joins gets some, who leaves or dies is replaced, and who lost a partition
//! stores nothing and acknowledges nothing.

use std::time::Duration;

use orchestrator::{Sharing, Worker};
use queue::{AcceptedEvent, PARTITIONS, Queue};
use serde_json::json;
use store::{Leases, PartitionLease, Partitions, RenewLeases, RunStatus};
use uuid::Uuid;

use crate::support::{Company, End, LeaseStore, Pinned, System, nobody, order_of_events, statuses, transfer};

/// Longer than any test takes.
const LONG: Duration = Duration::from_hours(1);
/// So short that a test can wait for it.
const SHORT: Duration = Duration::from_millis(400);

fn sharing(lease: Duration, renew_every: Duration) -> Sharing {
    Sharing {
        lease,
        renew_every,
        name: "worker".to_owned(),
    }
}

/// A worker that hears soon of what changes, and whose leases do not run out.
fn attentive() -> Sharing {
    sharing(LONG, Duration::from_millis(20))
}

/// A worker that hears nothing new unless it has a reason to ask.
fn oblivious() -> Sharing {
    sharing(LONG, LONG)
}

fn held(worker: &Worker) -> Vec<u16> {
    worker
        .held()
        .borrow()
        .iter()
        .map(|lease| lease.partition)
        .collect()
}

async fn until_they_share(system: &System, one: &Worker, other: &Worker) {
    system.until_held(one, 8).await;
    system.until_held(other, 8).await;
    let mut all = [held(one), held(other)].concat();
    all.sort_unstable();
    assert_eq!(all, (0..PARTITIONS).collect::<Vec<_>>());
}

async fn pay_rule(system: &System, company: &Company) -> Pinned {
    let (bank, shop) = (json!({"account": "bank"}), json!({"account": "shop"}));
    let pay = transfer("pay", bank, shop, "1.00");
    company.rule(system, "pay", &json!([pay])).await
}

/// A company in every partition, each with so many events.
async fn everywhere(system: &System, count: u32) -> Vec<(Company, Vec<AcceptedEvent>)> {
    let mut all = Vec::new();
    for partition in 0..PARTITIONS {
        let company = Company::in_partition(system, partition).await;
        let rule = pay_rule(system, &company).await;
        let events = company.events(count, &rule, |_| json!({}));
        all.push((company, events));
    }
    all
}

async fn publish_turn(system: &System, all: &[(Company, Vec<AcceptedEvent>)], turn: usize) {
    system.publish(all.iter().map(|(_, events)| &events[turn])).await;
}

async fn expect_each_once(system: &System, all: &[(Company, Vec<AcceptedEvent>)]) {
    for (company, events) in all {
        let runs = system.runs(company).await;
        let expected: Vec<_> = events.iter().map(|event| event.event_id.as_str()).collect();
        assert_eq!(order_of_events(&runs), expected);
        assert_eq!(statuses(&runs), vec![RunStatus::Succeeded; events.len()]);
        let minor = i64::try_from(events.len()).unwrap() * 100;
        assert_eq!(system.balance(company, "shop").await, minor);
    }
}

/// Takes all partitions from whoever has them, as if that one had not been heard of for too long.
async fn steal(system: &System) -> (Uuid, Leases) {
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
    let leases = system.store.renew_leases(renew).await.unwrap();
    assert_eq!(leases.held.len(), usize::from(PARTITIONS));
    (thief, leases)
}

/// How many messages some consumer has.
async fn in_flight(system: &System) -> u64 {
    let depths = system.queue.depths().await.unwrap();
    depths.iter().map(|depth| depth.in_flight).sum()
}

#[tokio::test]
async fn a_worker_alone_has_all_partitions_at_once() {
    let system = System::open().await;
    let worker = system.worker_sharing(oblivious());
    system.until_held(&worker, 16).await;
    let states = system.store.list_partitions().await.unwrap();
    let names: Vec<_> = states
        .iter()
        .map(|state| state.owner.as_ref().unwrap().name.as_str())
        .collect();
    assert_eq!(names, ["worker"; 16]);
    worker.stop().await;
    let states = system.store.list_partitions().await.unwrap();
    assert!(states.iter().all(|state| state.owner.is_none()), "{states:?}");
    system.close().await;
}

/// One joins under load, then the other leaves: each event runs once, in its order, and nobody waits for a lease to
/// run out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_come_and_go_share_the_work() {
    let system = System::open().await;
    let all = everywhere(&system, 30).await;
    let first = system.worker_sharing(attentive());
    system.until_held(&first, 16).await;
    for turn in 0..10 {
        publish_turn(&system, &all, turn).await;
    }
    let second = system.worker_sharing(attentive());
    for turn in 10..20 {
        publish_turn(&system, &all, turn).await;
    }
    until_they_share(&system, &first, &second).await;
    assert!(
        system.queue.dead_consumers() >= 1,
        "somebody looks after dead messages"
    );
    for turn in 20..30 {
        publish_turn(&system, &all, turn).await;
    }
    first.stop().await;
    system.until_held(&second, 16).await;
    system.finish(second).await;
    expect_each_once(&system, &all).await;
    system.close().await;
}

/// What only one worker should do is done by one.
#[tokio::test]
async fn dead_messages_have_one_consumer() {
    let system = System::open().await;
    let first = system.worker_sharing(attentive());
    system.until_held(&first, 16).await;
    let second = system.worker_sharing(attentive());
    until_they_share(&system, &first, &second).await;
    let owner = if held(&first).contains(&0) {
        &first
    } else {
        &second
    };
    let other = if held(&first).contains(&0) {
        &second
    } else {
        &first
    };
    assert!(!held(other).contains(&0) && held(owner).contains(&0));
    let queue = system.queue.clone();
    let consumed = async || queue.dead_consumers() >= 1;
    system
        .news
        .until("the dead messages have a consumer", consumed)
        .await;
    assert_eq!(system.queue.dead_consumers(), 1);
    first.stop().await;
    second.stop().await;
    system.close().await;
}

/// A worker is dropped in the middle of a batch, and says nothing: its partitions are the other's once its leases ran
/// out, and so is what it had taken.
#[tokio::test]
async fn a_worker_that_vanishes_is_replaced() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = pay_rule(&system, &company).await;
    let events = company.events(10, &rule, |_| json!({}));
    let first = system.worker_sharing(sharing(SHORT, SHORT / 4));
    system.until_held(&first, 16).await;
    system.store.close_the_gate();
    system.publish(&events).await;
    let store = system.store.clone();
    let under_way = async || store.at_the_gate() == 1;
    system.news.until("a batch is under way", under_way).await;

    let second = system.worker_sharing(sharing(SHORT, SHORT / 4));
    drop(first);
    system.until_held(&second, 16).await;
    system.store.open_the_gate();
    system.finish(second).await;
    expect_each_once(&system, &[(company, events)]).await;
    system.close().await;
}

/// The partition is taken while a batch waits for the database: the batch finds its lease gone, and so does nothing.
#[tokio::test]
async fn a_batch_whose_lease_was_taken_stores_and_acknowledges_nothing() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = pay_rule(&system, &company).await;
    let events = company.events(10, &rule, |_| json!({}));
    let worker = system.worker_sharing(oblivious());
    system.until_held(&worker, 16).await;
    system.store.close_the_gate();
    system.publish(&events).await;
    let store = system.store.clone();
    let under_way = async || store.at_the_gate() == 1;
    system.news.until("a batch is under way", under_way).await;
    let (thief, _) = steal(&system).await;
    system.store.open_the_gate();

    let lost = async || store.ends() == [End::LeaseLost];
    system.news.until("the batch was refused", lost).await;
    let let_go = async || in_flight(&system).await == 0;
    system
        .news
        .until("what was taken is back in the queue", let_go)
        .await;
    // Having lost one it asks what it has, and hears that it is none.
    system.until_held(&worker, 0).await;
    assert_eq!(system.runs(&company).await, []);
    assert_eq!(system.heard.runs(), []);
    assert_eq!(system.waiting().await, 10);

    system.store.leave(thief).await.unwrap();
    system.finish(worker).await;
    assert_eq!(system.store.ends(), [End::LeaseLost, End::Committed]);
    expect_each_once(&system, &[(company, events)]).await;
    system.close().await;
}

/// The database hangs in the middle of a batch, and meanwhile the lease is another's: what was taken goes back at once.
#[tokio::test]
async fn a_lease_that_is_known_to_be_lost_is_not_waited_for() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = pay_rule(&system, &company).await;
    let events = company.events(10, &rule, |_| json!({}));
    let worker = system.worker_sharing(attentive());
    system.until_held(&worker, 16).await;
    system.store.close_the_gate();
    system.publish(&events).await;
    let store = system.store.clone();
    let under_way = async || store.at_the_gate() == 1;
    system.news.until("a batch is under way", under_way).await;
    let (thief, _) = steal(&system).await;
    // It asks again and again. It counts as a worker, so half of what the thief has is soon offered to it; but the
    // thief gives nothing up.
    system.until_held(&worker, 0).await;
    let let_go = async || in_flight(&system).await == 0;
    system
        .news
        .until("what was taken is back in the queue", let_go)
        .await;
    assert_eq!(system.waiting().await, 10);

    system.store.leave(thief).await.unwrap();
    system.store.open_the_gate();
    system.finish(worker).await;
    expect_each_once(&system, &[(company, events)]).await;
    system.close().await;
}

/// Leases cannot be renewed any more, until they can be again.
async fn cut_off(how: LeaseStore) {
    let system = System::open().await;
    let worker = system.worker_sharing(sharing(SHORT, SHORT / 4));
    system.until_held(&worker, 16).await;
    system.store.set_leases(how);
    system.until_held(&worker, 0).await;

    let company = Company::new(&system).await;
    let rule = pay_rule(&system, &company).await;
    let events = company.events(10, &rule, |_| json!({}));
    system.publish(&events).await;
    assert_eq!(in_flight(&system).await, 0);
    system.store.set_leases(LeaseStore::Up);
    system.finish(worker).await;
    expect_each_once(&system, &[(company, events)]).await;
    system.close().await;
}

/// A worker that cannot renew its leases lets its partitions go once they have run out: another may have them, and
/// wait for the messages that this one holds.
#[tokio::test]
async fn a_worker_that_is_cut_off_lets_go() {
    cut_off(LeaseStore::Down).await;
}

/// The same when nobody so much as answers; what is never answered is asked again.
#[tokio::test]
async fn a_worker_that_gets_no_answer_lets_go() {
    cut_off(LeaseStore::Silent).await;
}

/// Every batch names the lease of its partition as it is now, not as it was.
#[tokio::test]
async fn a_partition_that_comes_back_has_another_epoch() {
    let system = System::open().await;
    for epoch in 1..=3 {
        let worker = system.worker_sharing(oblivious());
        system.until_held(&worker, 16).await;
        let leases = worker.held().borrow().clone();
        let expected = (0..PARTITIONS).map(|partition| PartitionLease { partition, epoch });
        assert_eq!(leases, expected.collect::<Vec<_>>());
        worker.stop().await;
    }
    system.close().await;
}
