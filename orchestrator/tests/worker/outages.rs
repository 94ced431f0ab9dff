//! What goes wrong without being any event's fault is tried again until it works: nothing is lost, nothing doubled.

use queue::{AcceptedEvent, partition_of};
use serde_json::json;
use store::RunStatus;

use crate::support::End::{Committed, Refused, Unavailable};
use crate::support::{Company, Fault, Pinned, System, accepted_again, order_of_events, statuses};

async fn with_a_rule(system: &System) -> (Company, Pinned) {
    let company = Company::new(system).await;
    let invoice =
        json!({"node_id": "bill", "node_type": "task", "task_name": "payment.tasks.generate_invoice"});
    let rule = company.rule(system, "bill", &json!([invoice])).await;
    (company, rule)
}

fn events(company: &Company, rule: &Pinned) -> Vec<AcceptedEvent> {
    company.events(30, rule, |_| json!({"total": "2.00"}))
}

/// Thirty runs, in order, each once.
async fn expect_all(system: &System, company: &Company) {
    let runs = system.runs(company).await;
    let expected: Vec<String> = (0..30).map(|number| format!("e-{number}")).collect();
    assert_eq!(order_of_events(&runs), expected);
    assert_eq!(statuses(&runs), [RunStatus::Succeeded; 30]);
    assert_eq!(system.balance(company, "revenue").await, 6_000);
    let numbers: Vec<u64> = (1..=30).collect();
    assert_eq!(system.outbox_numbers(company).await, numbers);
}

#[tokio::test]
async fn a_batch_that_could_not_be_stored_is_tried_again_whole() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    system.store.fail_next(3, Fault::Unavailable);
    system.publish(&events(&company, &rule)).await;
    system.work_off().await;
    expect_all(&system, &company).await;
    assert_eq!(system.store.sizes(), [30; 4], "nothing is halved");
    assert_eq!(
        system.store.ends(),
        [Unavailable, Unavailable, Unavailable, Committed]
    );
    assert_eq!(system.letters(&company).await, []);
    system.close().await;
}

/// Others were in the way, again and again: it is no event's fault, and takes no long waits.
#[tokio::test]
async fn a_batch_that_met_others_is_tried_again_whole() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    system.store.fail_next(5, Fault::Contend);
    system.publish(&events(&company, &rule)).await;
    system.work_off().await;
    expect_all(&system, &company).await;
    assert_eq!(system.store.sizes(), [30; 6], "nothing is halved");
    system.close().await;
}

/// It may be too large for the time that a transaction has: it is halved, and nobody is blamed.
#[tokio::test]
async fn a_batch_that_fails_whenever_it_is_large_is_stored_in_parts() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    system.store.set_faults(|write| {
        if write.runs.len() > 8 {
            Fault::Contend
        } else {
            Fault::None
        }
    });
    system.publish(&events(&company, &rule)).await;
    system.work_off().await;
    expect_all(&system, &company).await;
    let sizes = system.store.sizes();
    let stored: Vec<usize> = sizes.into_iter().filter(|size| *size <= 8).collect();
    assert_eq!(stored, [7, 8, 7, 8]);
    assert_eq!(system.letters(&company).await, []);
    system.close().await;
}

/// Somebody has to mend the database: until then the partition stands still, without running hot, and can be stopped.
#[tokio::test]
async fn a_damaged_database_stops_its_partition_and_nothing_else() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let company_id = company.id();
    system.store.set_faults(move |write| {
        let is_hit = write.runs.iter().any(|run| run.company_id == company_id);
        if is_hit { Fault::Damaged } else { Fault::None }
    });
    let elsewhere = (partition_of(company_id.as_bytes()).number() + 1) % queue::PARTITIONS;
    let other = Company::in_partition(&system, elsewhere).await;
    let invoice =
        json!([{"node_id": "n", "node_type": "task", "task_name": "payment.tasks.generate_invoice"}]);
    let others = other.rule(&system, "bill", &invoice).await;
    let worker = system.worker();
    system.publish(&events(&company, &rule)).await;
    let store = system.store.clone();
    system
        .news
        .until("the damage is met", async || store.ends().contains(&Unavailable))
        .await;
    for number in 0..10 {
        let event = other.event(&format!("e-{number}"), &json!({"total": "1.00"}), &[&others]);
        system.publish([&event]).await;
        let stored = async || system.runs(&other).await.len() > number;
        system
            .news
            .until("the other company's run is stored", stored)
            .await;
    }
    let ends = system.store.ends();
    assert_eq!(
        ends.iter().filter(|end| **end == Unavailable).count(),
        1,
        "{ends:?}"
    );
    worker.stop().await;
    assert_eq!(system.waiting().await, 30);

    system.store.set_faults(|_| Fault::None);
    system.work_off().await;
    expect_all(&system, &company).await;
    system.close().await;
}

