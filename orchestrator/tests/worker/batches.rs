//! How what was taken is cut into batches: a suspect alone, and no more nodes than allowed.

use orchestrator::Limits;
use serde_json::json;
use store::RunStatus;

use crate::support::{Company, Fault, Pinned, System, order_of_events, statuses, transfer};

/// A rule of so many nodes.
async fn rule_of(system: &System, company: &Company, nodes: usize) -> Pinned {
    let pay = |number: usize| {
        transfer(
            &format!("pay-{number}"),
            json!({"account": "bank"}),
            json!({"account": "shop"}),
            "1.00",
        )
    };
    company
        .rule(system, &format!("pay-{nodes}"), &(0..nodes).map(pay).collect())
        .await
}

/// The events that were delivered twice before may be what brought the worker down: each is run alone.
#[tokio::test]
async fn a_message_that_came_back_twice_is_run_alone() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = rule_of(&system, &company, 1).await;
    let events = company.events(12, &rule, |_| json!({}));
    system.publish(&events[..3]).await;
    system.take_and_drop(&company, 2).await;
    system.publish(&events[3..]).await;
    system.work_off().await;

    assert_eq!(system.store.sizes(), [1, 1, 1, 9]);
    let runs = system.runs(&company).await;
    let expected: Vec<_> = events.iter().map(|event| event.event_id.as_str()).collect();
    assert_eq!(order_of_events(&runs), expected);
    system.close().await;
}

#[tokio::test]
async fn a_message_that_came_back_once_is_no_suspect() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = rule_of(&system, &company, 1).await;
    let events = company.events(6, &rule, |_| json!({}));
    system.publish(&events[..3]).await;
    system.take_and_drop(&company, 1).await;
    system.publish(&events[3..]).await;
    system.work_off().await;
    assert_eq!(system.store.sizes(), [6]);
    system.close().await;
}

#[tokio::test]
async fn nodes_are_counted_over_all_runs_of_a_batch() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let (one, four) = (
        rule_of(&system, &company, 1).await,
        rule_of(&system, &company, 4).await,
    );
    // 5, 5, 1, 4, 9, 1 and 1 nodes, in batches of ten.
    let rules: [&[&Pinned]; 7] = [
        &[&one, &four],
        &[&four, &one],
        &[&one],
        &[&four],
        &[&four, &four, &one],
        &[&one],
        &[&one],
    ];
    let numbered = rules.iter().enumerate();
    let events: Vec<_> = numbered
        .map(|(number, rules)| company.event(&format!("e-{number}"), &json!({}), rules))
        .collect();
    system.publish(&events).await;
    let limits = Limits {
        nodes: 10,
        ..Limits::default()
    };
    system.finish(system.worker_within(limits)).await;
    assert_eq!(system.store.sizes(), [2, 2, 2, 1]);
    assert_eq!(system.balance(&company, "shop").await, 2_600);
    system.close().await;
}

/// More nodes than a batch may have are no reason not to run.
#[tokio::test]
async fn an_event_of_too_many_nodes_is_a_batch_of_its_own() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let (small, large) = (
        rule_of(&system, &company, 1).await,
        rule_of(&system, &company, 6).await,
    );
    let events = [&small, &large, &small]
        .into_iter()
        .enumerate()
        .map(|(number, rule)| company.event(&format!("e-{number}"), &json!({}), &[rule]));
    system.publish(&events.collect::<Vec<_>>()).await;
    let limits = Limits {
        nodes: 3,
        ..Limits::default()
    };
    system.finish(system.worker_within(limits)).await;
    assert_eq!(system.store.sizes(), [1, 1, 1]);
    assert_eq!(statuses(&system.runs(&company).await), [RunStatus::Succeeded; 3]);
    system.close().await;
}

/// What is published while a batch is stored waits together, and is the next batch.
#[tokio::test]
async fn batches_grow_while_the_store_is_busy() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = rule_of(&system, &company, 1).await;
    let events = company.events(40, &rule, |_| json!({}));
    system.store.close_the_gate();
    let worker = system.worker();
    system.publish(&events[..1]).await;
    let store = system.store.clone();
    system
        .news
        .until("a batch is under way", async || store.at_the_gate() == 1)
        .await;
    for event in &events[1..] {
        system.publish([event]).await;
    }
    system.store.open_the_gate();
    system.finish(worker).await;
    assert_eq!(system.store.sizes(), [1, 39]);
    system.close().await;
}

/// Only the batch with the event at fault is halved, not the one beside it.
#[tokio::test]
async fn batches_of_one_take_are_refused_each_for_itself() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = rule_of(&system, &company, 2).await;
    system.store.set_faults(|write| {
        let at_fault = write
            .runs
            .iter()
            .any(|run| run.event_id == "e-1" && run.error.is_none());
        if at_fault { Fault::Refuse } else { Fault::None }
    });
    system.publish(&company.events(4, &rule, |_| json!({}))).await;
    let limits = Limits {
        nodes: 4,
        ..Limits::default()
    };
    system.finish(system.worker_within(limits)).await;
    assert_eq!(system.store.sizes(), [2, 1, 1, 1, 2]);
    system.close().await;
}
