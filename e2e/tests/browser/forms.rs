//! What the inspector's forms write into a rule, and its JSON beside them, both ways.

use anyhow::ensure;
use e2e::browser::{Key, Role};
use e2e::until;
use serde_json::{Value, json};

use crate::editor::{Editor, SOON};
use crate::order_rule::{EDGES, NODES};

/// Saves, and looks at what is stored of a node.
async fn stores(editor: &Editor<'_>, id: &str, member: &str, value: Value) -> anyhow::Result<()> {
    editor.save().await?;
    let rule = editor.stage.moneyflow.rule("checking").await?;
    let nodes = rule.get("rules").and_then(Value::as_array);
    let is_it = |node: &&Value| node.get("node_id").and_then(Value::as_str) == Some(id);
    let stored = nodes.and_then(|nodes| nodes.iter().find(is_it)?.get(member));
    ensure!(
        stored.unwrap_or(&Value::Null) == &value,
        "{member} of {id} is {stored:?}"
    );
    Ok(())
}

pub(crate) async fn write_what_the_api_takes(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.select("spare").await?;
    editor.expect("country", "is one of", "BR, PT").await?;
    editor.expect("customer.vip", "is there", "").await?;
    editor.select("bill").await?;
    browser.fill(Role::Combobox, "due_days", "30").await?;
    browser.press(&[Key::Tab]).await?;
    browser
        .fill(Role::Combobox, "amount", "$context.event.price")
        .await?;
    browser.press(&[Key::Tab]).await?;
    browser.choose("If it fails for good", "the run goes on").await?;
    editor.save().await?;
    let expected = json!([
        { "field": "$context.event.total", "operator": "gt", "value": 100 },
        { "field": "$context.event.country", "operator": "in", "value": ["BR", "PT"] },
        { "field": "$context.event.customer.vip", "operator": "isnotnull" },
    ]);
    stores(editor, "spare", "expect", expected).await?;
    let parameters = json!({ "due_days": 30, "amount": "$context.event.price" });
    stores(editor, "bill", "parameters", parameters).await?;
    stores(editor, "bill", "on_failure", "continue".into()).await
}

/// A parameter is a fixed value or a path, by a button; a path is completed from the sample event and from what nodes
/// before this one yield.
pub(crate) async fn take_values_from_the_event(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.select("bill").await?;
    let switch = "[data-pointer='/parameters/due_days'] .switch";
    browser.click_at(editor.at(switch).await?).await?;
    until("the field to hold a path", SOON, async || {
        let field = browser.see(Role::Combobox, "due_days").await?;
        Ok((browser.value_of(&field).await? == "$context.event.").then_some(()))
    })
    .await?;
    browser
        .fill(Role::Combobox, "due_days", "$context.event.terms.days")
        .await?;
    browser.press(&[Key::Tab]).await?;
    let amount = "$context.event.price";
    let taken = json!({ "due_days": "$context.event.terms.days", "amount": amount });
    stores(editor, "bill", "parameters", taken).await?;
    browser.click_at(editor.at(switch).await?).await?;
    stores(editor, "bill", "parameters", json!({ "amount": amount })).await?;
    browser.fill(Role::Combobox, "due_days", "45").await?;
    browser.press(&[Key::Tab]).await?;
    stores(
        editor,
        "bill",
        "parameters",
        json!({ "amount": amount, "due_days": 45 }),
    )
    .await?;
    fields_are_completed(editor).await
}

/// The list that the browser opens below a field is no part of the page; what it completes from is.
async fn fields_are_completed(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    browser.click(Role::Button, "Try it out").await?;
    browser
        .fill(
            Role::Textbox,
            "Event",
            r#"{"terms":{"days":10},"list":[{"x-y":1}]}"#,
        )
        .await?;
    browser.click(Role::Button, "Close").await?;
    editor.select("bill").await?;
    let offered =
        "return [...document.querySelector(\"[data-pointer='/parameters/amount'] input\").list.options]
        .map((one) => one.value)";
    let offered: Vec<String> = browser.read(offered).await?;
    for path in [
        "$context.event.terms.days",
        "$context.event.list[0]['x-y']",
        "$context.company.plan",
        "$context.nodes.paid.state",
        "$context.nodes.ship.output.address",
    ] {
        ensure!(
            offered.iter().any(|offered| offered == path),
            "{path} is not among {offered:?}"
        );
    }
    let later = offered.iter().find(|path| path.starts_with("$context.nodes.owe"));
    ensure!(later.is_none(), "what runs later is offered: {later:?}");
    Ok(())
}

