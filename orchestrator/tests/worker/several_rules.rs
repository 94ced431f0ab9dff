//! An event that starts several runs, or one that cannot begin.

use serde_json::json;
use store::RunStatus;

use crate::support::{Company, System, nodes_of, transfer};

fn wallet() -> serde_json::Value {
    json!({"account": "wallet", "overdraft": false})
}

/// One rule pays in, one fails, one pays out: each run stands for itself, and sees what those before it did.
#[tokio::test]
async fn every_rule_of_an_event_has_a_run_of_its_own() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = async |name, nodes| company.rule(&system, name, &nodes).await;
    let bank = || json!({"account": "bank"});
    let pay_in = rule("in", json!([transfer("in", bank(), wallet(), "5.00")])).await;
    let too_much = rule("too-much", json!([transfer("out", wallet(), bank(), "9.00")])).await;
    let pay_out = rule("out", json!([transfer("out", wallet(), bank(), "2.00")])).await;
    let event = company.event("e-1", &json!({}), &[&pay_in, &too_much, &pay_out]);
    system.publish([&event]).await;
    system.work_off().await;

    let runs = system.runs(&company).await;
    let seen: Vec<_> = runs
        .iter()
        .map(|run| (run.rule_name.as_str(), run.status))
        .collect();
    assert_eq!(
        seen,
        [
            ("in", RunStatus::Succeeded),
            ("too-much", RunStatus::Failed),
            ("out", RunStatus::Succeeded),
        ]
    );
    let ids: Vec<_> = runs.iter().map(|run| run.id).collect();
    let pinned: Vec<_> = event.runs.iter().map(|run| run.run_id).collect();
    assert_eq!(ids, pinned);
    assert!(runs.iter().all(|run| run.claim_id == event.id));
    assert_eq!(system.balance(&company, "wallet").await, 300);
    assert_eq!(system.heard.runs().len(), 3);
    system.close().await;
}

/// The version that was pinned at acceptance runs, whatever was published since.
#[tokio::test]
async fn a_run_keeps_to_the_version_that_it_was_pinned_to() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let pay = |amount: &str| json!([transfer("pay", json!({"account": "bank"}), wallet(), amount)]);
    let first = company.rule(&system, "pay", &pay("1.00")).await;
    let second = company.rule(&system, "pay", &pay("10.00")).await;
    assert_eq!(
        (first.rule_id, first.version, second.version),
        (second.rule_id, 1, 2)
    );
    let events = [&second, &first, &second]
        .into_iter()
        .enumerate()
        .map(|(number, rule)| company.event(&format!("e-{number}"), &json!({}), &[rule]));
    system.publish(&events.collect::<Vec<_>>()).await;
    system.work_off().await;

    let runs = system.runs(&company).await;
    let versions: Vec<_> = runs.iter().map(|run| run.rule_version).collect();
    assert_eq!(versions, [2, 1, 2]);
    assert_eq!(system.balance(&company, "wallet").await, 2_100);
    assert_eq!(
        system.store.rules_read(),
        2,
        "each version is read and compiled once"
    );
    system.close().await;
}

/// The router does not know whether such a rule holds either, and starts its run: it is seen, not swallowed.
#[tokio::test]
async fn a_condition_on_the_event_that_cannot_be_compared_fails_the_run() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let document = json!({
        "company_id": company.id().to_string(),
        "when": {"match": "all", "expect": [{"field": "$context.event.total", "operator": "gt", "value": 5}]},
        "rules": [transfer("pay", json!({"account": "bank"}), wallet(), "1.00")],
    });
    let rule = company.document(&system, "large", &document).await;
    let event = company.event("e-1", &json!({"total": "a lot"}), &[&rule]);
    system.publish([&event]).await;
    system.work_off().await;

    let details = system.run(event.runs[0].run_id).await;
    let error = details.run.error.clone().unwrap();
    assert_eq!(
        (details.run.status, error.code.as_str(), error.node_id),
        (RunStatus::Failed, "when_not_comparable", None)
    );
    assert!(error.message.contains("a lot"), "{}", error.message);
    assert_eq!(nodes_of(&details.run)["pay"]["state"], "skipped");
    assert_eq!((details.transactions, details.events), (vec![], vec![]));
    system.close().await;
}

/// An event can stop to start anything, and is still claimed.
#[tokio::test]
async fn an_event_without_rules_is_claimed_and_starts_nothing() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    system
        .publish([&company.event("e-1", &json!({"a": 1}), &[])])
        .await;
    system
        .publish([&company.event("e-1", &json!({"a": 2}), &[])])
        .await;
    system.work_off().await;

    assert_eq!(system.runs(&company).await, []);
    let letters = system.letters(&company).await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason, "event_id_reused");
    system.close().await;
}
