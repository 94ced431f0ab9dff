//! Stopping: what was begun is finished, what was not begun is put back, and the next worker goes on from there.

use queue::AcceptedEvent;
use serde_json::json;
use store::RunStatus;

use crate::support::{Company, Pinned, System, order_of_events, statuses, transfer};

async fn with_a_rule(system: &System, company: &Company) -> Pinned {
    let pay = transfer(
        "pay",
        json!({"account": "bank"}),
        json!({"account": "shop"}),
        "1.00",
    );
    company.rule(system, "pay", &json!([pay])).await
}

async fn expect_each_once(system: &System, company: &Company, events: &[AcceptedEvent]) {
    let runs = system.runs(company).await;
    let expected: Vec<_> = events.iter().map(|event| event.event_id.as_str()).collect();
    assert_eq!(order_of_events(&runs), expected);
    let pinned: Vec<_> = events.iter().map(|event| event.runs[0].run_id).collect();
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), pinned);
    assert_eq!(statuses(&runs), vec![RunStatus::Succeeded; events.len()]);
    let minor = i64::try_from(events.len()).unwrap() * 100;
    assert_eq!(system.balance(company, "shop").await, minor);
}

/// A batch is being stored when the worker is told to stop: it waits for that batch, and takes no other.
#[tokio::test]
async fn a_batch_under_way_is_finished_and_no_other_begun() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = with_a_rule(&system, &company).await;
    let events = company.events(50, &rule, |_| json!({}));
    system.publish(&events).await;
    system.store.close_the_gate();
    let worker = system.worker_taking(10);
    let store = system.store.clone();
    system
        .news
        .until("a batch is under way", async || store.at_the_gate() == 1)
        .await;

    let stopping = tokio::spawn(worker.stop());
    // All that the others have to do is done now; the batch still waits.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished());
    assert_eq!(system.runs(&company).await, []);
    system.store.open_the_gate();
    stopping.await.unwrap();

    assert_eq!(system.store.sizes(), [10]);
    assert_eq!(system.runs(&company).await.len(), 10);
    assert_eq!(system.waiting().await, 40);
    system.work_off().await;
    expect_each_once(&system, &company, &events).await;
    system.close().await;
}

/// Nothing can be stored: stopping does not wait for better times, and what was taken stays in the queue.
#[tokio::test]
async fn what_cannot_be_stored_is_put_back() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = with_a_rule(&system, &company).await;
    let events = company.events(30, &rule, |_| json!({}));
    system.publish(&events[..10]).await;
    system.work_off().await;

    system.store.set_down(true);
    system.publish(&events[10..]).await;
    let worker = system.worker();
    let store = system.store.clone();
    system
        .news
        .until("the store was tried", async || store.turned_away() >= 2)
        .await;
    worker.stop().await;
    let depths = queue::Queue::depths(&*system.queue).await.unwrap();
    assert_eq!(depths.iter().map(|depth| depth.in_flight).sum::<u64>(), 0);
    assert_eq!(system.waiting().await, 20);

    system.store.set_down(false);
    system.work_off().await;
    expect_each_once(&system, &company, &events).await;
    system.close().await;
}

/// Worker after worker, each stopped in the middle of its work, in several partitions at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_are_stopped_under_load_leave_the_rest_to_the_next() {
    let system = System::open().await;
    let mut companies = Vec::new();
    for partition in [0, 5, 10, 15] {
        let company = Company::in_partition(&system, partition).await;
        let rule = with_a_rule(&system, &company).await;
        let events = company.events(100, &rule, |_| json!({}));
        companies.push((company, events));
    }
    for (_, events) in &companies {
        system.publish(events).await;
    }
    for stopped in 1..=4 {
        let worker = system.worker_taking(6);
        let enough = async || system.heard.runs().len() >= stopped * 40;
        system.news.until("some runs are stored", enough).await;
        worker.stop().await;
        let stored = system.heard.runs().len() as u64;
        assert_eq!(
            system.waiting().await,
            400 - stored,
            "what is not stored is in the queue"
        );
    }
    system.work_off().await;
    for (company, events) in &companies {
        expect_each_once(&system, company, events).await;
    }
    assert_eq!(system.heard.runs().len(), 400);
    system.close().await;
}

/// An idle worker stops as well, and may be started again at once.
#[tokio::test]
async fn an_idle_worker_stops_and_lets_go_of_the_queue() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = with_a_rule(&system, &company).await;
    system.worker().stop().await;
    let events = company.events(3, &rule, |_| json!({}));
    system.publish(&events).await;
    system.work_off().await;
    expect_each_once(&system, &company, &events).await;
    system.close().await;
}
