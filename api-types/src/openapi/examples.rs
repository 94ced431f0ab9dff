//! Examples that work: each is tried by the server's tests.

use jiff::Timestamp;
use poem_openapi::types::Example;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{JsonText, NewCompany, Rule, RuleDocument, RuleStatus, SimulationRequest, Time};

const COMPANY: Uuid = Uuid::from_u128(0xb5aa_9687_d61f_467c_973e_f55d_4469_81dc);

#[expect(clippy::expect_used, reason = "what is written here can be written as JSON")]
fn text(value: &Value) -> JsonText {
    JsonText::of(value).expect("a value is JSON")
}

/// The nodes of the example: products are invoiced, and everything else is stopped.
fn nodes() -> [Value; 3] {
    [
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

impl Example for NewCompany {
    fn example() -> Self {
        Self {
            company_id: Some(COMPANY),
            name: "Padaria Central".to_owned(),
            plan: Some("pro".to_owned()),
            region: Some("sa-east".to_owned()),
            currency: Some("BRL".to_owned()),
        }
    }
}

impl Example for RuleDocument {
    fn example() -> Self {
        let when = json!({"expect": [{"field": "$context.event.total", "operator": "gt", "value": 0}]});
        Self {
            company_id: COMPANY,
            rules: nodes().iter().map(text).collect(),
            language: Some(1),
            name: Some("products".to_owned()),
            description: Some("Invoices products; stops everything else.".to_owned()),
            when: Some(text(&when)),
            layout: Some(text(&json!({"is-product": {"x": 0, "y": 0}}))),
        }
    }
}

impl Example for Rule {
    fn example() -> Self {
        let saved = Time::from(Timestamp::constant(1_767_225_600, 0));
        Self {
            id: Uuid::from_u128(0x019b_7779_5d80_7000_8000_0000_0000_0001),
            company_id: COMPANY,
            name: "products".to_owned(),
            version: 3,
            published_version: Some(2),
            status: RuleStatus::Published,
            rules: text(&json!(nodes())),
            when: None,
            description: String::new(),
            layout: text(&json!({})),
            warnings: Vec::new(),
            created_at: saved.clone(),
            updated_at: saved,
            recent_runs: None,
        }
    }
}

impl Example for SimulationRequest {
    fn example() -> Self {
        let event = json!({"company_id": COMPANY.to_string(), "payment_type": "product", "total": "120.00", "currency": "BRL"});
        let results = json!({"invoice": {"state": "success", "output": {"invoice_number": 1}}});
        Self {
            rule: Some(text(
                &json!({"company_id": COMPANY.to_string(), "rules": nodes()}),
            )),
            rule_id: None,
            version: None,
            event: text(&event),
            task_results: Some(text(&results)),
        }
    }
}
