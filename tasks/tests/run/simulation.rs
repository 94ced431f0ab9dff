//! Simulations: a run on an empty ledger, shown and forgotten.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tasks::{Simulation, SimulationError, TaskResult, simulate};

use crate::support::{Setup, TASKS, failure, ids, task};

fn simulated(setup: &Setup, results: &BTreeMap<String, TaskResult>) -> Result<Simulation, SimulationError> {
    simulate(&TASKS, setup.subject(), results, &mut ids())
}

fn royalty(when: Value, event: Value) -> Setup {
    let mut document = json!({
        "company_id": "b5aa9687-d61f-467c-973e-f55d446981dc",
        "rules": [
            task("royalty-1", "generate_royalty", json!({"order": "o-1"}), &[]),
            task("tell-1", "notify", json!({"recipient": "ana"}), &["royalty-1=success"]),
        ],
    });
    document["when"] = when;
    Setup::of(&document, event)
}

fn only_books() -> Value {
    json!({"expect": [{"field": "$context.event.type", "operator": "eq", "value": "book"}]})
}

#[test]
fn it_shows_what_a_run_would_do() {
    let setup = royalty(only_books(), json!({"type": "book", "total": "120.00"}));
    let simulation = simulated(&setup, &BTreeMap::new()).unwrap();
    assert_eq!(
        (simulation.status, &simulation.error),
        ("succeeded", &Value::Null)
    );
    let entry = |account: &str, direction: &str| {
        json!({
            "account": account, "direction": direction, "amount": "12.00", "currency": "BRL",
            "balance_after": "12.00",
        })
    };
    let transaction = json!({
        "node_id": "royalty-1",
        "reference": null,
        "description": "Royalty",
        "metadata": {"base": "120.00", "percent": "10", "rounding": "half_even", "order": "o-1"},
        "entries": [entry("royalty_expense", "debit"), entry("royalties_payable", "credit")],
    });
    assert_eq!(simulation.transactions, [transaction]);
    let event = json!({
        "node_id": "tell-1", "type": "notification.requested",
        "data": {"recipient": "ana", "template": null, "data": null},
    });
    assert_eq!(simulation.events, [event]);
    assert_eq!(simulation.nodes["royalty-1"]["state"], "success");
    assert_eq!(simulation.nodes["royalty-1"]["output"]["amount"], "12.00");
}

#[test]
fn an_event_that_is_not_for_the_rule_is_ignored() {
    let setup = royalty(only_books(), json!({"type": "lamp", "total": "120.00"}));
    let simulation = simulated(&setup, &BTreeMap::new()).unwrap();
    assert_eq!((simulation.status, &simulation.error), ("ignored", &Value::Null));
    for node in ["royalty-1", "tell-1"] {
        assert_eq!(simulation.nodes[node]["state"], "skipped");
    }
    assert!(simulation.transactions.is_empty() && simulation.events.is_empty());
}

#[test]
fn a_when_that_errs_is_seen_and_names_no_node() {
    let when = json!({"expect": [{"field": "$context.event.total", "operator": "gt", "value": 1}]});
    let setup = royalty(when, json!({"total": "many"}));
    let simulation = simulated(&setup, &BTreeMap::new()).unwrap();
    assert_eq!(simulation.status, "failed");
    assert_eq!(simulation.error["code"], "when_not_comparable");
    assert_eq!(simulation.error["node_id"], Value::Null);
}

#[test]
fn results_take_the_place_of_tasks() {
    let setup = royalty(Value::Null, json!({"total": "120.00"}));
    let failing = BTreeMap::from([("royalty-1".to_owned(), failure("closed"))]);
    let simulation = simulated(&setup, &failing).unwrap();
    let error = json!({"code": "closed", "message": "as the test has it", "node_id": "royalty-1"});
    assert_eq!((simulation.status, &simulation.error), ("failed", &error));
    assert_eq!(simulation.nodes["tell-1"]["state"], "skipped");
    let succeeding = BTreeMap::from([(
        "royalty-1".to_owned(),
        TaskResult::Success(json!({"amount": "1.00"})),
    )]);
    let simulation = simulated(&setup, &succeeding).unwrap();
    assert_eq!(simulation.nodes["royalty-1"]["output"], json!({"amount": "1.00"}));
    assert_eq!((simulation.transactions.len(), simulation.events.len()), (0, 1));
}

#[test]
fn a_result_for_a_node_that_is_not_there_is_refused_with_what_was_meant() {
    let setup = royalty(Value::Null, json!({"total": "120.00"}));
    let refusal = |node_id: &str| {
        let results = BTreeMap::from([(node_id.to_owned(), failure("closed"))]);
        simulated(&setup, &results).unwrap_err().to_string()
    };
    assert_eq!(
        refusal("royalty_1"),
        "there is no node `royalty_1`. Did you mean `royalty-1`?"
    );
    assert_eq!(refusal("x"), "there is no node `x`.");
}

#[test]
fn it_begins_on_an_empty_ledger_every_time() {
    let setup = Setup::new(
        &json!([task("invoice", "generate_invoice", json!({}), &[])]),
        json!({"total": "1.00"}),
    );
    let first = simulated(&setup, &BTreeMap::new()).unwrap();
    assert_eq!(first.nodes["invoice"]["output"]["invoice_number"], 1);
    assert_eq!(simulated(&setup, &BTreeMap::new()).unwrap(), first);
}
