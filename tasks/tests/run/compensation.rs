//! Undoing: in reverse order of settling, each undone or seen not to be.

use rules::CompensationState;
use serde_json::{Value, json};
use tasks::RunStatus;

use crate::support::seen::entries;
use crate::support::{RUN_ID, Setup, record, task, transfer, undone_by};

/// Two ledger transactions that can be undone, then a task that fails.
fn failing() -> Value {
    let reverse = |node: &str, debit: &str, credit: &str| {
        let mut parameters = transfer(debit, credit, "1.00");
        parameters["undoes"] = format!("$context.nodes.{node}.output.transaction_id").into();
        parameters
    };
    json!([
        undone_by(
            task("first", "post_transaction", transfer("a", "b", "1.00"), &[]),
            "post_transaction",
            reverse("first", "b", "a")
        ),
        undone_by(
            task(
                "second",
                "post_transaction",
                transfer("b", "c", "1.00"),
                &["first=success"]
            ),
            "post_transaction",
            reverse("second", "c", "b")
        ),
        task(
            "kept",
            "post_transaction",
            transfer("x", "y", "1.00"),
            &["second=success"]
        ),
        task(
            "fail",
            "generate_invoice",
            json!({"amount": "$context.event.missing"}),
            &["kept=success"]
        ),
    ])
}

#[test]
fn a_failed_run_is_undone_last_first() {
    let setup = Setup::new(&failing(), json!({}));
    let run = setup.run();
    assert_eq!(run.end.status, RunStatus::Failed);
    assert_eq!(
        entries(&run.transactions),
        [
            "debit a 1.00 BRL (-1.00 BRL)",
            "credit b 1.00 BRL (1.00 BRL)",
            "debit b 1.00 BRL (0.00 BRL)",
            "credit c 1.00 BRL (1.00 BRL)",
            "debit x 1.00 BRL (-1.00 BRL)",
            "credit y 1.00 BRL (1.00 BRL)",
            "debit c 1.00 BRL (0.00 BRL)",
            "credit b 1.00 BRL (1.00 BRL)",
            "debit b 1.00 BRL (0.00 BRL)",
            "credit a 1.00 BRL (0.00 BRL)",
        ]
    );
}

#[test]
fn an_undoing_transaction_is_told_from_the_one_that_it_undoes() {
    let setup = Setup::new(&failing(), json!({}));
    let run = setup.run();
    let references: Vec<&str> = run
        .transactions
        .iter()
        .map(|transaction| transaction.reference.as_str())
        .collect();
    let named = |suffix: &str| format!("{RUN_ID}:{suffix}");
    assert_eq!(
        references,
        [
            named("first"),
            named("second"),
            named("kept"),
            named("second:compensation"),
            named("first:compensation")
        ]
    );
    let [first, .., undone] = run.transactions.as_slice() else {
        panic!("expected five")
    };
    assert_eq!(undone.draft.metadata()["undoes"], first.id.to_string());
}

#[test]
fn the_nodes_records_say_what_became_of_undoing_them() {
    let setup = Setup::new(&failing(), json!({}));
    let run = setup.run();
    let nodes = serde_json::to_value(run.execution.nodes()).unwrap();
    for (node_id, transaction) in [("second", 3), ("first", 4)] {
        let compensation = &nodes[node_id]["compensation"];
        assert_eq!(nodes[node_id]["state"], "success", "it did succeed");
        assert_eq!(compensation["state"], "succeeded");
        assert_eq!(
            compensation["output"]["transaction_id"],
            run.transactions[transaction].id.to_string()
        );
    }
    assert_eq!(nodes["kept"].get("compensation"), None);
    assert_eq!(nodes["fail"].get("compensation"), None);
}

#[test]
fn an_aborted_run_is_undone_too_and_one_that_succeeds_is_not() {
    let mut nodes = failing();
    nodes[3] = task("fail", "abort_flow", json!({}), &["kept=success"]);
    let setup = Setup::new(&nodes, json!({}));
    let run = setup.run();
    assert_eq!((run.end.status, run.transactions.len()), (RunStatus::Aborted, 5));
    let setup = Setup::new(&failing(), json!({"missing": "1.00"}));
    let run = setup.run();
    assert_eq!(
        (run.end.status, run.transactions.len()),
        (RunStatus::Succeeded, 4)
    );
    assert_eq!(record(&run, "first").compensation, None);
}

#[test]
fn what_did_not_succeed_is_not_undone() {
    let mut nodes = failing();
    nodes[1]["parameters"]["entries"][0]["amount"] = "2.00".into();
    let setup = Setup::new(&nodes, json!({}));
    let run = setup.run();
    assert_eq!(run.end.fault.clone().unwrap().code, "invalid_transaction");
    assert_eq!(record(&run, "second").compensation, None);
    assert_eq!(
        run.transactions.len(),
        2,
        "the first, and what undoes it: {:?}",
        run.transactions
    );
}

#[test]
fn what_cannot_be_undone_is_said_and_the_rest_is_undone_all_the_same() {
    let mut nodes = failing();
    nodes[1]["compensate"]["parameters"] = transfer("c", "b", "$context.event.missing");
    let setup = Setup::new(&nodes, json!({}));
    let run = setup.run();
    assert_eq!(run.end.status, RunStatus::CompensationFailed);
    let fault = run.end.fault.clone().unwrap();
    assert_eq!(
        (fault.code.as_str(), fault.node_id.as_str()),
        ("invalid_amount", "fail"),
        "why the run ended, not why undoing failed"
    );
    let undone = |node_id: &str| {
        let compensation = record(&run, node_id).compensation.clone().unwrap();
        (compensation.state, compensation.error.map(|error| error.code))
    };
    assert_eq!(
        undone("second"),
        (CompensationState::Failed, Some("invalid_amount".to_owned()))
    );
    assert_eq!(undone("first"), (CompensationState::Succeeded, None));
}
