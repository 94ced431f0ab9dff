//! A run that ends badly undoes what it did, in the batch in which it did it.

use serde_json::{Value, json};
use store::{RunDetails, RunStatus};

use crate::support::{Company, End, Pinned, System, after, minor, nodes_of, transfer};

/// A transfer that is undone by the opposite one, out of `shop` by these terms.
fn undoable(node_id: &str, amount: &str, shop_terms: &Value) -> Value {
    let undo = transfer("undo", shop_terms.clone(), json!({"account": "bank"}), amount);
    let mut node = transfer(
        node_id,
        json!({"account": "bank"}),
        json!({"account": "shop"}),
        amount,
    );
    node["compensate"] = json!({"task_name": undo["task_name"], "parameters": undo["parameters"]});
    node
}

/// A transfer that there is no money for.
fn impossible(node_id: &str) -> Value {
    let empty = json!({"account": "empty", "overdraft": false});
    transfer(node_id, empty, json!({"account": "shop"}), "1.00")
}

async fn rule(system: &System, nodes: Value) -> (Company, Pinned) {
    let company = Company::new(system).await;
    let rule = company.rule(system, "pay", &nodes).await;
    (company, rule)
}

async fn run_one(system: &System, company: &Company, rule: &Pinned) -> RunDetails {
    let event = company.event("e-1", &json!({}), &[rule]);
    system.publish([&event]).await;
    system.work_off().await;
    system.run(event.runs[0].run_id).await
}

fn posted_by(details: &RunDetails) -> Vec<&str> {
    let ids = details.run.id.to_string();
    let references = details
        .transactions
        .iter()
        .map(|posted| posted.reference.as_str());
    references
        .map(|reference| reference.strip_prefix(&format!("{ids}:")).unwrap())
        .collect()
}

#[tokio::test]
async fn a_failed_run_takes_back_what_it_posted_last_first() {
    let system = System::open().await;
    let shop = json!({"account": "shop"});
    let nodes = json!([
        undoable("first", "3.00", &shop),
        after(undoable("second", "4.00", &shop), "first", "success"),
        after(impossible("third"), "second", "success"),
    ]);
    let (company, rule) = rule(&system, nodes).await;
    let details = run_one(&system, &company, &rule).await;

    assert_eq!(details.run.status, RunStatus::Failed);
    let error = details.run.error.clone().unwrap();
    assert_eq!(
        (error.code.as_str(), error.node_id.as_deref()),
        ("insufficient_funds", Some("third"))
    );
    assert_eq!(
        posted_by(&details),
        ["first", "second", "second:compensation", "first:compensation"]
    );
    let entries = system.entries(&company, "shop").await;
    assert_eq!(minor(&entries, |entry| entry.balance_after), [300, 700, 300, 0]);
    let nodes = nodes_of(&details.run);
    for node in ["first", "second"] {
        assert_eq!(nodes[node]["state"], "success");
        assert_eq!(nodes[node]["compensation"]["state"], "succeeded");
    }
    assert_eq!(nodes["third"]["compensation"], Value::Null);
    let committed = system
        .store
        .ends()
        .iter()
        .filter(|end| **end == End::Committed)
        .count();
    assert_eq!(committed, 1, "done and undone in one batch");
    system.close().await;
}

#[tokio::test]
async fn an_aborted_run_does_so_too() {
    let system = System::open().await;
    let abort = json!({"node_id": "stop", "node_type": "task", "task_name": "payment.tasks.abort_flow"});
    let nodes = json!([
        undoable("first", "3.00", &json!({"account": "shop"})),
        after(abort, "first", "success"),
    ]);
    let (company, rule) = rule(&system, nodes).await;
    let details = run_one(&system, &company, &rule).await;
    assert_eq!(details.run.status, RunStatus::Aborted);
    assert_eq!(posted_by(&details), ["first", "first:compensation"]);
    assert_eq!(system.balance(&company, "shop").await, 0);
    system.close().await;
}

/// What was paid was spent by the same run: there is nothing left to take back, and a person must look.
#[tokio::test]
async fn what_cannot_be_undone_is_seen() {
    let system = System::open().await;
    let wallet = || json!({"account": "wallet", "overdraft": false});
    let bank = || json!({"account": "bank"});
    let mut pay_in = transfer("in", bank(), wallet(), "5.00");
    let undo = transfer("undo", wallet(), bank(), "5.00");
    pay_in["compensate"] = json!({"task_name": undo["task_name"], "parameters": undo["parameters"]});
    let nodes = json!([
        undoable("other", "2.00", &json!({"account": "shop"})),
        pay_in,
        after(transfer("out", wallet(), bank(), "1.00"), "in", "success"),
        after(impossible("last"), "out", "success"),
    ]);
    let (company, rule) = rule(&system, nodes).await;
    let details = run_one(&system, &company, &rule).await;

    assert_eq!(details.run.status, RunStatus::CompensationFailed);
    let error = details.run.error.clone().unwrap();
    assert_eq!(
        error.node_id.as_deref(),
        Some("last"),
        "why it failed in the first place"
    );
    let nodes = nodes_of(&details.run);
    assert_eq!(nodes["in"]["compensation"]["state"], "failed");
    assert_eq!(nodes["in"]["compensation"]["error"]["code"], "insufficient_funds");
    assert_eq!(
        nodes["other"]["compensation"]["state"], "succeeded",
        "what can be undone is"
    );
    assert_eq!(system.balance(&company, "wallet").await, 400);
    assert_eq!(system.balance(&company, "shop").await, 0);
    system.close().await;
}

/// A compensation touches what no node touches, which a dry run that goes well does not show.
#[tokio::test]
async fn a_compensation_may_touch_what_was_not_foreseen() {
    let system = System::open().await;
    let nodes = json!([
        undoable("first", "3.00", &json!({"account": "losses"})),
        after(impossible("second"), "first", "success"),
    ]);
    let (company, rule) = rule(&system, nodes).await;
    let details = run_one(&system, &company, &rule).await;
    assert_eq!(details.run.status, RunStatus::Failed);
    assert_eq!(system.balance(&company, "losses").await, -300);
    assert_eq!(system.balance(&company, "shop").await, 300);
    assert_eq!(system.store.ends(), [End::Widened, End::Committed]);
    system.close().await;
}

/// A run that ends well undoes nothing.
#[tokio::test]
async fn a_run_that_succeeds_keeps_what_it_did() {
    let system = System::open().await;
    let nodes = json!([undoable("first", "3.00", &json!({"account": "shop"}))]);
    let (company, rule) = rule(&system, nodes).await;
    let details = run_one(&system, &company, &rule).await;
    assert_eq!(posted_by(&details), ["first"]);
    assert_eq!(system.balance(&company, "shop").await, 300);
    system.close().await;
}
