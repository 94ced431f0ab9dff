//! Trying a rule out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tasks::{Company, RunSubject, TaskResult, Tasks};
use uuid::Uuid;

/// What amounts are in that name no currency, where nothing is known of the company.
const CURRENCY: &str = "BRL";
/// The ids of a simulation are counted from here: nobody keeps them.
const FIRST_ID: u128 = 1;

/// What is known of the company.
#[derive(Debug, Default, Deserialize)]
struct KnownCompany {
    name: Option<String>,
    plan: Option<String>,
    region: Option<String>,
    currency: Option<String>,
}

/// How a task is to come out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Success,
    Failure,
}

/// A result, as the request tells it.
#[derive(Debug, Deserialize)]
struct Told {
    state: Outcome,
    output: Option<Value>,
    error: Option<Fault>,
}

#[derive(Debug, Deserialize)]
struct Fault {
    code: Option<String>,
    message: Option<String>,
}

/// Runs a rule for an event, on an empty ledger.
pub(crate) fn simulate(tasks: &Tasks, request: &str) -> Value {
    tried(tasks, request).unwrap_or_else(|refused| refused)
}

fn tried(tasks: &Tasks, request: &str) -> Result<Value, Value> {
    let mut request = rules::json::parse(request.as_bytes()).map_err(problem)?;
    let mut take = |member: &str| request.get_mut(member).map(Value::take).unwrap_or_default();
    let (document, event) = (take("rule"), take("event"));
    let company: KnownCompany = read(take("company"))?;
    let results = results(take("task_results"))?;
    let at_ms = take("at_ms").as_i64().unwrap_or_default();
    let rule = rules::check(&document, tasks)
        .into_rule()
        .map_err(|findings| json!({ "findings": findings }))?;
    let company = company_of(rule.document.company_id, company)?;
    let mut ids = (FIRST_ID..).map(Uuid::from_u128);
    let mut new_id = || ids.next().unwrap_or_default();
    let subject = RunSubject {
        plan: &rule.plan,
        event: &event,
        company: &company,
        run_id: new_id(),
        rule_id: new_id(),
        rule_version: 1,
        accepted_at: Timestamp::from_millisecond(at_ms).map_err(problem)?,
    };
    let simulation = tasks::simulate(tasks, subject, &results, &mut new_id).map_err(problem)?;
    Ok(json!({
        "status": simulation.status,
        "error": simulation.error,
        "nodes": simulation.nodes,
        "transactions": simulation.transactions,
        "events": simulation.events,
    }))
}

fn company_of(company_id: Uuid, known: KnownCompany) -> Result<Company, Value> {
    Ok(Company {
        company_id,
        name: known.name.unwrap_or_default(),
        plan: known.plan,
        region: known.region,
        currency: known
            .currency
            .as_deref()
            .unwrap_or(CURRENCY)
            .parse()
            .map_err(problem)?,
    })
}

fn results(results: Value) -> Result<BTreeMap<String, TaskResult>, Value> {
    let results: Option<BTreeMap<String, Told>> = read(results)?;
    let results = results.unwrap_or_default().into_iter();
    Ok(results
        .map(|(node_id, result)| (node_id, result_of(result)))
        .collect())
}

fn result_of(result: Told) -> TaskResult {
    match result.state {
        Outcome::Success => TaskResult::Success(result.output.unwrap_or_else(|| json!({}))),
        Outcome::Failure => {
            let fault = result.error;
            let (code, message) = fault.map(|fault| (fault.code, fault.message)).unwrap_or_default();
            TaskResult::Failure {
                code: code.unwrap_or_else(|| "simulated_failure".to_owned()),
                message: message
                    .unwrap_or_else(|| "The simulation was told that this task fails.".to_owned()),
            }
        }
    }
}

/// Null is nothing said.
fn read<T: serde::de::DeserializeOwned + Default>(value: Value) -> Result<T, Value> {
    if value.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(value).map_err(problem)
}

fn problem(fault: impl std::fmt::Display) -> Value {
    json!({ "problem": fault.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simulated(results: &Value) -> Value {
        let rule: Value =
            rules::json::parse(include_bytes!("../../examples/rules/physical-product/rule.json")).unwrap();
        let event = json!({
            "status": "paid", "total": "120.00", "currency": "BRL", "quantity": 1, "shipping_address": "Rua A",
            "product": {"id": "p", "kind": "physical", "type": "book"}, "seller": {"id": "s"},
        });
        let request =
            json!({"rule": rule, "event": event, "task_results": results, "at_ms": 1_700_000_000_000_i64});
        simulate(&Tasks::built_in().unwrap(), &request.to_string())
    }

    #[test]
    fn a_book_is_shipped_twice_and_its_commission_is_posted() {
        let simulation = simulated(&Value::Null);
        assert_eq!(simulation["status"], "succeeded", "{simulation}");
        assert_eq!(simulation["nodes"]["is-book"]["state"], "success");
        assert_eq!(
            simulation["transactions"].as_array().unwrap().len(),
            1,
            "{simulation}"
        );
        assert_eq!(simulation["events"][0]["type"], "shipment.requested");
    }

    #[test]
    fn a_task_comes_out_as_it_is_told() {
        let simulation = simulated(&json!({"ship": {"state": "failure", "error": {"code": "no_stock"}}}));
        assert_eq!(simulation["nodes"]["ship"]["state"], "failure", "{simulation}");
        assert_eq!(simulation["nodes"]["ship"]["error"]["code"], "no_stock");
        assert_eq!(simulation["nodes"]["is-book"]["state"], "skipped");
    }

    #[test]
    fn what_cannot_run_says_why() {
        let tasks = Tasks::built_in().unwrap();
        let broken = json!({"rule": {"company_id": Uuid::nil(), "rules": [{}]}, "event": {}});
        assert!(simulate(&tasks, &broken.to_string())["findings"].is_array());
        assert!(simulate(&tasks, "[")["problem"].is_string());
    }
}
