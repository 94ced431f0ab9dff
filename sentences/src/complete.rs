//! That nothing about rules is left unsaid: every kind of finding is provoked, by the code that finds it, and said in
//! Portuguese; and every sentence of that book is one that is really said. [`faults`] does so for runs, the members' own
//! tests for schemas. Of the API's refusals a few are tried.

#![expect(
    clippy::needless_pass_by_value,
    reason = "what is put into a document is its own"
)]

mod faults;

use std::collections::BTreeSet;

use rules::{FINDING_CODES, Finding, check};
use serde_json::{Value, json};
use tasks::Tasks;

use crate::{FINDINGS, WARNINGS, pattern};

const COMPANY: &str = "b5aa9687-d61f-467c-973e-f55d446981dc";

fn found(document: &Value, tasks: &Tasks) -> Vec<Finding> {
    let report = check(document, tasks);
    [report.findings, report.warnings].concat()
}

fn rule(nodes: Value) -> Value {
    json!({"company_id": COMPANY, "rules": nodes})
}

fn condition(expect: Value) -> Value {
    rule(json!([{"node_id": "a", "node_type": "condition", "expect": expect}]))
}

fn field(path: &str) -> Value {
    condition(json!([{"field": path, "operator": "isnull"}]))
}

fn value(operator: &str, value: Value) -> Value {
    condition(json!([{"field": "$context.event.a", "operator": operator, "value": value}]))
}

fn task(name: &str, parameters: Value) -> Value {
    let name = format!("payment.tasks.{name}");
    rule(json!([{"node_id": "t", "node_type": "task", "task_name": name, "parameters": parameters}]))
}

/// Faults of shape.
fn misshapen() -> Vec<Value> {
    let empty = |count: usize| vec![json!({}); count];
    let edge = json!({"node_id": "a", "state": "success"});
    vec![
        json!([]),
        json!({"rule": []}),
        json!({"company_id": "x", "rules": [], "name": "", "language": 2}),
        json!({"company_id": 7, "rules": {}, "when": [], "layout": 1}),
        rule(json!(empty(1_001))),
        rule(json!([7, {"node_id": "não", "node_type": "tsk"}, {"node_id": "x", "node_type": "condition"}])),
        rule(json!([{"node_id": "x", "node_type": "task", "depend_on": [], "depends_on": vec![edge; 65]}])),
        rule(
            json!([{"node_id": "x", "node_type": "task", "task_name": "payment.tasks.notify", "join": "al",
            "depends_on": [{"node_id": "y", "state": "sucess"}, {}], "timeout_ms": 0, "retry": {"multiplier": 0},
            "compensate": {}, "parameters": []}]),
        ),
        rule(
            json!([{"node_id": "x", "node_type": "condition", "expect": [{}, 1, {"field": 7, "operator": "equals"}]}]),
        ),
    ]
}

/// Faults of the graph, and of who looks at whom.
fn entangled() -> Vec<Value> {
    let node = |id: &str, edges: Value| json!({"node_id": id, "node_type": "condition", "depends_on": edges, "expect": []});
    let on = |id: &str| json!({"node_id": id, "state": "success"});
    vec![
        rule(json!([node("a", json!([on("b")])), node("b", json!([on("a")]))])),
        rule(json!([
            node("a", json!([on("a"), on("abc-9")])),
            node("abc-1", json!([])),
            node("a", json!([]))
        ])),
        rule(
            json!([node("a", json!([])), node("b", json!([on("a"), {"node_id": "a", "state": "failure"}])),
            {"node_id": "t", "node_type": "task", "task_name": "payment.tasks.notifi"},
            node("c", json!([{"node_id": "t", "state": "error"}]))]),
        ),
        rule(
            json!([node("a", json!([])), {"node_id": "b", "node_type": "condition",
            "expect": [{"field": "$context.nodes.a.state", "operator": "isnull"}]}]),
        ),
        json!({"company_id": COMPANY, "rules": [node("a", json!([]))], "when": {"expect": [
            {"field": "$context.nodes.a", "operator": "isnull"}, {"field": "$context.run.id", "operator": "isnull"}]}}),
    ]
}

/// Paths that are none.
fn astray() -> Vec<Value> {
    let long = format!("$context.event.{}", "a".repeat(600));
    let paths = [
        long.as_str(),
        "event.total",
        "$context.event[",
        "$context.event.a-b",
        "$context",
        "$context.evnt.a",
        "$context.nodes",
        "$context.nodes.b",
        "$context.event[[[[[[[[[[0]]]]]]]]]]",
        "$context.event..a..b",
        "$context.event[*,*][*,*][*,*][*,*][*,*]",
        "$context.event[?@..a]",
        "$context.event[?@['a','b']]",
        "$context.event[?match(@.a, 'b')]",
        "$context.event[?@.a > 1]",
        "$context.event[?$.a == 'b']",
    ];
    let looks = |path: &str| {
        rule(json!([{"node_id": "a", "node_type": "condition", "expect": []},
            {"node_id": "b", "node_type": "condition", "depends_on": [{"node_id": "a", "state": "any"}],
             "expect": [{"field": path, "operator": "isnull"}]}]))
    };
    let mut documents: Vec<Value> = paths.into_iter().map(field).collect();
    documents.extend(
        [
            "$context.nodes.a.stat",
            "$context.nodes.a[*]",
            "$context.nodes.a.x",
        ]
        .map(looks),
    );
    documents.push(task("notify", json!({"recipient": "x {{ $context.event.a"})));
    documents
}

