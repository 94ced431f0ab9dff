//! What is wrong with a document.

use serde_json::{Value, json};
use tasks::Tasks;

/// The findings and warnings about a document; a text that is no JSON is one finding.
pub(crate) fn check(tasks: &Tasks, document: &str) -> Value {
    match rules::json::parse(document.as_bytes()) {
        Ok(document) => {
            let report = rules::check(&document, tasks);
            json!({ "findings": report.findings, "warnings": report.warnings })
        }
        Err(error) => {
            let finding = json!({ "pointer": "", "code": error.code(), "detail": error.to_string() });
            json!({ "findings": [finding], "warnings": [] })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(document: &str) -> Vec<String> {
        let found = check(&Tasks::built_in().unwrap(), document);
        let findings = found["findings"].as_array().unwrap().iter();
        findings
            .map(|finding| format!("{} {}", finding["pointer"], finding["code"]))
            .collect()
    }

    #[test]
    fn a_sound_rule_has_no_findings_and_a_broken_one_all_of_them() {
        let sound = include_str!("../../examples/rules/physical-product/rule.json");
        assert!(codes(sound).is_empty());
        let broken = r#"{"company_id": "b5aa9687-d61f-467c-973e-f55d446981dc", "rules": [
            {"node_id": "a", "node_type": "task", "task_name": "payment.tasks.notifi"},
            {"node_id": "b", "node_type": "condition", "depends_on": [{"node_id": "c", "state": "success"}]}]}"#;
        let expected = [
            r#""/rules/0/task_name" "unknown_task""#,
            r#""/rules/1" "missing_member""#,
            r#""/rules/1/depends_on/0/node_id" "unknown_dependency""#,
        ];
        assert_eq!(codes(broken), expected);
        assert_eq!(codes("{").len(), 1);
    }
}
