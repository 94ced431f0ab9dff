//! What a rule's document looks like, for the OpenAPI document and its readers. It is read by `rules`, never by this.

use poem_openapi::{Object, types::Example};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A payment rule: an acyclic graph of conditions and tasks.
#[derive(Object)]
#[oai(example)]
pub(crate) struct RuleDocument {
    /// Whose rule it is.
    company_id: Uuid,
    /// The nodes. Each has `node_id` and `node_type` (`condition` or `task`), and may have `label`, `depends_on`
    /// (`[{node_id, state}]`) and `join` (`all` or `any`). A condition has `expect`
    /// (`[{field, operator, value}]`) and `match`; a task has `task_name` and `parameters`, and may have `on_failure`,
    /// `compensate`, `retry` and `timeout_ms`.
    rules: Vec<Value>,
    /// The version of the rule language: 1.
    language: Option<u32>,
    /// Tells the company's rules apart; `default` unless said.
    name: Option<String>,
    /// For people.
    description: Option<String>,
    /// Which events it is for, as a condition: `{match, expect}`. Every one unless said.
    when: Option<Value>,
    /// Where the canvas draws the nodes, by their ids; no part of the rule's meaning.
    layout: Option<Value>,
}

impl Example for RuleDocument {
    fn example() -> Self {
        let layout = Map::from_iter([("is-product".to_owned(), json!({"x": 0, "y": 0}))]);
        Self {
            company_id: Uuid::from_u128(0xb5aa_9687_d61f_467c_973e_f55d_4469_81dc),
            rules: nodes(),
            language: Some(1),
            name: Some("products".to_owned()),
            description: Some("Invoices products; stops everything else.".to_owned()),
            when: Some(json!({"expect": [{"field": "$context.event.total", "operator": "gt", "value": 0}]})),
            layout: Some(Value::Object(layout)),
        }
    }
}

/// The nodes of the example.
pub(crate) fn nodes() -> Vec<Value> {
    vec![
        json!({
            "node_id": "is-product",
            "node_type": "condition",
            "expect": [{"field": "$context.event.payment_type", "operator": "eq", "value": ["product"]}],
        }),
        json!({
            "node_id": "invoice",
            "node_type": "task",
            "depends_on": [{"node_id": "is-product", "state": "success"}],
            "task_name": "payment.tasks.generate_invoice",
            "parameters": {"product_id": "$context.event.product.id"},
        }),
        json!({
            "node_id": "stop",
            "node_type": "task",
            "depends_on": [{"node_id": "is-product", "state": "failure"}],
            "task_name": "payment.tasks.abort_flow",
        }),
    ]
}