/// The batch is stored, but nobody says so. Among its events one has the name of another: its letter is one, too.
#[tokio::test]
async fn an_answer_that_was_lost_after_the_commit_changes_nothing() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let mut events = events(&company, &rule);
    events.push(accepted_again(&events[3]));
    events.push(company.event("e-3", &json!({"total": "9.00"}), &[&rule]));
    system.store.fail_next(2, Fault::LoseAnswer);
    system.publish(&events).await;
    system.work_off().await;
    expect_all(&system, &company).await;
    assert_eq!(system.store.sizes(), [32; 3]);
    let letters = system.letters(&company).await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].body, events[31].encode().unwrap());
    system.close().await;
}

/// One answer lost in each of many small batches, and every other one not stored at all.
#[tokio::test]
async fn a_store_that_fails_all_the_time_gets_everything_in_the_end() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let mut turn = 0;
    system.store.set_faults(move |_| {
        turn += 1;
        [Fault::Unavailable, Fault::LoseAnswer, Fault::None][turn % 3]
    });
    system.publish(&events(&company, &rule)).await;
    system.finish(system.worker_taking(5)).await;
    expect_all(&system, &company).await;
    system.close().await;
}

#[tokio::test]
async fn a_store_that_is_down_for_a_while() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let all = events(&company, &rule);
    system.store.set_down(true);
    let worker = system.worker_taking(8);
    system.publish(&all[..20]).await;
    let store = system.store.clone();
    let tried = async || store.turned_away() >= 4;
    system.news.until("the store was tried four times", tried).await;
    system.publish(&all[20..]).await;
    system.store.set_down(false);
    system.finish(worker).await;
    expect_all(&system, &company).await;
    assert_eq!(system.letters(&company).await, []);
    system.close().await;
}

/// It goes down once the rules are known, so that it is the batches that find it so.
#[tokio::test]
async fn a_store_that_goes_down_under_load() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let all = events(&company, &rule);
    let worker = system.worker_taking(4);
    system.publish(&all[..10]).await;
    system.settle().await;
    system.store.set_down(true);
    system.publish(&all[10..]).await;
    let (store, before) = (system.store.clone(), system.store.turned_away());
    let tried = async || store.turned_away() >= before + 3;
    system.news.until("the store was tried three times", tried).await;
    system.store.set_down(false);
    system.finish(worker).await;
    expect_all(&system, &company).await;
    system.close().await;
}

/// A failed run is stored until it is, too.
#[tokio::test]
async fn an_outage_while_a_refused_event_is_stored_as_failed() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let mut outages = 2;
    system.store.set_faults(move |write| match &write.runs[..] {
        [run] if run.error.is_none() => Fault::Refuse,
        _ if outages > 0 => {
            outages -= 1;
            Fault::Unavailable
        }
        _ => Fault::None,
    });
    system
        .publish([&company.event("e-1", &json!({"total": 1}), &[&rule])])
        .await;
    system.work_off().await;
    assert_eq!(
        system.store.ends(),
        [Refused, Unavailable, Unavailable, Committed]
    );
    let runs = system.runs(&company).await;
    assert_eq!(statuses(&runs), [RunStatus::Failed]);
    assert_eq!(runs[0].error.as_ref().unwrap().code, "refused_by_store");
    system.close().await;
}

/// A defect brings a partition's loop down: it starts again, and what it had is delivered again.
#[tokio::test]
async fn a_loop_that_panics_is_started_again() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    system.heard.panic_next(2);
    let worker = system.worker_taking(8);
    system.publish(&events(&company, &rule)).await;
    system.finish(worker).await;
    expect_all(&system, &company).await;
    system.close().await;
}
