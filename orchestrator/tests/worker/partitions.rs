//! All partitions at once: each company's runs in their order, and every sum right.

use queue::{AcceptedEvent, PARTITIONS};
use serde_json::json;
use store::RunStatus;

use crate::support::{Company, Fault, Pinned, System, minor, order_of_events, statuses, transfer};

const EVENTS: u32 = 30;

async fn pay_rule(system: &System, company: &Company) -> Pinned {
    let bill = json!({"node_id": "bill", "node_type": "task", "task_name": "payment.tasks.generate_invoice"});
    let pay = transfer(
        "pay",
        json!({"account": "bank"}),
        json!({"account": "shop"}),
        "$context.event.total",
    );
    company.rule(system, "pay", &json!([bill, pay])).await
}

/// Two companies in every partition, each with its events.
async fn everywhere(system: &System) -> Vec<(Company, Vec<AcceptedEvent>)> {
    let mut all = Vec::new();
    for number in 0..PARTITIONS * 2 {
        let company = Company::in_partition(system, number % PARTITIONS).await;
        let rule = pay_rule(system, &company).await;
        let events = company.events(EVENTS, &rule, |event| json!({"total": event + u32::from(number)}));
        all.push((company, events));
    }
    all
}

async fn expect_every_sum(system: &System, all: &[(Company, Vec<AcceptedEvent>)]) {
    let expected: Vec<String> = (0..EVENTS).map(|number| format!("e-{number}")).collect();
    for (number, (company, _)) in (0_i64..).zip(all) {
        let runs = system.runs(company).await;
        assert_eq!(order_of_events(&runs), expected);
        let totals = (0..i64::from(EVENTS)).map(|event| (event + number) * 100);
        let sum: i64 = totals.clone().sum();
        for account in ["bank", "shop", "receivables", "revenue"] {
            assert_eq!(system.balance(company, account).await, sum, "{account}");
        }
        let entries = system.entries(company, "shop").await;
        let posted: Vec<i64> = totals.filter(|total| *total > 0).collect();
        assert_eq!(minor(&entries, |entry| entry.amount), posted);
        let numbers: Vec<u64> = (1..=u64::from(EVENTS)).collect();
        assert_eq!(system.outbox_numbers(company).await, numbers);
    }
}

/// Turn by turn, as routers publish: one event of each company, then the next of each.
async fn publish_interleaved(system: &System, all: &[(Company, Vec<AcceptedEvent>)]) {
    for turn in 0..EVENTS {
        let place = usize::try_from(turn).unwrap();
        system.publish(all.iter().map(|(_, events)| &events[place])).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_partitions_at_once_end_with_the_right_sums() {
    let system = System::open().await;
    let all = everywhere(&system).await;
    let worker = system.worker_taking(8);
    publish_interleaved(&system, &all).await;
    system.finish(worker).await;
    expect_every_sum(&system, &all).await;
    system.close().await;
}

/// The same while the store fails and acknowledgements are lost, here and there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_partitions_with_faults_end_with_the_same_sums() {
    let system = System::open().await;
    let all = everywhere(&system).await;
    let mut turn = 0;
    system.store.set_faults(move |_| {
        turn += 1;
        match turn % 7 {
            2 => Fault::Unavailable,
            5 => Fault::LoseAnswer,
            _ => Fault::None,
        }
    });
    let worker = system.worker_taking(8);
    system.queue.lose_acknowledgements(10);
    publish_interleaved(&system, &all).await;
    system.finish(worker).await;
    expect_every_sum(&system, &all).await;
    system.close().await;
}

/// Companies stand in one line and are stored together, each for itself.
#[tokio::test]
async fn companies_of_one_partition_share_batches() {
    let system = System::open().await;
    let mut events = Vec::new();
    let mut companies = Vec::new();
    for _ in 0..5 {
        let company = Company::in_partition(&system, 9).await;
        let rule = pay_rule(&system, &company).await;
        events.extend(company.events(4, &rule, |_| json!({"total": 1})));
        companies.push(company);
    }
    system.publish(&events).await;
    system.work_off().await;
    assert_eq!(system.store.sizes(), [20]);
    for company in &companies {
        assert_eq!(statuses(&system.runs(company).await), [RunStatus::Succeeded; 4]);
        assert_eq!(system.balance(company, "revenue").await, 400);
    }
    system.close().await;
}
