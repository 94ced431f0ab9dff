//! One event from the queue to the store, with all that is kept of it.

use serde_json::{Value, json};
use store::{RunDetails, RunStatus};

use crate::support::{Company, Pinned, System, minor, nodes_of};

/// A product is invoiced, anything else is aborted; a royalty is owed for both.
fn sale() -> Value {
    let passed_on =
        json!({"company_id": "$context.event.company_id", "product_id": "$context.event.product.id"});
    json!([
        {"node_type": "condition", "node_id": "condition-1",
         "expect": [{"field": "$context.event.payment_type", "operator": "eq", "value": ["product"]}]},
        {"node_type": "task", "node_id": "abort-flow-1",
         "depends_on": [{"node_id": "condition-1", "state": "failure"}],
         "task_name": "payment.tasks.abort_flow", "parameters": null},
        {"node_type": "task", "node_id": "generate-invoice-1",
         "depends_on": [{"node_id": "condition-1", "state": "success"}],
         "task_name": "payment.tasks.generate_invoice", "parameters": passed_on},
        {"node_type": "condition", "node_id": "condition-2",
         "depends_on": [{"node_id": "condition-1", "state": "success"}],
         "expect": [{"field": "$context.event.product.type", "operator": "in", "value": ["book", "ebook"]}]},
        {"node_type": "task", "node_id": "generate_royalty-1",
         "task_name": "payment.tasks.generate_royalty", "parameters": passed_on},
    ])
}

fn book() -> Value {
    json!({"payment_type": "product", "total": 120.50, "product": {"id": "p-1", "type": "book"}})
}

async fn company(system: &System) -> (Company, Pinned) {
    let company = Company::new(system).await;
    let rule = company.rule(system, "sale", &sale()).await;
    (company, rule)
}

#[tokio::test]
async fn a_run_is_stored_with_all_that_it_did() {
    let system = System::open().await;
    let (company, rule) = company(&system).await;
    let text = book().to_string().replace("120.5", " 120.50 ");
    let event = company.event_of("order-1", text.clone(), &[&rule]);
    system.publish([&event]).await;
    system.work_off().await;

    let RunDetails {
        run,
        event: kept,
        transactions,
        events,
    } = system.run(event.runs[0].run_id).await;
    assert_eq!(kept.unwrap(), text, "the event is kept byte for byte");
    assert_eq!((run.status, &run.error), (RunStatus::Succeeded, &None));
    assert_eq!(
        (run.claim_id, run.company_id, run.event_id.as_str()),
        (event.id, company.id(), "order-1")
    );
    assert_eq!(
        (run.rule_id, run.rule_name.as_str(), run.rule_version),
        (rule.rule_id, "sale", 1)
    );
    assert_eq!(run.correlation_id, "correlation-order-1");

    // The royalty stands in an earlier wave than the invoice.
    let nodes: Vec<_> = transactions
        .iter()
        .map(|posted| posted.node_id.as_deref())
        .collect();
    assert_eq!(nodes, [Some("generate_royalty-1"), Some("generate-invoice-1")]);
    let [royalty, invoice] = [0, 1].map(|place: usize| &transactions[place]);
    assert_eq!(minor(&royalty.entries, |entry| entry.amount), [1_205, 1_205]);
    assert_eq!(minor(&invoice.entries, |entry| entry.amount), [12_050, 12_050]);
    assert_eq!(
        minor(&invoice.entries, |entry| entry.balance_after),
        [12_050, 12_050]
    );
    assert_eq!(invoice.reference, format!("{}:generate-invoice-1", run.id));
    assert!(transactions.iter().all(|posted| posted.run_id == Some(run.id)));
    let metadata: Value = serde_json::from_str(&invoice.metadata).unwrap();
    assert_eq!(metadata, json!({"company_id": null, "product_id": "p-1"}));

    let [sent] = &events[..] else {
        panic!("expected one event: {events:?}");
    };
    assert_eq!((sent.event_type.as_str(), sent.number), ("invoice.generated", 1));
    assert_eq!(
        (sent.source.node_id().unwrap(), sent.correlation_id.as_str()),
        ("generate-invoice-1", "correlation-order-1")
    );
    let data: Value = serde_json::from_str(&sent.data).unwrap();
    assert_eq!(
        data,
        json!({"amount": "120.50", "currency": "BRL", "company_id": null, "product_id": "p-1", "invoice_number": 1})
    );
    system.close().await;
}

#[tokio::test]
async fn every_node_is_stored_with_its_outcome_and_its_trace() {
    let system = System::open().await;
    let (company, rule) = company(&system).await;
    let event = company.event("order-1", &book(), &[&rule]);
    system.publish([&event]).await;
    system.work_off().await;

    let details = system.run(event.runs[0].run_id).await;
    let [royalty, invoice] = [0, 1].map(|place: usize| details.transactions[place].id.to_string());
    let compared = |field: &str, operator: &str, value: Value, actual: &str| json!([{"field": field, "operator": operator, "value": value, "actual": actual, "holds": true, "error": null}]);
    let settled = |state: &str, output: Value, attempts: u32, comparisons: Value| json!({"state": state, "output": output, "error": null, "attempts": attempts, "comparisons": comparisons});
    let expected = json!({
        "condition-1": settled("success", Value::Null, 1,
            compared("$context.event.payment_type", "eq", json!(["product"]), "product")),
        "abort-flow-1": settled("skipped", Value::Null, 0, json!([])),
        "generate-invoice-1": settled("success",
            json!({"amount": "120.50", "currency": "BRL", "transaction_id": invoice, "invoice_number": 1}), 1, json!([])),
        "condition-2": settled("success", Value::Null, 1,
            compared("$context.event.product.type", "in", json!(["book", "ebook"]), "book")),
        "generate_royalty-1": settled("success",
            json!({"amount": "12.05", "currency": "BRL", "percent": "10", "beneficiary": null, "transaction_id": royalty}),
            1, json!([])),
    });
    assert_eq!(nodes_of(&details.run), expected);
    system.close().await;
}

