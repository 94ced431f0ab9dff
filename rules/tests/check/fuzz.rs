//! Whatever stands in a document: an answer, never a panic, and every finding at a place that exists.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::documents::check;
use crate::support::cases::{Aborts, cases};
use crate::support::genes::{Genes, genes};

/// A few values for each type, and texts that mean something to some member.
fn strange(genes: &mut Genes<'_>) -> Value {
    const TEXTS: [&str; 24] = [
        "",
        "n0",
        "n7",
        "all",
        "any",
        "error",
        "condition",
        "task",
        "eq",
        "between",
        "matches",
        "isnull",
        "(",
        "$context",
        "$context.event..a[?@.b]",
        "$context.event[0:1:0]",
        "$context.event[-9223372036854775808]",
        "$context.event[9007199254740993]",
        "$context.event['\\uD83D']",
        "$context.nodes.n7.output[*]",
        "$$context.{{ $context.",
        "{{ $context.event.a }}{{ $context.nodes }}",
        "payment.tasks.notify",
        "é\u{200b}~1/\\",
    ];
    match genes.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1.5),
        4 => serde_json::Number::from_string_unchecked("1e99999999999999999999".to_owned()).into(),
        5 => json!([]),
        6 => json!([[null], {}, 1]),
        7 => json!({}),
        8 => json!({"node_id": "n0", "state": "any", "a/b~": {"": 1}}),
        _ => (*genes.pick(&TEXTS)).into(),
    }
}

/// Puts strange values at a few places of a document, takes some out, and adds unknown members.
fn mutate(document: &mut Value, genes: &mut Genes<'_>) {
    for _ in 0..=genes.below(6) {
        let place = descend(document, genes);
        match (genes.below(4), &mut *place) {
            (0, Value::Object(members)) if !members.is_empty() => {
                let name = members.keys().nth(genes.below(members.len())).cloned().unwrap();
                members.shift_remove(&name);
            }
            (1, Value::Object(members)) => {
                members.insert(
                    (*genes.pick(&["x", "expect", "a/b~c", "retry", ""])).to_owned(),
                    strange(genes),
                );
            }
            (0 | 1, Value::Array(elements)) => elements.push(strange(genes)),
            _ => *place = strange(genes),
        }
    }
}

/// Some place in a value: at each level one member, or here.
fn descend<'v>(value: &'v mut Value, genes: &mut Genes<'_>) -> &'v mut Value {
    let length = match value {
        Value::Array(elements) => elements.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    if length == 0 || genes.once_in(6) {
        return value;
    }
    let chosen = genes.below(length);
    let below = match value {
        Value::Array(elements) => &mut elements[chosen],
        Value::Object(members) => members.values_mut().nth(chosen).unwrap(),
        scalar => scalar,
    };
    descend(below, genes)
}

/// Whether a pointer names a place in the document, or a place that could be filled in one that exists.
fn resolves(document: &Value, pointer: &str) -> bool {
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    (pointer.is_empty() || pointer.starts_with('/')) && document.pointer(parent).is_some()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_answered(case in cases(Aborts::Possible), genes in genes(160)) {
        let mut document = case.document;
        document["when"] = json!({"expect": [{"field": "$context.event.a", "operator": "eq", "value": 1}]});
        document["layout"] = Map::new().into();
        mutate(&mut document, &mut Genes::new(&genes));
        let report = check(&document);
        for finding in report.findings.iter().chain(&report.warnings) {
            prop_assert!(resolves(&document, &finding.pointer), "{finding:#?}");
            prop_assert!(!finding.code.is_empty() && finding.detail.ends_with(['.', '?']) || finding.code == "invalid_parameters", "{finding:#?}");
        }
    }
}