/// Values that an operator does not take, and odd ones.
fn incomparable() -> Vec<Value> {
    let patterns = [
        "(",
        ")",
        "[",
        "a{1",
        "*",
        "\\y",
        "\\",
        "a{2,1}",
        "[b-a]",
        "(?=a)",
        "\\1",
        "\\p{X}",
        "(a{999}){999}",
    ];
    let large: Vec<Value> = (0..40)
        .map(|_| json!({"field": "$context.event.a", "operator": "matches", "value": "\\w{15}"}))
        .collect();
    let mut documents: Vec<Value> = patterns
        .into_iter()
        .map(|text| value("matches", text.into()))
        .collect();
    documents.extend([
        condition(json!([{"field": "$context.event.a", "operator": "eq"}])),
        condition(json!(large)),
        value("eq", json!([1, 2])),
        value("between", json!(1)),
        value("in", json!("a")),
        value("isnull", json!(1)),
        value("eq", Value::Null),
        value("eq", json!([{}])),
        value("matches", json!(1)),
        value("matches", json!("a".repeat(2_000))),
        value("eq", json!("$context.event.b")),
        value("startswith", json!(1)),
    ]);
    documents
}

/// What is hardly meant.
fn odd() -> Vec<Value> {
    let abort = json!({"node_id": "end", "node_type": "task", "task_name": "payment.tasks.abort_flow", "timeout_ms": 5,
        "retry": {}, "depends_on": [{"node_id": "a", "state": "success"}]});
    let asks = json!({"node_id": "a", "node_type": "condition", "expect": []});
    let task = |id: &str, join: &str, edges: Value| {
        json!({"node_id": id, "node_type": "task", "task_name": "payment.tasks.generate_shipment", "join": join,
            "depends_on": edges})
    };
    let on = |id: &str, state: &str| json!({"node_id": id, "state": state});
    vec![rule(json!([
        asks,
        abort,
        task("b", "all", json!([on("end", "success")])),
        task("c", "any", json!([on("end", "success"), on("b", "success")])),
        task("d", "all", json!([on("a", "success"), on("e", "success")])),
        task("e", "all", json!([on("a", "failure")])),
        task("f", "all", json!([on("d", "success")])),
        task("g", "all", json!([])),
    ]))]
}

/// Parameters that a task does not take.
fn unfit() -> Vec<Value> {
    vec![
        task("notify", json!({})),
        task(
            "generate_invoice",
            json!({"amount": "-1", "currency": "reais", "due_days": "x"}),
        ),
        task("generate_invoice", json!({"amount": "1.005", "currency": "BRL"})),
        task("generate_invoice", json!({"amount": "1.0005", "due_days": -1})),
        task("generate_invoice", json!({"amount": true, "currency": "XXX"})),
        task("generate_invoice", json!({"amount": -1, "currency": "brl"})),
        task(
            "generate_invoice",
            json!({"amount": "99999999999999999999", "currency": "QQQ"}),
        ),
        task("generate_royalty", json!({"percent": "x", "beneficiary": {}})),
        task("split_payment", json!({"shares": []})),
        task(
            "split_payment",
            json!({"shares": [{"account": "", "percent": "12"}, 7]}),
        ),
        task(
            "split_payment",
            json!({"shares": [{"account": "a b", "kind": "assets"}]}),
        ),
        task(
            "post_transaction",
            json!({"entries": [{"account": "a", "direction": "up", "amount": "1", "overdraft": 1}]}),
        ),
        task(
            "post_transaction",
            json!({"reference": "holds/{{ $context.event.hold }}/capture", "entries": []}),
        ),
        task(
            "hold",
            json!({"account": "a".repeat(200), "to": "b", "expires_in_s": 0}),
        ),
        task("release_hold", json!({"hold_id": "x"})),
        task(
            "convert_currency",
            json!({"from": "BRL", "to": "USD", "rate": "5", "rounding": "up_half"}),
        ),
        task("emit_event", json!({"type": "Order Paid"})),
    ]
}

