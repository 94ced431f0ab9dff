//! The OpenAPI document.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::Composer;

const SNAPSHOT: &str = include_str!("../openapi.snapshot");

async fn document() -> Value {
    Composer::new().get("/openapi.json").await.json()
}

/// Every operation: its verb, its path, the statuses that it documents.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let verbs = item.as_object().unwrap().iter();
        verbs.map(move |(verb, operation)| (format!("{} {path}", verb.to_uppercase()), operation))
    });
    operations.collect()
}

/// What changes here changes for every client: compare, then replace `tests/openapi.snapshot`.
#[tokio::test]
async fn the_operations_are_those_of_the_snapshot() {
    let document = document().await;
    let mut lines: Vec<String> = Vec::new();
    for (name, operation) in operations(&document) {
        let statuses: Vec<&str> = operation["responses"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        lines.push(format!("{name} → {}", statuses.join(" ")));
    }
    lines.sort();
    let found = lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").unwrap();
        text
    });
    assert_eq!(found, SNAPSHOT, "the operations changed; they are now:\n{found}");
}

#[tokio::test]
async fn every_operation_is_explained() {
    let document = document().await;
    for (name, operation) in operations(&document) {
        // Those of every service are explained where they are made.
        if name.ends_with('z') {
            continue;
        }
        assert!(
            operation["summary"].is_string() && operation["operationId"].is_string(),
            "{name}"
        );
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let explained =
                parameter["description"].is_string() || parameter["schema"]["description"].is_string();
            assert!(explained || parameter["in"] == "path", "{name}: {parameter}");
        }
    }
}

#[tokio::test]
async fn requests_have_examples_that_work() {
    let composer = Composer::new();
    let document = document().await;
    let example = |name: &str| document["components"]["schemas"][name]["example"].clone();
    assert_eq!(
        composer.post("/companies", example("NewCompany")).await.status,
        201
    );
    let saved = composer
        .post("/payment-rules", example("RuleDocument"))
        .await
        .json();
    assert_eq!(saved["warnings"], serde_json::json!([]));
    let simulated = composer
        .post("/payment-rules/simulate", example("SimulationRequest"))
        .await
        .json();
    assert_eq!(simulated["status"], "succeeded");
}
