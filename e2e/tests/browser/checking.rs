//! What the editor says of a rule: live problems, and the simulation. What forms write is told in [`forms`].

use anyhow::{Context as _, ensure};
use e2e::browser::Role;
use e2e::until;
use serde_json::{Value, json};

use crate::editor::{Editor, SOON};
use crate::moneyflow::COMPANY;
use crate::stage::play;
use crate::{forms, order_rule};

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_checked_filled_in_and_tried_out() -> anyhow::Result<()> {
    play("checking", async |stage| {
        let editor = order_rule::open(stage, "checking").await?;
        errors_keep_it_from_being_published(&editor).await?;
        forms::write_what_the_api_takes(&editor).await?;
        forms::take_values_from_the_event(&editor).await?;
        forms::say_what_becomes_of_a_failure(&editor).await?;
        forms::and_json_are_one(&editor).await?;
        forms::and_json_of_the_rule_are_one(&editor).await?;
        it_is_tried_out(&editor).await?;
        it_is_tried_out_with_other_events(&editor).await?;
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

/// The example, and what the rule's last run was made of.
async fn it_is_tried_out_with_other_events(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    browser.click(Role::Button, "From the last run").await?;
    browser.read_text("This rule has not run yet.").await?;
    browser.click(Role::Button, "Example").await?;
    the_event_has(editor, "/seller/id", "seller-7").await?;
    browser.click(Role::Button, "Run").await?;
    went(editor, &[("paid", "success"), ("spare", "no")]).await?;
    pay_an_order(editor).await?;
    browser.click(Role::Button, "From the last run").await?;
    the_event_has(editor, "/status", "refused").await?;
    went(editor, &[("paid", "no"), ("ship", "skipped")]).await
}

/// An order that was not paid, until the rule has run for it.
async fn pay_an_order(editor: &Editor<'_>) -> anyhow::Result<()> {
    let moneyflow = &editor.stage.moneyflow;
    let event = json!({ "company_id": COMPANY, "event_id": "order-1", "status": "refused", "total": "7.00" });
    let rule = moneyflow.rule("checking").await?;
    let id = rule
        .get("id")
        .and_then(Value::as_str)
        .context("a rule has an id")?;
    until("a run of the rule", SOON, async || {
        moneyflow.pay(&event).await?;
        let runs = moneyflow
            .get(&format!("/runs?company_id={COMPANY}&rule_id={id}"))
            .await?;
        Ok(runs.pointer("/items/0").map(|_| ()))
    })
    .await
}

/// Waits until the event that is tried out says this.
async fn the_event_has(editor: &Editor<'_>, pointer: &str, value: &str) -> anyhow::Result<()> {
    until(&format!("an event with {value}"), SOON, async || {
        let field = editor.browser.see(Role::Textbox, "Event").await?;
        let text = editor.browser.value_of(&field).await?;
        let event: Value = serde_json::from_str(&text)?;
        ensure!(
            event.pointer(pointer) == Some(&value.into()),
            "the event is {event}"
        );
        Ok(Some(()))
    })
    .await
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
