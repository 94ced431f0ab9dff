//! Comparing: every difference is said in words.

use rules::Plan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::Case;
use crate::{Company, Tasks};

/// Two nodes: an invoice, and a royalty once it is there.
fn plan(tasks: &Tasks) -> Plan {
    let document = json!({"company_id": "b5aa9687-d61f-467c-973e-f55d446981dc", "rules": [
        {"node_type": "task", "node_id": "invoice", "task_name": "payment.tasks.generate_invoice"},
        {
            "node_type": "task", "node_id": "royalty", "task_name": "payment.tasks.generate_royalty",
            "depends_on": [{"node_id": "invoice", "state": "success"}],
        },
    ]});
    rules::check(&document, tasks).into_rule().unwrap().plan
}

fn differences(event: &Value, expect: &Value) -> Vec<String> {
    let tasks = Tasks::built_in().unwrap();
    let company = Company {
        company_id: Uuid::from_u128(1),
        name: "Editora".to_owned(),
        plan: None,
        region: None,
        currency: "BRL".parse().unwrap(),
    };
    let case = Case::from_json(&json!({"event": event, "expect": expect})).unwrap();
    let plan = plan(&tasks);
    let simulation = case.simulate(&tasks, &plan, &company).unwrap();
    assert_eq!(
        simulation,
        case.simulate(&tasks, &plan, &company).unwrap(),
        "a case always comes out the same"
    );
    case.differences(&simulation)
}

fn entry(direction: &str, account: &str, amount: &str) -> Value {
    json!({"account": account, "direction": direction, "amount": amount, "currency": "BRL"})
}

#[test]
fn what_comes_as_expected_differs_in_nothing() {
    let expect = json!({
        "status": "succeeded",
        "nodes": {"royalty": "success", "invoice": "success"},
        "entries": [
            entry("debit", "receivables", "120"), entry("credit", "revenue", "120"),
            entry("debit", "royalty_expense", "12"), entry("credit", "royalties_payable", "12"),
        ],
        "events": ["invoice.generated"],
    });
    assert_eq!(differences(&json!({"total": 120}), &expect), Vec::<String>::new());
    assert_eq!(
        differences(&json!({"total": 120}), &json!({"status": "succeeded"})),
        Vec::<String>::new()
    );
}

#[test]
fn every_difference_is_said_in_words() {
    let expect = json!({
        "status": "aborted",
        "error_code": "aborted",
        "nodes": {"invoice": "success", "royalty": "success", "roialty": "skipped"},
        "entries": [entry("debit", "bank", "1")],
        "events": ["invoice.generated", "order.paid"],
    });
    assert_eq!(
        differences(&json!({"total": "abc"}), &expect),
        [
            "status: expected `aborted`, found `failed`, because: `invalid_amount` at node `invoice` (\"abc\" is not an \
             amount: expected digits with an optional fraction, such as 120.00)",
            "error: expected the code `aborted`, found `invalid_amount` at node `invoice` (\"abc\" is not an amount: \
             expected digits with an optional fraction, such as 120.00)",
            "node `invoice`: expected `success`, found `failure`, because: `invalid_amount` (\"abc\" is not an amount: \
             expected digits with an optional fraction, such as 120.00)",
            "node `royalty`: expected `success`, found `skipped`",
            "node `roialty`: expected `skipped`, but the rule has no such node. Did you mean `royalty`?",
            "entry 1: expected `debit bank 1.00 BRL`, found none",
            "event 1: expected `invoice.generated`, found none",
            "event 2: expected `order.paid`, found none",
        ]
    );
}

#[test]
fn what_came_unasked_is_a_difference_too() {
    let expect = json!({
        "status": "succeeded", "error_code": "failed", "events": [],
        "entries": [entry("debit", "receivables", "120"), entry("credit", "sales", "120")],
    });
    assert_eq!(
        differences(&json!({"total": 120}), &expect),
        [
            "error: expected the code `failed`, found no error",
            "entry 2: expected `credit sales 120.00 BRL`, found `credit revenue 120.00 BRL`",
            "entry 3: expected none, found `debit royalty_expense 12.00 BRL`",
            "entry 4: expected none, found `credit royalties_payable 12.00 BRL`",
            "event 1: expected none, found `invoice.generated`",
        ]
    );
}