/// Why the editor cannot draw something.
fn undrawable() -> Vec<String> {
    let asked =
        |edges: Value| json!({"rules": [{"node_id": "a", "node_type": "condition", "depends_on": edges}]});
    let after = |source: &str| json!({"node_id": source, "state": "success"});
    let node = json!({"node_id": "a", "node_type": "task"});
    let documents = [
        json!([]),
        json!({"rules": {}}),
        json!({"rules": [7]}),
        json!({"rules": [{"node_type": "task"}]}),
        json!({"rules": [{"node_id": "a", "node_type": "tsk"}]}),
        json!({"rules": [node, node]}),
        asked(json!({})),
        asked(json!([{}])),
        asked(json!([{"node_id": "b", "state": "over"}])),
        asked(json!([after("a")])),
        asked(json!([after("b"), after("b")])),
        asked(json!([after("b")])),
    ];
    let clips = [
        json!({"kind": "moneyflow/nodes", "version": 99}),
        json!({"rules": []}),
    ];
    let refused = documents
        .iter()
        .map(|document| canvas::document::from_json(document).unwrap_err());
    let unpasted = clips
        .iter()
        .map(|clip| canvas::clipboard::Clip::parse(&clip.to_string()).unwrap_err());
    refused.chain(unpasted).map(|error| error.detail).collect()
}

#[test]
fn what_cannot_be_drawn_says_why_in_portuguese() {
    for detail in undrawable() {
        let said = FINDINGS.in_portuguese(&detail).unwrap_or_default();
        assert!(!said.is_empty() && !sounds_english(&said), "{detail}: {said}");
    }
}

fn everything() -> Vec<Finding> {
    let tasks = Tasks::built_in().unwrap();
    let documents = [misshapen(), entangled(), astray(), incomparable(), odd(), unfit()].concat();
    documents
        .iter()
        .flat_map(|document| found(document, &tasks))
        .collect()
}

#[test]
fn every_kind_of_finding_is_said_in_portuguese() {
    let findings = everything();
    let codes: BTreeSet<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, FINDING_CODES.into_iter().collect());
    let unsaid: BTreeSet<&str> = findings
        .iter()
        .filter(|finding| {
            FINDINGS
                .in_portuguese(&finding.detail)
                .is_none_or(|said| sounds_english(&said))
        })
        .map(|finding| finding.detail.as_str())
        .collect();
    assert!(unsaid.is_empty(), "{unsaid:#?}");
}

#[test]
fn warnings_are_said_without_the_other_findings() {
    let tasks = Tasks::built_in().unwrap();
    let documents = [odd(), incomparable()].concat();
    for warning in documents
        .iter()
        .flat_map(|document| check(document, &tasks).warnings)
    {
        let said = WARNINGS.in_portuguese(&warning.detail);
        assert_eq!(
            said,
            FINDINGS.in_portuguese(&warning.detail),
            "{}",
            warning.detail
        );
    }
}

#[test]
fn every_sentence_about_rules_is_really_said() {
    // What the API says itself, and where it sums up; and what the reader of paths refuses before it is asked.
    let not_here = [
        "There was no company",
        "{count} things are wrong",
        "there is no node",
        "RFC 9535 has no function",
    ];
    let findings = everything();
    let undrawable = undrawable();
    let jsons = [
        "{",
        "\u{feff}{}",
        r#"{"a":1,"a":2}"#,
        r#"["\u0000"]"#,
        &"[".repeat(200),
    ];
    let errors = jsons.map(|text| rules::json::parse(text.as_bytes()).unwrap_err().to_string());
    let said: Vec<&str> = findings
        .iter()
        .map(|finding| finding.detail.as_str())
        .chain(errors.iter().chain(&undrawable).map(String::as_str))
        .collect();
    let unheard: Vec<&str> = FINDINGS
        .sentences
        .iter()
        .copied()
        .flatten()
        .map(|sentence| sentence.english)
        .filter(|english| !not_here.iter().any(|beginning| english.starts_with(beginning)))
        .filter(|english| !said.iter().any(|said| pattern::read(english, said).is_some()))
        .collect();
    assert!(unheard.is_empty(), "{unheard:#?}");
}

#[test]
fn what_is_no_json_says_why_in_portuguese() {
    for text in [
        "",
        "{",
        "[1,",
        "[1,]",
        "{1:2}",
        "{\"a\":1 2}",
        "[1 2]",
        "{}{}",
        "nope",
        "[\"\\ud800\"]",
    ] {
        let error = rules::json::parse(text.as_bytes()).unwrap_err().to_string();
        let said = FINDINGS.in_portuguese(&error).unwrap_or_default();
        assert!(
            said.starts_with("isto não é JSON válido: ") && !sounds_english(&said),
            "{text}: {error}: {said}"
        );
    }
}

/// Words that no Portuguese sentence has. What stands in quotes are names.
fn sounds_english(said: &str) -> bool {
    let bare: String = said.split(['`', '"']).step_by(2).collect::<Vec<_>>().join(" ");
    let words = [
        "the",
        "is",
        "must",
        "and",
        "expected",
        "unexpected",
        "of",
        "this",
        "not",
        "an",
        "with",
    ];
    bare.split(|letter: char| !letter.is_alphanumeric())
        .any(|word| words.contains(&word))
}
