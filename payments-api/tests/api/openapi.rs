//! The OpenAPI document, and what every service has.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::Bank;

const SNAPSHOT: &str = include_str!("../openapi.snapshot");

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
    let document = Bank::on_sqlite().get("/openapi.json").await.json(200);
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
    let document = Bank::on_sqlite().get("/openapi.json").await.json(200);
    for (name, operation) in operations(&document) {
        // Those of every service are explained where they are made.
        if name.ends_with('z') {
            continue;
        }
        assert!(
            operation["summary"].is_string() && operation["operationId"].is_string(),
            "{name}"
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let explained =
                parameter["description"].is_string() || parameter["schema"]["description"].is_string();
            let is_page = parameter["name"] == "cursor";
            assert!(
                explained || is_page || parameter["in"] == "path",
                "{name}: {parameter}"
            );
        }
    }
}

/// A member that is null says the same as one that is left out, and the document says so of each that may be left out.
#[tokio::test]
async fn what_may_be_left_out_may_be_null() {
    let document = Bank::on_sqlite().get("/openapi.json").await.json(200);
    let mut optional = 0;
    for (name, operation) in operations(&document) {
        let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(schema) = body.as_str() else { continue };
        let schema = document.pointer(schema.trim_start_matches('#')).unwrap();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (member, said) in schema["properties"].as_object().into_iter().flatten() {
            let is_optional = !required.contains(&Value::from(member.as_str()));
            let is_nullable = said["nullable"] == true || said.get("default").is_some();
            assert_eq!(is_optional, is_nullable, "{name}: {member} {said}");
            optional += u32::from(is_optional);
        }
    }
    assert!(optional > 20, "{optional}");
}

#[tokio::test]
async fn it_is_alive_and_ready() {
    let bank = Bank::on_sqlite();
    for path in ["/healthz", "/readyz", "/docs"] {
        assert_eq!(bank.get(path).await.status, 200, "{path}");
    }
    bank.store.close().await;
    assert_eq!(bank.get("/readyz").await.status, 503);
}
