//! Short ways to the nodes of a rule.

use serde_json::{Value, json};

/// A task that debits one account and credits another. Each is named as an entry names it:
/// `{"account": …, "overdraft": …}`.
pub(crate) fn transfer(node_id: &str, debited: Value, credited: Value, amount: &str) -> Value {
    let entry = |mut entry: Value, direction: &str| {
        entry["direction"] = direction.into();
        entry["amount"] = amount.into();
        entry
    };
    json!({
        "node_id": node_id,
        "node_type": "task",
        "task_name": "payment.tasks.post_transaction",
        "parameters": {"entries": [entry(debited, "debit"), entry(credited, "credit")]},
    })
}

/// The same node, once another one is in a state.
pub(crate) fn after(mut node: Value, node_id: &str, state: &str) -> Value {
    node["depends_on"] = json!([{"node_id": node_id, "state": state}]);
    node
}
