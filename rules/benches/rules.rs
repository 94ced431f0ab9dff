//! What a rule costs: to ask one condition, to compile and to step the example of five nodes, and to compile
//! and step a thousand nodes with more and more edges.
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

#[path = "../tests/support/catalogue.rs"]
mod catalogue;

use std::hint::black_box;
use std::time::Duration;

use catalogue::Tasks;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rules::{Context, Execution, Plan, Progress, TaskOutcome, json};
use serde_json::{Value, json};

const EXAMPLE: &str = include_str!("../tests/check/example.json");
const EVENT: &str = r#"{"company_id":"b5aa9687-d61f-467c-973e-f55d446981dc","event_id":"evt_000001","payment_type":"product",
    "total":"120.00","currency":"BRL","product":{"id":"sku-17","type":"book","price":120.00},
    "customer":{"id":"c-9","name":"Ana","address":{"city":"Recife","country":"BR"}}}"#;

fn parsed(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn example() -> Value {
    parsed(&EXAMPLE.replace("conditional-1", "condition-1"))
}

fn compiled(document: &Value) -> Plan {
    rules::check(document, &Tasks).into_rule().unwrap().plan
}

fn three_expectations() -> Value {
    json!([
        {"field": "$context.event.payment_type", "operator": "eq", "value": ["product"]},
        {"field": "$context.event.product.type", "operator": "in", "value": ["book", "ebook"]},
        {"field": "$context.event.total", "operator": "gt", "value": 99.5},
    ])
}

/// Steps a plan to its end; every task answers at once.
fn step(plan: &Plan, event: &Value, company: &Value) -> usize {
    let context = Context {
        event,
        company,
        run: &Value::Null,
    };
    let mut execution = Execution::new(plan);
    let mut calls = 0;
    while let Progress::Task(call) = execution.advance(&context) {
        execution.settle(call.position, TaskOutcome::Success(Value::Null));
        calls += 1;
    }
    black_box(&execution);
    calls
}

fn condition(criterion: &mut Criterion) {
    let node = json!({"node_id": "c", "node_type": "condition", "expect": three_expectations()});
    let company_id = "b5aa9687-d61f-467c-973e-f55d446981dc";
    let document =
        json!({"company_id": company_id, "rules": [node], "when": {"expect": three_expectations()}});
    let (plan, event, company) = (compiled(&document), parsed(EVENT), json!({"plan": "pro"}));
    let mut group = criterion.benchmark_group("condition of three expectations");
    group.bench_function("asked by `when`", |bencher| {
        bencher.iter(|| plan.when(black_box(&event), &company));
    });
    group.bench_function("stepped as the one node of a rule", |bencher| {
        bencher.iter(|| step(&plan, black_box(&event), &company));
    });
}

fn five_nodes(criterion: &mut Criterion) {
    let (document, event, company) = (example(), parsed(EVENT), json!({"plan": "pro"}));
    let plan = compiled(&document);
    let mut group = criterion.benchmark_group("example of five nodes");
    group.bench_function("compile", |bencher| {
        bencher.iter(|| rules::check(black_box(&document), &Tasks));
    });
    group.bench_function("step", |bencher| {
        bencher.iter(|| step(&plan, black_box(&event), &company));
    });
}

/// A thousand nodes, each waiting for so many of those before it.
fn thousand_nodes(edges_per_node: usize) -> (Value, u64) {
    let mut edges = 0;
    let nodes = (0..1_000_usize).map(|node| {
        let sources = node.saturating_sub(edges_per_node)..node;
        edges += sources.len() as u64;
        let depends_on: Value = sources
            .map(|source| json!({"node_id": format!("n{source}"), "state": "any"}))
            .collect();
        let task_name = "payment.tasks.generate_invoice";
        json!({"node_id": format!("n{node}"), "node_type": "task", "task_name": task_name, "depends_on": depends_on})
    });
    let nodes: Value = nodes.collect();
    let document = json!({"company_id": "b5aa9687-d61f-467c-973e-f55d446981dc", "rules": nodes});
    (document, edges)
}

fn many_edges(criterion: &mut Criterion) {
    let event = parsed(EVENT);
    let mut group = criterion.benchmark_group("thousand nodes");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(500));
    for edges_per_node in [1, 4, 16, 64] {
        let (document, edges) = thousand_nodes(edges_per_node);
        let plan = compiled(&document);
        group.throughput(Throughput::Elements(edges));
        group.bench_function(format!("compile, {edges} edges"), |bencher| {
            bencher.iter(|| rules::check(black_box(&document), &Tasks));
        });
        group.bench_function(format!("step, {edges} edges"), |bencher| {
            bencher.iter(|| step(&plan, black_box(&event), &Value::Null));
        });
    }
}

criterion_group!(benches, condition, five_nodes, many_edges);
criterion_main!(benches);
