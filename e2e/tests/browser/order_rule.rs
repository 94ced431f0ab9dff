//! A small rule that stories about the editor begin with: a column of four nodes, and one that stands aside.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::moneyflow::COMPANY;
use crate::stage::Stage;

pub(crate) const NODES: [&str; 5] = ["bill", "owe", "paid", "ship", "spare"];
pub(crate) const EDGES: [&str; 3] = ["bill>owe success", "paid>ship success", "ship>bill success"];

/// The rule, as it is saved.
pub(crate) fn order(name: &str) -> Value {
    let after = |source: &str| json!([{ "node_id": source, "state": "success" }]);
    let task = |id: &str, task: &str, source: &str| {
        json!({ "node_id": id, "node_type": "task", "depends_on": after(source),
                "task_name": format!("payment.tasks.{task}") })
    };
    let asks = |id: &str, field: &str, operator: &str, value: Value| {
        json!({ "node_id": id, "node_type": "condition",
                "expect": [{ "field": format!("$context.event.{field}"), "operator": operator, "value": value }] })
    };
    json!({
        "company_id": COMPANY,
        "name": name,
        "rules": [
            asks("paid", "status", "eq", "paid".into()),
            task("ship", "generate_shipment", "paid"),
            task("bill", "generate_invoice", "ship"),
            task("owe", "generate_royalty", "bill"),
            asks("spare", "total", "gt", 100.into()),
        ],
        "layout": {
            "paid": { "x": 0, "y": 0 },
            "ship": { "x": 0, "y": 144 },
            "bill": { "x": 0, "y": 288 },
            "owe": { "x": 0, "y": 432 },
            "spare": { "x": 320, "y": 144 },
        },
    })
}

/// Saves it as a draft, opens it, and waits until it is drawn.
pub(crate) async fn open<'s>(stage: &'s Stage, name: &str) -> anyhow::Result<Editor<'s>> {
    open_as(stage, &order(name)).await
}

/// The same, of the rule with something added to it.
pub(crate) async fn open_as<'s>(stage: &'s Stage, order: &Value) -> anyhow::Result<Editor<'s>> {
    let saved = stage.moneyflow.post("/payment-rules?draft=true", order).await?;
    let id = saved
        .get("id")
        .and_then(Value::as_str)
        .context("a rule has an id")?;
    let editor = Editor::open(stage, &format!("/app/rules/{id}")).await?;
    editor.has_nodes(&NODES).await?;
    editor.has_edges(&EDGES).await?;
    Ok(editor)
}
