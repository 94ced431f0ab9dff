//! A batch that is refused for its data is halved, in order, down to the event at fault.

use serde_json::json;
use store::{BatchWrite, RunStatus};

use crate::support::End::{Committed, Refused};
use crate::support::{Company, Fault, Pinned, System, minor, nodes_of, order_of_events, statuses, transfer};

async fn with_a_rule(system: &System) -> (Company, Pinned) {
    let company = Company::new(system).await;
    let pay = transfer(
        "pay",
        json!({"account": "bank"}),
        json!({"account": "shop"}),
        "1.00",
    );
    let rule = company.rule(system, "pay", &json!([pay])).await;
    (company, rule)
}

/// Whether an event's effects are among what is written. A run that is stored as refused has none.
fn posts_for(write: &BatchWrite, event_id: &str) -> bool {
    let mut runs = write.runs.iter();
    runs.any(|run| run.event_id == event_id && run.error.is_none())
}

fn writes_run_of(write: &BatchWrite, event_id: &str) -> bool {
    write.runs.iter().any(|run| run.event_id == event_id)
}

#[tokio::test]
async fn one_event_of_64_fails_and_63_succeed_in_order() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let events = company.events(64, &rule, |_| json!({}));
    system.store.set_faults(|write| {
        if posts_for(write, "e-36") {
            Fault::Refuse
        } else {
            Fault::None
        }
    });
    system.publish(&events).await;
    system.work_off().await;

    let runs = system.runs(&company).await;
    let expected: Vec<String> = (0..64).map(|number| format!("e-{number}")).collect();
    assert_eq!(order_of_events(&runs), expected);
    for (number, run) in runs.iter().enumerate() {
        let fails = number == 36;
        assert_eq!(run.status == RunStatus::Failed, fails, "e-{number}");
        assert_eq!(run.error.is_some(), fails);
    }
    let error = runs[36].error.as_ref().unwrap();
    assert_eq!((error.code.as_str(), &error.node_id), ("refused_by_store", &None));
    assert_eq!(error.message, "a constraint does not hold");
    let at_fault = system.run(runs[36].id).await;
    assert_eq!(at_fault.transactions, []);
    assert_eq!(nodes_of(&at_fault.run)["pay"]["state"], "skipped");
    assert_eq!(at_fault.event, Some("{}".into()));

    let entries = system.entries(&company, "shop").await;
    let expected: Vec<i64> = (1..=63).map(|number| number * 100).collect();
    assert_eq!(minor(&entries, |entry| entry.balance_after), expected);
    assert_eq!(system.letters(&company).await, []);
    assert_eq!(system.heard.runs().len(), 64);
    system.close().await;
}

/// The way down: the earlier half always first, and nothing tried more often than it must be.
#[tokio::test]
async fn halves_are_tried_in_order() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    system.store.set_faults(|write| {
        if posts_for(write, "e-5") {
            Fault::Refuse
        } else {
            Fault::None
        }
    });
    system.publish(&company.events(8, &rule, |_| json!({}))).await;
    system.work_off().await;
    assert_eq!(system.store.sizes(), [8, 4, 4, 2, 1, 1, 1, 2]);
    assert_eq!(
        system.store.ends(),
        [
            Refused, Committed, Refused, Refused, Committed, Refused, Committed, Committed
        ]
    );
    system.close().await;
}

#[tokio::test]
async fn several_at_fault_fail_each_for_itself() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let at_fault = ["e-0", "e-1", "e-17", "e-39"];
    system.store.set_faults(move |write| {
        if at_fault.iter().any(|event_id| posts_for(write, event_id)) {
            Fault::Refuse
        } else {
            Fault::None
        }
    });
    system.publish(&company.events(40, &rule, |_| json!({}))).await;
    system.work_off().await;
    let runs = system.runs(&company).await;
    let failed = runs.iter().filter(|run| run.status == RunStatus::Failed);
    let failed: Vec<_> = failed.map(|run| run.event_id.as_str()).collect();
    assert_eq!(failed, at_fault);
    assert_eq!(system.balance(&company, "shop").await, 3_600);
    system.close().await;
}

/// Not even the failed run can be stored: the message is kept as it came, and its event is not taken for claimed.
#[tokio::test]
async fn an_event_whose_failure_is_refused_too_becomes_a_dead_letter() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let events = company.events(10, &rule, |_| json!({}));
    system.store.set_faults(|write| {
        if writes_run_of(write, "e-4") {
            Fault::Refuse
        } else {
            Fault::None
        }
    });
    system.publish(&events).await;
    system.work_off().await;

    let runs = system.runs(&company).await;
    assert_eq!(statuses(&runs), [RunStatus::Succeeded; 9]);
    assert!(!order_of_events(&runs).contains(&"e-4"));
    let letters = system.letters(&company).await;
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(
        (letter.reason.as_str(), letter.event_id.as_deref()),
        ("refused_by_store", Some("e-4"))
    );
    assert_eq!(letter.body, events[4].encode().unwrap());
    assert_eq!(
        letter.detail.matches("a constraint does not hold").count(),
        2,
        "{}",
        letter.detail
    );

    system.store.set_faults(|_| Fault::None);
    system.publish(&events[4..5]).await;
    system.work_off().await;
    assert_eq!(order_of_events(&system.runs(&company).await).last(), Some(&"e-4"));
    system.close().await;
}

/// Every run of an event goes with its claim, so they fail together.
#[tokio::test]
async fn all_runs_of_an_event_at_fault_are_stored_as_failed() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let event = company.event("e-1", &json!({}), &[&rule, &rule]);
    system.store.set_faults(|write| {
        if posts_for(write, "e-1") {
            Fault::Refuse
        } else {
            Fault::None
        }
    });
    system.publish([&event]).await;
    system.work_off().await;
    assert_eq!(statuses(&system.runs(&company).await), [RunStatus::Failed; 2]);
    system.close().await;
}

/// The second of two events of one name is refused with its letter: it is kept outside of the batch, not lost.
#[tokio::test]
async fn a_letter_that_is_refused_within_a_batch_is_kept_outside() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let first = company.event("e-1", &json!({"n": 1}), &[&rule]);
    let second = company.event("e-1", &json!({"n": 2}), &[&rule]);
    system.store.set_faults(|write| {
        if write.dead_letters.is_empty() {
            Fault::None
        } else {
            Fault::Refuse
        }
    });
    system.publish([&first, &second]).await;
    system.work_off().await;
    assert_eq!(system.runs(&company).await.len(), 1);
    let letters = system.letters(&company).await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].body, second.encode().unwrap());
    system.close().await;
}
