//! What an event costs the router in CPU time, without the HTTP server and the queue's disk.
//!
//! `cargo run --release -p router --example cost`

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use poem::{Endpoint as _, Request};
use queue::{CompanySnapshot, Message, PublishError, Publisher};
use router::{
    Changes, Fetched, Publication, PublishedRule, RouterConfig, RouterDeps, RuleSource, SourceError,
};
use serde_json::json;
use service::{SystemClock, SystemIds};
use tasks::Tasks;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

const EVENTS: u32 = 100_000;
const COMPANY: Uuid = Uuid::from_u128(0xb5aa_9687);

/// Takes everything and keeps nothing.
struct Nowhere;

#[async_trait]
impl Publisher for Nowhere {
    async fn publish(&self, _: Message) -> Result<(), PublishError> {
        Ok(())
    }

    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        vec![Ok(()); messages.len()]
    }
}

/// One rule, for large events.
struct OneRule;

#[async_trait]
impl RuleSource for OneRule {
    async fn published_rules(&self, company_id: Uuid, _: Option<&str>) -> Result<Fetched, SourceError> {
        let company = CompanySnapshot {
            company_id,
            name: "Ana".to_owned(),
            plan: None,
            region: None,
            currency: "BRL".to_owned(),
        };
        let document = json!({
            "company_id": company_id,
            "when": {"expect": [{"field": "$context.event.total", "operator": "gt", "value": 100}]},
            "rules": [{"node_id": "invoice", "node_type": "task", "task_name": "payment.tasks.generate_invoice"}],
        });
        let rule = PublishedRule {
            rule_id: company_id,
            name: "default".to_owned(),
            version: 1,
            document,
        };
        let publication = Publication {
            company,
            rules: vec![rule],
            revision: 1,
        };
        Ok(Fetched::Changed {
            etag: "\"1\"".to_owned(),
            publication,
        })
    }

    async fn changes(&self) -> Result<Changes, SourceError> {
        Ok(stream::pending().boxed())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let deps = RouterDeps {
        publisher: Arc::new(Nowhere),
        rules: Arc::new(OneRule),
        tasks: Arc::new(Tasks::built_in()?),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        checks: Vec::new(),
        shutdown: CancellationToken::new(),
        work: TaskTracker::new(),
    };
    let endpoint = router::endpoint(deps, RouterConfig::default());
    let mut refused = 0;
    let started = Instant::now();
    for number in 0..EVENTS {
        let request = Request::builder()
            .method(poem::http::Method::POST)
            .uri(poem::http::Uri::from_static("/payment"))
            .content_type("application/json")
            .body(event(number));
        refused += u32::from(!endpoint.get_response(request).await.status().is_success());
    }
    let each = started.elapsed().checked_div(EVENTS).unwrap_or(Duration::ZERO);
    println!(
        "{each:?} per event of {} bytes; {refused} refused",
        event(0).len()
    );
    Ok(())
}

fn event(number: u32) -> String {
    let customer = json!({"id": 42, "name": "Beatriz Souza", "document": "123.456.789-09", "city": "Recife"});
    let item = json!({"sku": "A-1", "name": "Curso de contabilidade", "quantity": 1, "price": "120.00"});
    json!({
        "company_id": COMPANY,
        "event_id": format!("order-{number}"),
        "type": "order.paid",
        "total": "120.00",
        "currency": "BRL",
        "customer": customer,
        "items": [item, item, item],
        "metadata": {"campaign": "spring", "channel": "web"},
    })
    .to_string()
}
