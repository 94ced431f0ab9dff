//! What fails, what handles it, and how the run ends.

use std::collections::BTreeMap;

use rules::RunFault;
use serde_json::{Value, json};
use tasks::{Run, RunStatus};

use crate::support::seen::{entries, seen};
use crate::support::{Setup, failure, fill, record, state, task, transfer};

fn fault(run: &Run<'_>) -> (RunStatus, RunFault) {
    (run.end.status, run.end.fault.clone().unwrap())
}

/// A purse of 100.00, from which more is to be paid, and both ways to go on.
fn overdrawing() -> Value {
    json!([
        task("fill", "post_transaction", fill("purse", "100.00"), &[]),
        task(
            "pay",
            "post_transaction",
            transfer("purse", "revenue", "100.01"),
            &["fill=success"]
        ),
        task("ship", "generate_shipment", json!({}), &["pay=success"]),
        task(
            "tell",
            "notify",
            json!({"recipient": "ana", "data": {"why": "$context.nodes.pay.error.code"}}),
            &["pay=failure"]
        ),
    ])
}

#[test]
fn a_rejection_is_a_failure_and_the_branch_that_handles_it_runs() {
    let setup = Setup::new(&overdrawing(), json!({}));
    let run = setup.run();
    let error = record(&run, "pay").error.clone().unwrap();
    assert_eq!(error.code, "insufficient_funds");
    assert_eq!(
        error.message,
        "Account purse (BRL) has 100.00 BRL available, but 100.01 BRL is needed."
    );
    assert_eq!([state(&run, "ship"), state(&run, "tell")], ["skipped", "success"]);
    assert_eq!(run.end.status, RunStatus::Succeeded);
    assert_eq!(run.end.fault, None);
    assert_eq!(
        entries(&run.transactions),
        [
            "debit bank 100.00 BRL (100.00 BRL)",
            "credit purse 100.00 BRL (100.00 BRL)"
        ]
    );
    assert_eq!(run.events[0].data["data"], json!({"why": "insufficient_funds"}));
}

#[test]
fn a_failure_that_nothing_handles_fails_the_run_and_other_branches_finish() {
    let mut nodes = overdrawing();
    nodes[3]["depends_on"][0]["state"] = "any".into();
    let setup = Setup::new(&nodes, json!({}));
    let run = setup.run();
    let (status, fault) = fault(&run);
    assert_eq!(status, RunStatus::Failed);
    assert_eq!(
        (fault.code.as_str(), fault.node_id.as_str()),
        ("insufficient_funds", "pay")
    );
    assert_eq!(state(&run, "tell"), "success", "`any` runs, but handles nothing");
}

#[test]
fn a_failure_may_be_of_no_matter() {
    let mut nodes = overdrawing();
    nodes[1]["on_failure"] = "continue".into();
    nodes[3]["depends_on"][0]["state"] = "any".into();
    assert_eq!(
        Setup::new(&nodes, json!({})).run().end.status,
        RunStatus::Succeeded
    );
}

#[test]
fn a_failure_may_end_the_run() {
    let mut nodes = overdrawing();
    nodes[1]["on_failure"] = "abort".into();
    let setup = Setup::new(&nodes, json!({}));
    let run = setup.run();
    let (status, fault) = fault(&run);
    assert_eq!(
        (status, fault.code.as_str()),
        (RunStatus::Aborted, "insufficient_funds")
    );
    assert_eq!(state(&run, "tell"), "skipped");
}

#[test]
fn an_abort_lets_its_wave_finish_and_nothing_after() {
    let setup = Setup::new(
        &json!([
            task("royalty", "generate_royalty", json!({}), &[]),
            task(
                "stop",
                "abort_flow",
                json!({"reason": "not {{ $context.event.what }}"}),
                &["royalty=success"]
            ),
            task(
                "told",
                "notify",
                json!({"recipient": "ana"}),
                &["royalty=success"]
            ),
            task("later", "generate_invoice", json!({}), &["told=success"]),
        ]),
        json!({"total": "120.00", "what": "this"}),
    );
    let run = setup.run();
    let (status, fault) = fault(&run);
    assert_eq!(status, RunStatus::Aborted);
    assert_eq!(
        (
            fault.code.as_str(),
            fault.message.as_str(),
            fault.node_id.as_str()
        ),
        ("aborted", "not this", "stop")
    );
    assert_eq!(state(&run, "told"), "success", "it is in the wave of the abort");
    assert_eq!(state(&run, "later"), "skipped");
    assert_eq!(
        entries(&run.transactions),
        [
            "debit royalty_expense 12.00 BRL (12.00 BRL)",
            "credit royalties_payable 12.00 BRL (12.00 BRL)"
        ]
    );
}

#[test]
fn a_when_that_errs_is_a_failed_run_in_which_nothing_ran() {
    let document = json!({
        "company_id": "b5aa9687-d61f-467c-973e-f55d446981dc",
        "when": {"expect": [{"field": "$context.event.total", "operator": "gt", "value": 5}]},
        "rules": [task("invoice", "generate_invoice", json!({}), &[])],
    });
    let setup = Setup::of(&document, json!({"total": "abc"}));
    let run = setup.run();
    let (status, fault) = fault(&run);
    assert_eq!(
        (status, fault.code.as_str(), fault.node_id.as_str()),
        (RunStatus::Failed, "when_not_comparable", "")
    );
    assert!(fault.message.contains("abc"), "{fault:?}");
    assert_eq!(state(&run, "invoice"), "skipped");
    assert!(run.transactions.is_empty() && run.events.is_empty());
}

#[test]
fn a_task_may_be_made_to_come_out_otherwise() {
    let setup = Setup::new(&overdrawing(), json!({}));
    let succeeding = BTreeMap::from([("pay".to_owned(), tasks::TaskResult::Success(json!({"paid": 1})))]);
    let run = setup
        .run_with(&mut tasks::Desk::from_scratch(), &succeeding)
        .unwrap();
    assert_eq!(
        [state(&run, "pay"), state(&run, "ship"), state(&run, "tell")],
        ["success", "success", "skipped"]
    );
    assert_eq!(record(&run, "pay").output, Some(json!({"paid": 1})));
    assert_eq!(run.transactions.len(), 1, "it was not run");
    let failing = BTreeMap::from([("fill".to_owned(), failure("closed"))]);
    let run = setup
        .run_with(&mut tasks::Desk::from_scratch(), &failing)
        .unwrap();
    let seen = seen(&run);
    assert_eq!(
        (seen.status, seen.fault),
        ("failed", Some(("closed".to_owned(), "fill".to_owned())))
    );
    assert_eq!(seen.entries, Vec::<String>::new());
}
