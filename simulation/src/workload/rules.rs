//! The rules that every company has: between them they touch all that a batch can touch.

use serde_json::{Value, json};

/// All rules, by name.
pub(super) fn all() -> [(&'static str, Value); 6] {
    [
        ("invoice", invoice()),
        ("split", split()),
        ("wallet", wallet()),
        ("reserve", reserve()),
        ("order", order()),
        ("announce", announce()),
    ]
}

/// A node that waits for another to be in a state.
fn after(mut node: Value, node_id: &str, state: &str) -> Value {
    if let Some(members) = node.as_object_mut() {
        members.insert(
            "depends_on".to_owned(),
            json!([{"node_id": node_id, "state": state}]),
        );
    }
    node
}

fn task(node_id: &str, name: &str, parameters: &Value) -> Value {
    json!({
        "node_id": node_id,
        "node_type": "task",
        "task_name": format!("payment.tasks.{name}"),
        "parameters": parameters,
    })
}

fn transfer(node_id: &str, from: &Value, to: &Value, reference: Option<&str>) -> Value {
    let entry = |account: &Value, direction: &str| {
        let mut entry = account.clone();
        if let Some(members) = entry.as_object_mut() {
            members.insert("direction".to_owned(), direction.into());
            members.insert("amount".to_owned(), "$context.event.total".into());
        }
        entry
    };
    let mut parameters = json!({"entries": [entry(from, "debit"), entry(to, "credit")]});
    if let (Some(members), Some(reference)) = (parameters.as_object_mut(), reference) {
        members.insert("reference".to_owned(), reference.into());
    }
    task(node_id, "post_transaction", &parameters)
}

fn wallet_account() -> Value {
    json!({"account": "wallet:{{ $context.event.customer }}", "overdraft": false})
}

/// Numbers without gaps, a condition, and revenue that every run of the company posts to.
fn invoice() -> Value {
    let large = json!({
        "node_id": "is-large",
        "node_type": "condition",
        "expect": [{"field": "$context.event.total", "operator": "gt", "value": 50}],
    });
    json!([
        large,
        after(
            task("invoice", "generate_invoice", &json!({})),
            "is-large",
            "success"
        ),
        after(
            task("royalty", "generate_royalty", &json!({"percent": 15})),
            "invoice",
            "success"
        ),
        after(
            task("small", "emit_event", &json!({"type": "sale.small"})),
            "is-large",
            "failure"
        ),
    ])
}

/// Amounts that do not divide evenly.
fn split() -> Value {
    let shares = json!({
        "from": "settlement",
        "shares": [
            {"account": "merchant:{{ $context.event.customer }}:payable", "percent": "33.3"},
            {"account": "marketplace_fees", "percent": "66.7", "kind": "revenue"},
        ],
    });
    json!([task("split", "split_payment", &shares)])
}

/// Money in, and money out of an account that may not be overdrawn: the branch of the refusal touches what was not
/// foreseen.
fn wallet() -> Value {
    let is_deposit = json!({
        "node_id": "is-deposit",
        "node_type": "condition",
        "expect": [{"field": "$context.event.deposit", "operator": "eq", "value": true}],
    });
    let bank = json!({"account": "bank"});
    json!([
        is_deposit,
        after(
            transfer("deposit", &bank, &wallet_account(), None),
            "is-deposit",
            "success"
        ),
        after(
            transfer("charge", &wallet_account(), &json!({"account": "revenue"}), None),
            "is-deposit",
            "failure",
        ),
        after(
            transfer(
                "owe",
                &json!({"account": "receivables"}),
                &json!({"account": "arrears", "kind": "revenue"}),
                None
            ),
            "charge",
            "failure",
        ),
        after(
            task("tell", "emit_event", &json!({"type": "wallet.refused"})),
            "owe",
            "success"
        ),
    ])
}

/// A hold that is captured in part, kept, or undone because the run is aborted.
fn reserve() -> Value {
    let mut hold = task(
        "hold",
        "hold",
        &json!({"account": "wallet:{{ $context.event.customer }}", "to": "shop", "expires_in_s": 600}),
    );
    if let Some(members) = hold.as_object_mut() {
        let release = json!({
            "task_name": "payment.tasks.release_hold",
            "parameters": {"hold_id": "$context.nodes.hold.output.hold_id"},
        });
        members.insert("compensate".to_owned(), release);
    }
    let decision = |node_id: &str, value: &str| {
        json!({
            "node_id": node_id,
            "node_type": "condition",
            "depends_on": [{"node_id": "hold", "state": "success"}],
            "expect": [{"field": "$context.event.then", "operator": "eq", "value": value}],
        })
    };
    let capture = json!({"hold_id": "$context.nodes.hold.output.hold_id", "amount": "$context.event.part"});
    json!([
        hold,
        decision("captures", "capture"),
        decision("gives-up", "abort"),
        after(task("capture", "capture_hold", &capture), "captures", "success"),
        after(
            task("abort", "abort_flow", &json!({"reason": "given up"})),
            "gives-up",
            "success"
        ),
    ])
}

/// A reference that runs share: the second of equal content does nothing, another content fails.
fn order() -> Value {
    let reference = "order:{{ $context.event.order }}";
    json!([
        transfer(
            "post",
            &json!({"account": "receivables"}),
            &json!({"account": "revenue"}),
            Some(reference)
        ),
        after(
            task("done", "emit_event", &json!({"type": "order.paid"})),
            "post",
            "success"
        ),
    ])
}

/// An event whose type the payment event names: also one that the database refuses.
fn announce() -> Value {
    json!([
        transfer(
            "post",
            &json!({"account": "bank"}),
            &json!({"account": "settlement"}),
            None
        ),
        after(
            task("say", "emit_event", &json!({"type": "$context.event.says"})),
            "post",
            "success"
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_wrong_with_the_rules() {
        let tasks = tasks::Tasks::built_in().unwrap();
        for (name, nodes) in all() {
            let document = json!({"company_id": uuid::Uuid::nil().to_string(), "rules": nodes});
            let report = rules::check(&document, &tasks);
            assert!(report.findings.is_empty(), "{name}: {:?}", report.findings);
        }
    }
}
