//! What a node yields fits the schema that the catalogue shows for it.

use serde_json::{Value, json};

use crate::support::{Setup, TASKS, record, task};

/// A rule that places a hold, then runs one task; and an event with all that the examples look at.
fn setup(name: &str, parameters: Value) -> Setup {
    let short = name.replace("payment.tasks.", "");
    Setup::new(
        &json!([
            task("hold-1", "hold", json!({"account": "wallet", "to": "shop"}), &[]),
            task("task-1", &short, parameters, &["hold-1=success"]),
        ]),
        json!({
            "total": "120.00", "order_id": "o-1", "address": {"city": "Recife"},
            "product": {"id": 17, "author": "ana"},
        }),
    )
}

#[test]
fn every_example_yields_what_its_schema_says() {
    for spec in TASKS.specs() {
        let validator = jsonschema::validator_for(&spec.output_schema).unwrap();
        let setup = setup(spec.name, spec.example.clone());
        let run = setup.run();
        let output = record(&run, "task-1").output.clone();
        let output = output.unwrap_or_else(|| panic!("{}: {:?}", spec.name, run.end));
        let faults: Vec<String> = validator
            .iter_errors(&output)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(faults, Vec::<String>::new(), "{}: {output:#}", spec.name);
        let shown = spec.output_schema["properties"].as_object().unwrap();
        for member in output.as_object().unwrap().keys() {
            assert!(shown.contains_key(member), "{} does not show {member}", spec.name);
        }
    }
}

#[test]
fn so_does_what_rounds_to_nothing() {
    for spec in TASKS.specs() {
        if !["invoice", "royalty", "commission"]
            .iter()
            .any(|share| spec.name.ends_with(share))
        {
            continue;
        }
        let validator = jsonschema::validator_for(&spec.output_schema).unwrap();
        let setup = setup(spec.name, json!({"amount": "0.00"}));
        let run = setup.run();
        let output = record(&run, "task-1").output.clone().unwrap();
        assert!(validator.is_valid(&output), "{}: {output:#}", spec.name);
        assert_eq!(output.get("transaction_id"), None);
    }
}