#[tokio::test]
async fn times_are_stored_in_the_order_in_which_they_passed() {
    let system = System::open().await;
    let (company, rule) = company(&system).await;
    let event = company.event("order-1", &book(), &[&rule]);
    system.publish([&event]).await;
    system.work_off().await;

    let [heard] = system.heard.runs()[..] else {
        panic!("expected to hear of one run");
    };
    let details = system.run(event.runs[0].run_id).await;
    assert_eq!(
        (heard.run_id, heard.company_id, heard.status, heard.accepted_at),
        (
            details.run.id,
            company.id(),
            RunStatus::Succeeded,
            event.accepted_at
        )
    );
    let finished_at = details.run.finished_at.unwrap();
    let accepted_us = event.accepted_at.as_microsecond();
    assert_eq!(details.run.accepted_at.as_microsecond(), accepted_us);
    assert!(details.run.accepted_at <= details.run.started_at);
    assert!(details.run.started_at <= finished_at);
    assert!(finished_at <= heard.committed_at);
    let made = details.transactions.iter().map(|posted| posted.created_at);
    let mut made = made.chain(details.events.iter().map(|sent| sent.created_at));
    assert!(made.all(|created_at| created_at == finished_at));
    system.close().await;
}

#[tokio::test]
async fn an_aborted_run_keeps_what_was_done_before_it_ended() {
    let system = System::open().await;
    let (company, rule) = company(&system).await;
    let event = company.event(
        "order-1",
        &json!({"payment_type": "service", "total": "80"}),
        &[&rule],
    );
    system.publish([&event]).await;
    system.work_off().await;

    let details = system.run(event.runs[0].run_id).await;
    assert_eq!(details.run.status, RunStatus::Aborted);
    let error = details.run.error.as_ref().unwrap();
    assert_eq!(
        (error.code.as_str(), error.node_id.as_deref()),
        ("aborted", Some("abort-flow-1"))
    );
    let nodes = nodes_of(&details.run);
    let states: Vec<_> = nodes
        .as_object()
        .unwrap()
        .values()
        .map(|node| &node["state"])
        .collect();
    assert_eq!(states, ["failure", "success", "skipped", "skipped", "success"]);
    assert_eq!(details.events, []);
    assert_eq!(system.balance(&company, "royalties_payable").await, 800);
    assert_eq!(system.balance(&company, "revenue").await, 0);
    system.close().await;
}

/// Two companies in one line, whose events alternate and of which some send nothing.
#[tokio::test]
async fn numbers_have_no_gaps_within_each_company() {
    let system = System::open().await;
    let ours = Company::in_partition(&system, 5).await;
    let theirs = Company::in_partition(&system, 5).await;
    let mut events = Vec::new();
    for (company, abort_every) in [(&ours, 3), (&theirs, 4)] {
        let rule = company.rule(&system, "sale", &sale()).await;
        events.extend(company.events(30, &rule, |number| {
            let kind = if number % abort_every == 0 {
                "service"
            } else {
                "product"
            };
            json!({"payment_type": kind, "total": 10})
        }));
    }
    let (first, second) = events.split_at(30);
    let alternating = first.iter().zip(second).flat_map(|(ours, theirs)| [ours, theirs]);
    system.publish(alternating).await;
    system.finish(system.worker_taking(7)).await;

    for (company, invoices) in [(&ours, 20), (&theirs, 22)] {
        let mut numbers = Vec::new();
        for run in system.runs(company).await {
            for event in system.run(run.id).await.events {
                let data: Value = serde_json::from_str(&event.data).unwrap();
                numbers.push((event.number, data["invoice_number"].as_u64().unwrap()));
            }
        }
        assert_eq!(
            numbers,
            (1..=invoices).map(|number| (number, number)).collect::<Vec<_>>()
        );
    }
    system.close().await;
}

/// Balances go on from where the batch before left them.
#[tokio::test]
async fn every_entry_carries_the_balance_that_it_left() {
    let system = System::open().await;
    let (company, rule) = company(&system).await;
    let events = company.events(
        10,
        &rule,
        |number| json!({"payment_type": "product", "total": number + 1}),
    );
    system.publish(&events).await;
    system.finish(system.worker_taking(4)).await;

    let entries = system.entries(&company, "revenue").await;
    let expected: Vec<i64> = (1..=10).map(|number| number * (number + 1) / 2 * 100).collect();
    assert_eq!(minor(&entries, |entry| entry.balance_after), expected);
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
    assert_eq!(system.store.sizes(), [4, 4, 2]);
    system.close().await;
}
