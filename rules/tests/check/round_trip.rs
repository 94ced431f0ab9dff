//! A document written out and read again is the same document.

use proptest::prelude::*;
use rules::json;
use serde_json::{Value, json};

use super::documents::accepted;
use crate::support::cases::{Aborts, cases};
use crate::support::genes::{Genes, genes};

/// Members that the cases leave out.
fn dress(document: &mut Value, genes: &mut Genes<'_>) {
    if genes.once_in(2) {
        document["name"] = "até 1 E2".into();
        document["description"] = "\"\\ 😀".into();
        document["layout"] = json!({"anything": {"x": 1.5}});
        document["when"] = json!({"match": "any", "expect": [{"field": "$context.event.a", "operator": "in", "value": [1, "1"]}]});
    }
    let nodes = document["rules"].as_array_mut().unwrap();
    for node in nodes.iter_mut().filter(|node| node["node_type"] == "task") {
        if genes.once_in(2) {
            node["label"] = "a label".into();
            node["timeout_ms"] = 250.into();
            let retry = r#"{"max_attempts": 7, "multiplier": 1.50E0}"#;
            node["retry"] = json::parse(retry.as_bytes()).unwrap();
        }
        if genes.once_in(2) {
            let parameters = r#"{"n": -1.50E+3, "big": 123456789012345678901234567890.10}"#;
            node["compensate"] = json!({"task_name": "payment.tasks.refund_payment"});
            node["compensate"]["parameters"] = json::parse(parameters.as_bytes()).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_what_was_written_changes_nothing(case in cases(Aborts::Possible), genes in genes(128)) {
        let mut document = case.document;
        dress(&mut document, &mut Genes::new(&genes));
        let first = accepted(&document).document;
        let written = first.to_json();
        let parsed = json::parse(written.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&parsed, &written);
        let second = accepted(&parsed).document;
        prop_assert_eq!(second.to_json().to_string(), written.to_string());
        prop_assert_eq!(second, first);
    }
}

#[test]
fn digits_are_written_as_they_were_read() {
    let text = r#"{"company_id":"b5aa9687-d61f-467c-973e-f55d446981dc","rules":[{"node_id":"t","node_type":"task","task_name":"payment.tasks.capture_payment","parameters":{"n":1.50E3},"retry":{"multiplier":1.0E1},"compensate":{"task_name":"payment.tasks.refund_payment","parameters":{"n":1E2}}}]}"#;
    let document = accepted(&json::parse(text.as_bytes()).unwrap()).document;
    let written = document.to_json().to_string();
    for digits in [r#"{"n":1.50E3}"#, r#""multiplier":1.0E1"#, r#"{"n":1E2}"#] {
        assert!(written.contains(digits), "{digits} is not in {written}");
    }
}
