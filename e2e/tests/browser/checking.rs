//! What the editor says of a rule: live problems, the inspector's forms, and the simulation.

use anyhow::{Context as _, ensure};
use e2e::browser::{Key, Role};
use e2e::until;
use serde_json::{Value, json};

use crate::editor::{Editor, SOON};
use crate::order_rule::{self, EDGES};
use crate::stage::play;

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_checked_filled_in_and_tried_out() -> anyhow::Result<()> {
    play("checking", async |stage| {
        let editor = order_rule::open(stage, "checking").await?;
        errors_keep_it_from_being_published(&editor).await?;
        forms_write_what_the_api_takes(&editor).await?;
        json_and_form_are_one(&editor).await?;
        it_is_tried_out(&editor).await?;
        stage.browser.must_be_content().await
    })
    .await
}

async fn errors_keep_it_from_being_published(editor: &Editor<'_>) -> anyhow::Result<()> {
    let (browser, moneyflow) = (editor.browser, &editor.stage.moneyflow);
    editor.select("spare").await?;
    browser.click(Role::Button, "Add an expectation").await?;
    // An expectation without a field asks nothing.
    editor
        .until_drawn("a mark on the node", |drawing| {
            let badge = drawing.node("spare").ok().and_then(|node| node.badge.clone());
            badge.is_some_and(|badge| badge.contains("error"))
        })
        .await?;
    editor.click_nothing().await?;
    browser.click(Role::Button, "Publish").await?;
    let problem = first_problem(editor).await?;
    ensure!(
        moneyflow.rule("checking").await?.get("published_version") == Some(&Value::Null),
        "it was published in spite of its errors"
    );
    browser.click_at(problem).await?;
    editor.has_selected(&["spare"]).await?;
    until("the focus to be on the member at fault", SOON, async || {
        let is_there: bool = browser
            .read("return document.activeElement.closest(\"[data-pointer^='/expect']\") !== null")
            .await?;
        Ok(is_there.then_some(()))
    })
    .await?;
    editor.click_nothing().await?;
    browser.control('z').await?;
    until("no error", SOON, async || {
        let errors: usize = browser
            .read("return document.querySelectorAll('.problems .tone-error').length")
            .await?;
        Ok((errors == 0).then_some(()))
    })
    .await?;
    // A warning is left, and does not stand in the way.
    browser.read_text("how it comes out changes nothing").await?;
    editor.publish("checking", 1).await?;
    browser.click(Role::Button, "Close").await
}

/// Where the first error of the list is.
async fn first_problem(editor: &Editor<'_>) -> anyhow::Result<(f64, f64)> {
    until("an error in the list", SOON, async || {
        editor
            .browser
            .read::<Option<(f64, f64)>>(
                "const area = document.querySelector('.problems .tone-error')?.getBoundingClientRect();
                 return area ? [area.left + area.width / 2, area.top + area.height / 2] : null",
            )
            .await
    })
    .await
}

async fn forms_write_what_the_api_takes(editor: &Editor<'_>) -> anyhow::Result<()> {
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
    let rule = editor.stage.moneyflow.rule("checking").await?;
    let member = |id: &str, member: &str| {
        let nodes = rule.get("rules").and_then(Value::as_array)?;
        let is_it = |node: &&Value| node.get("node_id").and_then(Value::as_str) == Some(id);
        nodes.iter().find(is_it)?.get(member).cloned()
    };
    let expected = json!([
        { "field": "$context.event.total", "operator": "gt", "value": 100 },
        { "field": "$context.event.country", "operator": "in", "value": ["BR", "PT"] },
        { "field": "$context.event.customer.vip", "operator": "isnotnull" },
    ]);
    let expect = member("spare", "expect").context("spare has expectations")?;
    ensure!(expect == expected, "{expect}");
    let parameters = member("bill", "parameters").context("bill has parameters")?;
    ensure!(
        parameters == json!({ "due_days": 30, "amount": "$context.event.price" }),
        "{parameters}"
    );
    ensure!(member("bill", "on_failure") == Some("continue".into()));
    Ok(())
}

async fn json_and_form_are_one(editor: &Editor<'_>) -> anyhow::Result<()> {
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

async fn it_is_tried_out(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    let event = r#"{"status":"paid","total":"120.00","price":"120.00","country":"BR","currency":"BRL"}"#;
    browser.click(Role::Button, "Try it out").await?;
    browser.fill(Role::Textbox, "Event", event).await?;
    browser.click(Role::Button, "Run").await?;
    went(
        editor,
        &[
            ("paid", "success"),
            ("bill", "success"),
            ("owe", "success"),
            ("spare", "no"),
        ],
    )
    .await?;
    for text in [
        "Succeeded",
        "Would post",
        "receivables",
        "Would send",
        "shipment.requested",
    ] {
        browser.read_text(text).await?;
    }
    // What became of a task is told otherwise, and the path with it.
    browser.choose("Result: bill", "fails").await?;
    went(
        editor,
        &[("ship", "success"), ("bill", "failure"), ("owe", "skipped")],
    )
    .await?;
    browser.choose("Result: bill", "as it comes").await?;
    went(editor, &[("owe", "success")]).await?;
    browser.click(Role::Button, "Step").await?;
    went(editor, &[("paid", "success"), ("bill", "pending")]).await?;
    browser.click(Role::Button, "All steps").await?;
    went(editor, &[("bill", "success")]).await?;
    browser.click(Role::Button, "Clear").await?;
    editor
        .until_drawn("nothing tried out", |drawing| {
            !drawing.nodes.iter().any(|node| node.is("ran-success"))
        })
        .await
        .map(|_| ())
}

/// Waits until the graph shows that nodes came out so.
async fn went(editor: &Editor<'_>, outcomes: &[(&str, &str)]) -> anyhow::Result<()> {
    let has = |drawing: &crate::editor::Drawing| {
        outcomes.iter().all(|(id, outcome)| {
            drawing
                .node(id)
                .is_ok_and(|node| node.is(&format!("ran-{outcome}")))
        })
    };
    editor
        .until_drawn(&format!("{outcomes:?}"), has)
        .await
        .map(|_| ())
}
