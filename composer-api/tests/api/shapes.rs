//! Every answer is read by the shapes that the browser reads it by, and says the same when it is written again.

use api_types::{
    Company, DeadLetter, NodeResults, Page, Partition, Problem, Publication, Rule, RuleVersion,
    RuleVersionSummary, Run, RunDetails, SimulatedEvent, SimulatedTransaction, Simulation, Statistics, Task,
    Validation,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use store::conformance::Payment;

use crate::support::{COMPANY, Composer, Reply, company_id, rule};

#[track_caller]
fn read<T: Serialize + DeserializeOwned>(reply: &Reply) -> T {
    let text = reply.text();
    let read: T = serde_json::from_str(text).expect(text);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    read
}

#[tokio::test]
async fn answers_about_rules() {
    let composer = Composer::new();
    let id = composer.save("products").await;
    let of_rule = format!("/payment-rules/{id}");
    let saved: Rule = read(&composer.get(&of_rule).await);
    assert_eq!(saved.layout.text(), r#"{"condition-1":{"x":10,"y":1.5}}"#);
    read::<Page<Rule>>(&composer.get("/payment-rules").await);
    read::<Page<Rule>>(&composer.get("/payment-rules?recent_runs=1").await);
    read::<Page<RuleVersionSummary>>(&composer.get(&format!("{of_rule}/versions")).await);
    read::<RuleVersion>(&composer.get(&format!("{of_rule}/versions/1")).await);
    read::<Validation>(&composer.post("/payment-rules/validate", rule("products")).await);
    read::<Company>(&composer.get(&format!("/companies/{COMPANY}")).await);
    read::<Publication>(
        &composer
            .get(&format!("/companies/{COMPANY}/published-rules"))
            .await,
    );
    let tasks: Page<Task> = read(&composer.get("/tasks").await);
    assert!(!tasks.items.is_empty());
    let refused: Problem = read(&composer.post("/payment-rules", json!({"rules": 1})).await);
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (422, "invalid_rule"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn answers_about_runs() {
    let composer = Composer::new();
    let mut payment = Payment::new(company_id(), "e1");
    payment.events = 1;
    composer
        .pay([payment.clone(), Payment::new(company_id(), "e2")])
        .await;
    let runs: Page<Run> = read(&composer.get("/runs?limit=1").await);
    assert!(runs.next_cursor.is_some());
    let run: RunDetails = read(&composer.get(&format!("/runs/{}", payment.run_id())).await);
    assert_eq!((run.transactions.len(), run.events.len()), (1, 1));
    read::<Page<Company>>(&composer.get("/companies").await);
    read::<Page<Partition>>(&composer.get("/partitions").await);
    read::<Page<DeadLetter>>(&composer.get("/dead-letters").await);
    let statistics: Statistics = read(&composer.get("/stats").await);
    assert_eq!(statistics.total.runs["succeeded"], 2);
}

#[tokio::test]
async fn answers_about_simulations() {
    let composer = Composer::new();
    let event =
        json!({"company_id": COMPANY, "payment_type": "product", "total": "12.00", "currency": "BRL"});
    let asked = json!({"rule": rule("products"), "event": event});
    let simulation: Simulation = read(&composer.post("/payment-rules/simulate", asked).await);
    let nodes: NodeResults = simulation.nodes.read().unwrap();
    assert_eq!(nodes["condition-1"].comparisons.len(), 1);
    let posted: SimulatedTransaction = simulation.transactions[0].read().unwrap();
    assert_eq!(
        (posted.entries.len(), posted.entries[0].amount.as_str()),
        (2, "12.00")
    );
    let sent: SimulatedEvent = simulation.events[0].read().unwrap();
    assert_eq!(sent.event_type, "invoice.generated");
}
