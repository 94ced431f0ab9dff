//! Group commit: what several partitions have ready goes together, and whatever comes of it, each gets its own.

use queue::AcceptedEvent;
use serde_json::json;
use store::RunStatus;

use crate::support::End::{Committed, Refused};
use crate::support::{Company, Fault, Pinned, System, order_of_events, statuses};

/// How often the partitions may be too late for one another. Once is what usually happens.
const MAX_TURNS: usize = 100;

/// Companies of different partitions, each with a rule.
async fn companies(system: &System) -> Vec<(Company, Pinned)> {
    let mut companies = Vec::new();
    for partition in 0..5 {
        let company = Company::in_partition(system, partition).await;
        let invoice =
            json!([{"node_id": "n", "node_type": "task", "task_name": "payment.tasks.generate_invoice"}]);
        let rule = company.rule(system, "bill", &invoice).await;
        companies.push((company, rule));
    }
    companies
}

/// An event of every company, while one of them is being committed; until some went together. Says how many turns that
/// took; none if they never did.
async fn until_some_go_together(system: &System, companies: &[(Company, Pinned)]) -> Option<usize> {
    let worker = system.worker();
    let store = system.store.clone();
    for turn in 1..=MAX_TURNS {
        store.close_the_gate();
        let event = |(company, rule): &(Company, Pinned)| {
            company.event(&format!("e-{turn}"), &json!({"total": 1}), &[rule])
        };
        let events: Vec<AcceptedEvent> = companies.iter().map(event).collect();
        system.publish(&events).await;
        let is_busy = async || store.at_the_gate() > 0;
        system.news.until("a batch is under way", is_busy).await;
        store.open_the_gate();
        system.settle().await;
        if !store.ends_of_groups().is_empty() {
            system.finish(worker).await;
            return Some(turn);
        }
    }
    None
}

async fn expect_runs(system: &System, company: &Company, turns: usize, status: RunStatus) {
    let runs = system.runs(company).await;
    let expected: Vec<String> = (1..=turns).map(|turn| format!("e-{turn}")).collect();
    assert_eq!(order_of_events(&runs), expected);
    assert_eq!(statuses(&runs), vec![status; turns]);
}

#[tokio::test]
async fn what_partitions_have_ready_goes_together() {
    let system = System::open().await;
    let companies = companies(&system).await;
    let turns = until_some_go_together(&system, &companies).await.unwrap();
    assert!(system.store.ends().iter().all(|end| *end == Committed));
    for (company, _) in &companies {
        expect_runs(&system, company, turns, RunStatus::Succeeded).await;
    }
    system.close().await;
}

/// With little to do, what comes while a batch is under way need not wait for it.
#[tokio::test]
async fn few_events_go_beside_few_others() {
    let system = System::open().await;
    let companies = companies(&system).await;
    let worker = system.worker();
    let store = system.store.clone();
    store.close_the_gate();
    for (under_way, (company, rule)) in (1..).zip(&companies[..2]) {
        let event = company.event("e-1", &json!({"total": 1}), &[rule]);
        system.publish(&[event]).await;
        let is_beside = async || store.at_the_gate() == under_way;
        system
            .news
            .until("it is under way beside the others", is_beside)
            .await;
    }
    store.open_the_gate();
    system.settle().await;
    system.finish(worker).await;
    for (company, _) in &companies[..2] {
        expect_runs(&system, company, 1, RunStatus::Succeeded).await;
    }
    system.close().await;
}

/// What one partition's payment is at fault for is not another's.
#[tokio::test]
async fn a_group_that_is_refused_leaves_each_to_itself() {
    let system = System::open().await;
    let companies = companies(&system).await;
    let ids: Vec<_> = companies.iter().map(|(company, _)| company.id()).collect();
    // Whoever goes with whom, one of them is at fault.
    let is_at_fault = move |id| id != ids[0];
    let at_fault = is_at_fault.clone();
    system.store.set_faults(move |write| {
        let mut runs = write.runs.iter().filter(|run| run.error.is_none());
        if runs.any(|run| at_fault(run.company_id)) {
            Fault::Refuse
        } else {
            Fault::None
        }
    });
    let turns = until_some_go_together(&system, &companies).await.unwrap();
    assert!(system.store.ends_of_groups().iter().all(|end| *end == Refused));
    for (company, _) in &companies {
        let status = if is_at_fault(company.id()) {
            RunStatus::Failed
        } else {
            RunStatus::Succeeded
        };
        expect_runs(&system, company, turns, status).await;
    }
    system.close().await;
}
