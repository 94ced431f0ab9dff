//! What is paid in a measurement: products, of which an invoice and a royalty are posted.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode};
use serde_json::{Value, json};
use service::{Ids as _, SystemIds};
use uuid::Uuid;

use super::load::Traffic;
use crate::commands::http;

/// Companies with their rule.
pub(super) struct Scenario {
    companies: Vec<Uuid>,
}

impl Scenario {
    /// So many companies, of which nobody knows yet.
    pub(super) fn new(companies: u16) -> Self {
        let companies = (0..companies).map(|_| SystemIds.next()).collect();
        Self { companies }
    }

    pub(super) fn companies(&self) -> &[Uuid] {
        &self.companies
    }

    /// Creates the companies and publishes the rule for each.
    pub(super) async fn set_up(&self, composer_url: &str) -> anyhow::Result<()> {
        let client = http::client()?;
        for company_id in &self.companies {
            let company = json!({"company_id": company_id.to_string(), "name": "Bench", "currency": "BRL"});
            create(&client, &format!("{composer_url}/companies"), &company).await?;
            create(
                &client,
                &format!("{composer_url}/payment-rules"),
                &rule(*company_id),
            )
            .await?;
        }
        Ok(())
    }

    /// The company of the nth event.
    pub(super) fn company(&self, number: u64) -> Uuid {
        let count = u64::try_from(self.companies.len()).unwrap_or(1).max(1);
        let turn = usize::try_from(number % count).unwrap_or_default();
        self.companies.get(turn).copied().unwrap_or_default()
    }

    /// The nth event: one of its own, of the companies in turn.
    pub(super) fn event(&self, number: u64) -> Vec<u8> {
        let company_id = self.company(number);
        format!(
            "{{\"company_id\":\"{company_id}\",\"event_id\":\"bench-{number}\",\"type\":\"product\",\"payment_type\":\"product\",\
             \"total\":\"120.0\",\"product\":{{\"id\":\"p-1\",\"type\":\"book\"}}}}"
        )
        .into_bytes()
    }
}

impl Traffic for Scenario {
    fn request(&self, number: u64) -> hyper::http::Result<Request<Full<Bytes>>> {
        Request::post("/payment")
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .body(Full::from(self.event(number)))
    }

    fn is_accepted(&self, status: StatusCode, _body: &Bytes, _took: Duration) -> bool {
        status == StatusCode::OK
    }
}

async fn create(client: &reqwest::Client, url: &str, body: &Value) -> anyhow::Result<()> {
    let response = http::post(client, url, "application/json", body.to_string().into_bytes()).await?;
    let status = response.status();
    let answer = http::json_of(response).await?;
    anyhow::ensure!(
        status.is_success(),
        "{url} answered {status}: {}",
        http::problem_lines(&answer).join("; ")
    );
    Ok(())
}

fn rule(company_id: Uuid) -> Value {
    let path = |path: &str| format!("$context.event.{path}");
    let parameters = json!({"company_id": path("company_id"), "product_id": path("product.id")});
    let condition = |id: &str, field: &str, operator: &str, value: Value| json!({"node_type": "condition", "node_id": id, "expect": [{"field": path(field), "operator": operator, "value": value}]});
    let mut book = condition("condition-2", "product.type", "in", json!(["book", "ebook"]));
    if let Some(members) = book.as_object_mut() {
        members.insert(
            "depends_on".to_owned(),
            json!([{"node_id": "condition-1", "state": "success"}]),
        );
    }
    json!({
        "company_id": company_id.to_string(),
        "rules": [
            condition("condition-1", "payment_type", "eq", json!(["product"])),
            {"node_type": "task", "node_id": "abort-flow-1", "task_name": "payment.tasks.abort_flow",
             "depends_on": [{"node_id": "condition-1", "state": "failure"}]},
            {"node_type": "task", "node_id": "generate-invoice-1", "task_name": "payment.tasks.generate_invoice",
             "depends_on": [{"node_id": "condition-1", "state": "success"}], "parameters": parameters},
            book,
            {"node_type": "task", "node_id": "generate_royalty-1", "task_name": "payment.tasks.generate_royalty",
             "parameters": parameters},
        ],
    })
}
