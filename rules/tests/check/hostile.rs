//! Documents made to be slow. The time allowed is far beyond what each takes, and far below what each would
//! take if its size were not bounded.

use std::time::{Duration, Instant};

use rules::json;
use rules::model::MAX_DOCUMENT_BYTES;
use serde_json::{Value, json};

use super::documents::{accepted, check, condition, of_nodes, on, task};

/// Each takes a second at most. Generous all the same, since tests run unoptimised on busy machines.
const ALLOWED: Duration = Duration::from_mins(1);

fn assert_quick(document: &Value) -> Vec<&'static str> {
    let start = Instant::now();
    let report = check(document);
    let taken = start.elapsed();
    assert!(
        taken < ALLOWED,
        "{taken:?} for {} bytes",
        document.to_string().len()
    );
    report.findings.into_iter().map(|finding| finding.code).collect()
}

fn long_ids(count: usize, prefix: char) -> impl Iterator<Item = String> {
    (0..count).map(move |number| format!("{}{number:05}", prefix.to_string().repeat(58)))
}

#[test]
fn deep_values() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json::parse(nested(1 << 20).as_bytes()).is_err());
    let deepest = json::parse(nested(json::MAX_DEPTH - 4).as_bytes()).unwrap();
    for member in [
        "depends_on",
        "parameters",
        "expect",
        "retry",
        "compensate",
        "task_name",
    ] {
        let mut node = task("a", json!([]));
        node[member] = deepest.clone();
        assert_quick(&of_nodes(json!([node])));
        let mut node = condition("a", json!([]));
        node[member] = deepest.clone();
        assert_quick(&of_nodes(json!([node])));
    }
    let mut node = task("a", json!([]));
    node["parameters"] = json!({"deep": deepest});
    accepted(&of_nodes(json!([node])));
}

#[test]
fn long_texts_everywhere() {
    let long = "x".repeat(MAX_DOCUMENT_BYTES);
    for member in [
        "node_id",
        "node_type",
        "join",
        "task_name",
        "on_failure",
        "timeout_ms",
        "retry",
        "label",
        &long,
    ] {
        let mut node = task("a", json!([]));
        node[member] = long.as_str().into();
        assert_quick(&of_nodes(json!([node])));
    }
    for (field, operator, value) in [
        (long.as_str(), "eq", "a"),
        (&format!("$context.{long}"), "eq", "a"),
        ("$context.event.a", &long, "a"),
        ("$context.event.a", "matches", &long),
        ("$context.event.a", "contains", &long),
    ] {
        let mut node = condition("a", json!([]));
        node["expect"] = json!([{"field": field, "operator": operator, "value": value}]);
        assert_quick(&of_nodes(json!([node])));
    }
    let mut node = task("a", json!([on(&long, "success"), on("b", &long)]));
    node["parameters"] =
        json!({"path": format!("$context.nodes.{long}"), "text": "{{ $context.event.a ".repeat(50_000)});
    assert_quick(&of_nodes(json!([node])));
}

#[test]
fn huge_numbers() {
    let digits = "9".repeat(1 << 19);
    for number in [
        format!("{digits}.{digits}"),
        format!("1e{digits}"),
        format!("-0.{digits}E-17"),
    ] {
        let number = json::parse(number.as_bytes()).unwrap();
        let mut asking = condition("c", json!([]));
        asking["expect"] = json!([{"field": "$context.event.a", "operator": "gt"}]);
        asking["expect"][0]["value"] = number.clone();
        let mut node = task("t", json!([on("c", "success")]));
        node["timeout_ms"] = number.clone();
        node["retry"] = json!({});
        node["retry"]["multiplier"] = number.clone();
        let mut document = of_nodes(json!([asking, node]));
        document["language"] = number;
        assert_eq!(assert_quick(&document), ["bad_value"; 3]);
    }
}

/// Each unknown name is compared with every known one to say what was meant.
#[test]
fn many_unknown_names_beside_many_known_ones() {
    let mut nodes: Vec<Value> = long_ids(1_000, 'a').map(|id| task(&id, json!([]))).collect();
    let unknown: Vec<String> = long_ids(64_000, 'b').collect();
    for (node, ids) in nodes.iter_mut().zip(unknown.chunks(5)) {
        node["depends_on"] = ids.iter().map(|id| on(id, "any")).collect();
        node["parameters"] =
            json!({"paths": ids.iter().map(|id| format!("$context.nodes.{id}.state")).collect::<Vec<_>>()});
    }
    let codes = assert_quick(&of_nodes(nodes.into()));
    assert_eq!(codes.len(), 10_000);
}

#[test]
fn one_cycle_through_every_node_with_every_edge() {
    let nodes: Vec<Value> = (0..1_000)
        .map(|node| {
            let edges = (1..=64).map(|step| on(&format!("n{}", (node + 1_000 - step) % 1_000), "any"));
            task(&format!("n{node}"), edges.collect())
        })
        .collect();
    assert_eq!(assert_quick(&of_nodes(nodes.into())), ["cycle"]);
}

/// A pattern of a few bytes compiles to a megabyte; one of a kilobyte may be much to simplify.
#[test]
fn many_large_patterns() {
    let large = |number: usize| format!("\\w{{30}}{number}");
    let complex = |number: usize| format!("[{}]{number}", "\\w\\S".repeat(250));
    for patterns in [
        (0..8_000).map(large).collect::<Vec<_>>(),
        (0..800).map(complex).collect(),
    ] {
        let expectation =
            |pattern| json!({"field": "$context.event.a", "operator": "matches", "value": pattern});
        let mut asking = condition("c", json!([]));
        asking["expect"] = patterns.into_iter().map(expectation).collect();
        let codes = assert_quick(&of_nodes(json!([asking])));
        assert!(codes.iter().all(|code| *code == "bad_regex"), "{codes:?}");
    }
}

/// Every selector of a segment visits every value that the segments before it found.
#[test]
fn paths_that_find_more_than_there_is() {
    for repeated in ["[*,*]", "[:,:]", "[0,0]", "[?@,?@]"] {
        let mut asking = condition("c", json!([]));
        let field = format!("$context.event{}", repeated.repeat(60));
        asking["expect"] = json!([{"field": field, "operator": "isnull"}]);
        assert_eq!(assert_quick(&of_nodes(json!([asking]))), ["bad_path"], "{field}");
    }
}