/// How often it is tried, for how long, and what undoes it.
pub(crate) async fn say_what_becomes_of_a_failure(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    // A task of the ledger is not tried again: only what says so all the same has a form for it.
    let node = r#"{"node_id":"owe","node_type":"task","depends_on":[{"node_id":"bill","state":"success"}],"task_name":"payment.tasks.generate_royalty","retry":{"max_attempts":2}}"#;
    editor.select("owe").await?;
    browser.see_no(Role::Textbox, "Attempts").await?;
    browser.click(Role::Button, "JSON").await?;
    browser.fill(Role::Textbox, "JSON", node).await?;
    browser.click(Role::Button, "Apply").await?;
    browser.click(Role::Button, "Form").await?;
    let attempts = browser.see(Role::Textbox, "Attempts").await?;
    ensure!(browser.value_of(&attempts).await? == "2");
    browser.fill(Role::Textbox, "Attempts", "500").await?;
    browser.read_text("A whole number from 1 to").await?;
    browser.fill(Role::Textbox, "Attempts", "5").await?;
    browser.fill(Role::Textbox, "First wait (ms)", "250").await?;
    let grows = editor.at("[data-pointer='/retry/multiplier'] input").await?;
    browser.click_at(grows).await?;
    browser.type_text("1.5").await?;
    browser
        .fill(Role::Textbox, "Limit of an attempt (ms)", "3000")
        .await?;
    browser
        .choose("If the run ends badly, undone by", "Notify")
        .await?;
    let retry = json!({ "max_attempts": 5, "initial_interval_ms": 250, "multiplier": 1.5 });
    stores(editor, "owe", "retry", retry).await?;
    stores(editor, "owe", "timeout_ms", 3000.into()).await?;
    let undone = json!({ "task_name": "payment.tasks.notify" });
    stores(editor, "owe", "compensate", undone).await?;
    browser
        .choose("If the run ends badly, undone by", "nothing")
        .await?;
    stores(editor, "owe", "compensate", Value::Null).await
}

pub(crate) async fn and_json_are_one(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.select("owe").await?;
    browser.click(Role::Button, "JSON").await?;
    let text = "return document.querySelector('.inspector textarea').value";
    let shown: Value = serde_json::from_str(&browser.read::<String>(text).await?)?;
    ensure!(shown.get("node_id") == Some(&"owe".into()), "{shown}");
    let node = r#"{"node_id":"owe","node_type":"task","label":"Owed","depends_on":[{"node_id":"bill","state":"success"}],"task_name":"payment.tasks.generate_royalty","parameters":{"percent":20}}"#;
    browser.fill(Role::Textbox, "JSON", node).await?;
    browser.click(Role::Button, "Apply").await?;
    editor.reads("owe", "Owed: 20 % royalty").await?;
    editor.has_edges(&EDGES).await?;
    browser.click(Role::Button, "Form").await?;
    let percent = "return [...document.querySelectorAll('.inspector input')]
        .find((input) => input.getAttribute('aria-label') === 'percent').value";
    ensure!(
        browser.read::<String>(percent).await? == "20",
        "the form says otherwise"
    );
    Ok(())
}

/// The rule's own JSON. What is no rule is not taken, and says why; what is, is one step, and stays this rule.
pub(crate) async fn and_json_of_the_rule_are_one(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.click_nothing().await?;
    editor.menu("Settings of the rule").await?;
    browser
        .fill(Role::Textbox, "Description", "Ships, and bills.")
        .await?;
    browser.click(Role::Button, "JSON").await?;
    let json = browser.see(Role::Textbox, "JSON").await?;
    let shown: Value = serde_json::from_str(&browser.value_of(&json).await?)?;
    ensure!(
        shown.get("description") == Some(&"Ships, and bills.".into()),
        "{shown}"
    );
    browser.fill(Role::Textbox, "JSON", "{").await?;
    browser.click(Role::Button, "Apply").await?;
    browser.see(Role::Alert, "").await?;
    editor.has_nodes(&NODES).await?;
    let rule = r#"{"name":"another","description":"Ships.","rules":[{"node_id":"ship","node_type":"task","task_name":"payment.tasks.generate_shipment"}]}"#;
    browser.fill(Role::Textbox, "JSON", rule).await?;
    browser.click(Role::Button, "Apply").await?;
    editor.has_nodes(&["ship"]).await?;
    browser.heading("checking").await?;
    browser.click(Role::Button, "Form").await?;
    let description = browser.see(Role::Textbox, "Description").await?;
    ensure!(browser.value_of(&description).await? == "Ships.");
    browser.click(Role::Button, "Undo (Ctrl+Z)").await?;
    editor.has_nodes(&NODES).await?;
    editor.has_edges(&EDGES).await.map(|_| ())
}
