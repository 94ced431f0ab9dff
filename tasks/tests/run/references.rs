//! References: the same name with the same content is the same ledger transaction.

use serde_json::{Value, json};
use tasks::{Desk, KnownTransaction, Run};
use uuid::Uuid;

use crate::support::{COMPANY, Setup, record, state, task, transfer};

fn named(reference: &str, credit: &str, amount: &str) -> Value {
    let mut parameters = transfer("bank", credit, amount);
    parameters["reference"] = reference.into();
    parameters
}

fn transaction_id(run: &Run<'_>, node_id: &str) -> String {
    let output = record(run, node_id).output.clone().unwrap();
    output["transaction_id"].as_str().unwrap().to_owned()
}

#[test]
fn the_same_content_is_posted_once() {
    let setup = Setup::new(
        &json!([
            task("a", "post_transaction", named("fee-1", "x", "1.00"), &[]),
            task(
                "b",
                "post_transaction",
                named("fee-1", "x", "1.00"),
                &["a=success"]
            ),
            task(
                "c",
                "post_transaction",
                named("fee-2", "x", "1.00"),
                &["b=success"]
            ),
        ]),
        json!({}),
    );
    let run = setup.run();
    let references: Vec<&str> = run
        .transactions
        .iter()
        .map(|transaction| transaction.reference.as_str())
        .collect();
    assert_eq!(references, ["fee-1", "fee-2"]);
    assert_eq!(transaction_id(&run, "a"), transaction_id(&run, "b"));
    assert_ne!(transaction_id(&run, "a"), transaction_id(&run, "c"));
}

#[test]
fn other_content_is_a_conflict() {
    let setup = Setup::new(
        &json!([
            task("a", "post_transaction", named("fee-1", "x", "1.00"), &[]),
            task(
                "b",
                "post_transaction",
                named("fee-1", "x", "1.01"),
                &["a=success"]
            ),
        ]),
        json!({}),
    );
    let run = setup.run();
    let error = record(&run, "b").error.clone().unwrap();
    assert_eq!(error.code, "reference_conflict");
    let first = transaction_id(&run, "a");
    assert_eq!(
        error.message,
        format!("the reference \"fee-1\" belongs to transaction {first} of other content")
    );
    assert_eq!(run.transactions.len(), 1);
}

#[test]
fn a_transaction_of_an_earlier_run_counts() {
    let setup = Setup::new(
        &json!([task("a", "post_transaction", named("fee-1", "x", "1.00"), &[])]),
        json!({}),
    );
    let first = setup.run();
    let earlier = Uuid::from_u128(42);
    let desk_knowing = |content_hash: [u8; 32]| {
        let mut desk = Desk::from_scratch();
        let known = KnownTransaction {
            id: earlier,
            content_hash,
        };
        desk.load_transaction(COMPANY.company_id, "fee-1".to_owned(), known);
        desk
    };
    let run = setup
        .run_on(&mut desk_knowing(first.transactions[0].content_hash))
        .unwrap();
    assert_eq!(transaction_id(&run, "a"), earlier.to_string());
    assert!(run.transactions.is_empty(), "it stands already");
    let run = setup.run_on(&mut desk_knowing([0; 32])).unwrap();
    assert_eq!(
        record(&run, "a").error.clone().unwrap().code,
        "reference_conflict"
    );
}

#[test]
fn a_refused_transaction_leaves_its_reference_free() {
    let mut refused = named("fee-1", "x", "1.00");
    refused["entries"][0]["kind"] = "revenue".into();
    let setup = Setup::new(
        &json!([
            task("open", "post_transaction", transfer("bank", "x", "1.00"), &[]),
            task("a", "post_transaction", refused, &["open=success"]),
            task(
                "b",
                "post_transaction",
                named("fee-1", "x", "5.00"),
                &["a=failure"]
            ),
        ]),
        json!({}),
    );
    let run = setup.run();
    assert_eq!(record(&run, "a").error.clone().unwrap().code, "account_mismatch");
    assert_eq!(state(&run, "b"), "success");
}

/// What an event says may name a transfer of somebody's: then nothing is posted.
#[test]
fn the_references_of_the_payments_api_are_refused() {
    let named_by_event = named("$context.event.name", "x", "1.00");
    for name in [
        "transfers/k",
        "transfer_batches/0/k",
        "reversals/k",
        "holds/h/capture",
        "payments/p/e",
        "accounts/a",
    ] {
        let rule = json!([task("a", "post_transaction", named_by_event.clone(), &[])]);
        let setup = Setup::new(&rule, json!({"name": name}));
        let run = setup.run();
        let error = record(&run, "a").error.clone().unwrap();
        assert_eq!(error.code, "reference_reserved");
        assert!(
            error
                .message
                .starts_with(&format!("the reference {name:?} begins with ")),
            "{}",
            error.message
        );
        assert!(run.transactions.is_empty());
    }
}
