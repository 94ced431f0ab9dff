//! Runs take effect one after another, in the order of their queue, however they are cut into batches.

use orchestrator::Worker;
use serde_json::json;
use store::RunStatus;

use crate::support::{Company, Pinned, System, minor, order_of_events, statuses, transfer};

/// A company with 50.00 on `wallet`, which cannot be overdrawn, and a rule that spends from it.
async fn with_a_wallet(system: &System) -> (Company, Pinned) {
    let company = Company::new(system).await;
    let wallet = || json!({"account": "wallet", "overdraft": false});
    let fund = json!([transfer("fund", json!({"account": "bank"}), wallet(), "50.00")]);
    let fund = company.rule(system, "fund", &fund).await;
    let spend = json!([transfer(
        "spend",
        wallet(),
        json!({"account": "shop"}),
        "$context.event.amount"
    )]);
    let spend = company.rule(system, "spend", &spend).await;
    system
        .publish([&company.event("funding", &json!({}), &[&fund])])
        .await;
    (company, spend)
}

/// 200 events of 1.00 each, of which the first 50 fit.
async fn spend_more_than_there_is(start: impl Fn(&System) -> Worker) {
    let system = System::open().await;
    let (company, spend) = with_a_wallet(&system).await;
    let events = company.events(200, &spend, |_| json!({"amount": "1.00"}));
    system.publish(&events).await;
    system.finish(start(&system)).await;

    let runs = system.runs(&company).await;
    let expected: Vec<String> = (0..200).map(|number| format!("e-{number}")).collect();
    assert_eq!(order_of_events(&runs[1..]), expected);
    let fits = [RunStatus::Succeeded; 50]
        .into_iter()
        .chain([RunStatus::Failed; 150]);
    assert_eq!(statuses(&runs[1..]), fits.collect::<Vec<_>>());
    for failed in &runs[51..] {
        let error = failed.error.as_ref().unwrap();
        assert_eq!(
            (error.code.as_str(), error.node_id.as_deref()),
            ("insufficient_funds", Some("spend"))
        );
    }
    let wallet = system.entries(&company, "wallet").await;
    let balances: Vec<i64> = (0..=50).rev().map(|left| left * 100).collect();
    assert_eq!(minor(&wallet, |entry| entry.balance_after), balances);
    system.close().await;
}

#[tokio::test]
async fn in_one_batch_exactly_the_first_that_fit_succeed() {
    spend_more_than_there_is(System::worker).await;
}

#[tokio::test]
async fn over_many_batches_exactly_the_first_that_fit_succeed() {
    spend_more_than_there_is(|system| system.worker_taking(7)).await;
}

/// Whatever comes first is tried first: also after one that did not fit, a smaller one may.
#[tokio::test]
async fn amounts_of_all_sizes_fit_as_they_would_one_by_one() {
    let system = System::open().await;
    let (company, spend) = with_a_wallet(&system).await;
    let amount = |number: u32| i64::from(number * 37 % 101 + 1);
    let events = company.events(150, &spend, |number| {
        let minor = amount(number) * 10;
        json!({"amount": format!("{}.{:02}", minor / 100, minor % 100)})
    });
    system.publish(&events).await;
    system.finish(system.worker_taking(32)).await;

    let mut left = 5_000;
    let expected = (0..150).map(|number| {
        let minor = amount(number) * 10;
        if minor > left {
            return RunStatus::Failed;
        }
        left -= minor;
        RunStatus::Succeeded
    });
    let expected: Vec<RunStatus> = expected.collect();
    assert_eq!(statuses(&system.runs(&company).await[1..]), expected);
    assert_eq!(system.balance(&company, "wallet").await, left);
    let turns = expected.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(turns > 2, "successes and failures alternate: {turns}");
    system.close().await;
}

/// What one event pays in, the next of the same batch can spend.
#[tokio::test]
async fn a_run_sees_what_the_runs_before_it_did() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let wallet = || json!({"account": "wallet", "overdraft": false});
    let shop = json!({"account": "shop"});
    let pay_in = json!([transfer("in", json!({"account": "bank"}), wallet(), "1.00")]);
    let pay_in = company.rule(&system, "in", &pay_in).await;
    let pay_out = json!([transfer("out", wallet(), shop, "1.00")]);
    let pay_out = company.rule(&system, "out", &pay_out).await;
    let rules = [&pay_out, &pay_in, &pay_out, &pay_out, &pay_in, &pay_in, &pay_out];
    let numbered = rules.iter().enumerate();
    let events: Vec<_> = numbered
        .map(|(number, rule)| company.event(&format!("e-{number}"), &json!({}), &[*rule]))
        .collect();
    system.publish(&events).await;
    system.work_off().await;

    let (pays, fails) = (RunStatus::Succeeded, RunStatus::Failed);
    assert_eq!(
        statuses(&system.runs(&company).await),
        [fails, pays, pays, fails, pays, pays, pays]
    );
    assert_eq!(system.balance(&company, "wallet").await, 100);
    assert_eq!(system.store.sizes(), [7]);
    system.close().await;
}
