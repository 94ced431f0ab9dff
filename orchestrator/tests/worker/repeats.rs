//! An event has its effect once, however often it arrives.

use queue::AcceptedEvent;
use serde_json::json;
use store::{DeadLetterStatus, RunStatus};

use crate::support::{Company, Pinned, System, accepted_again, order_of_events, statuses, transfer};

async fn with_a_rule(system: &System) -> (Company, Pinned) {
    let company = Company::new(system).await;
    let pay = transfer(
        "pay",
        json!({"account": "bank"}),
        json!({"account": "shop"}),
        "$context.event.amount",
    );
    let rule = company.rule(system, "pay", &json!([pay])).await;
    (company, rule)
}

/// An event of 1.00, the same message again, the same event accepted again, and two others of the same name.
fn in_every_guise(company: &Company, rule: &Pinned) -> [AcceptedEvent; 5] {
    let event = company.event("e-1", &json!({"amount": "1.00"}), &[rule]);
    let other = |amount: &str| company.event("e-1", &json!({"amount": amount}), &[rule]);
    [
        event.clone(),
        other("2.00"),
        event.clone(),
        accepted_again(&event),
        other("3.00"),
    ]
}

async fn expect_one_effect(system: &System, company: &Company, events: &[AcceptedEvent; 5]) {
    let runs = system.runs(company).await;
    assert_eq!(runs.len(), 1);
    assert_eq!(
        (runs[0].id, runs[0].claim_id),
        (events[0].runs[0].run_id, events[0].id)
    );
    assert_eq!(runs[0].status, RunStatus::Succeeded);
    assert_eq!(system.balance(company, "shop").await, 100);

    let letters = system.letters(company).await;
    assert_eq!(letters.len(), 2);
    for (letter, refused) in letters.iter().zip([&events[1], &events[4]]) {
        assert_eq!(letter.reason, "event_id_reused");
        assert_eq!(letter.event_id.as_deref(), Some("e-1"));
        assert_eq!(letter.body, refused.encode().unwrap());
        assert_eq!(letter.correlation_id, "correlation-e-1");
        assert_eq!(letter.status, DeadLetterStatus::Dead);
    }
}

#[tokio::test]
async fn within_one_batch() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let events = in_every_guise(&company, &rule);
    system.publish(&events).await;
    system.work_off().await;
    assert_eq!(system.store.sizes(), [5]);
    expect_one_effect(&system, &company, &events).await;
    system.close().await;
}

#[tokio::test]
async fn over_several_batches() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let events = in_every_guise(&company, &rule);
    system.publish(&events).await;
    system.finish(system.worker_taking(1)).await;
    assert_eq!(system.store.sizes(), [1; 5]);
    expect_one_effect(&system, &company, &events).await;
    system.close().await;
}

/// Events of one name are the same event only within a company.
#[tokio::test]
async fn another_company_may_have_an_event_of_the_same_name() {
    let system = System::open().await;
    let companies = [
        Company::in_partition(&system, 2).await,
        Company::in_partition(&system, 2).await,
    ];
    let mut events = Vec::new();
    for company in &companies {
        let pay = transfer(
            "pay",
            json!({"account": "bank"}),
            json!({"account": "shop"}),
            "1.00",
        );
        let rule = company.rule(&system, "pay", &json!([pay])).await;
        events.push(company.event("e-1", &json!({"of": company.id().to_string()}), &[&rule]));
    }
    system.publish(&events).await;
    system.work_off().await;
    for company in &companies {
        assert_eq!(system.runs(company).await.len(), 1);
        assert_eq!(system.letters(company).await, []);
    }
    system.close().await;
}

/// The batches were stored, and then their acknowledgements were lost: all of it comes again, and changes nothing.
#[tokio::test]
async fn acknowledgements_that_were_lost() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let mut events = company.events(20, &rule, |number| json!({"amount": number + 1}));
    events.push(company.event("e-7", &json!({"amount": "99.00"}), &[&rule]));
    system.publish(&events).await;
    system.queue.lose_acknowledgements(3);
    system.work_off().await;

    let runs = system.runs(&company).await;
    let expected: Vec<String> = (0..20).map(|number| format!("e-{number}")).collect();
    assert_eq!(order_of_events(&runs), expected);
    assert_eq!(statuses(&runs), [RunStatus::Succeeded; 20]);
    assert_eq!(system.balance(&company, "shop").await, 21_000);
    assert_eq!(
        system.letters(&company).await.len(),
        1,
        "of one message there is one letter"
    );
    system.close().await;
}
