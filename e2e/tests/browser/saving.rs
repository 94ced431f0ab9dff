//! Saving: nothing is lost, nobody is overwritten, and every version stays.

use anyhow::{Context as _, ensure};
use e2e::browser::{Browser, Role, Seen};
use e2e::until;
use serde_json::Value;

use crate::editor::{Editor, SOON};
use crate::order_rule::{self, NODES, order};
use crate::stage::{Stage, play};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nobody_overwritten() -> anyhow::Result<()> {
    play("saving", async |stage| {
        let editor = order_rule::open(stage, "saving").await?;
        a_key_saves_a_draft(&editor).await?;
        somebody_elses_version_is_not_overwritten(&editor).await?;
        leaving_asks(&editor).await?;
        an_older_version_is_compared_and_published(&editor).await?;
        stage.browser.must_be_content().await
    })
    .await
}

async fn version(stage: &Stage) -> anyhow::Result<u64> {
    let rule = stage.moneyflow.rule("saving").await?;
    let version = rule.get("version").and_then(Value::as_u64);
    version.context("a rule has a version")
}

async fn a_key_saves_a_draft(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    // Nothing to save, nothing saved.
    browser.control('s').await?;
    editor.remove("spare").await?;
    browser.read_text("Unsaved changes").await?;
    browser.control('s').await?;
    editor.is_saved().await?;
    browser.read_text("Version 2").await?;
    ensure!(version(editor.stage).await? == 2, "an unchanged rule was saved");
    let rule = editor.stage.moneyflow.rule("saving").await?;
    ensure!(rule.get("status") == Some(&"draft".into()), "saving published it");
    // Saving while a field has the focus saves what was typed there.
    editor.select("ship").await?;
    browser.fill(Role::Textbox, "Name", "Send").await?;
    browser.control('s').await?;
    browser.read_text("Version 3").await?;
    ensure!(
        editor
            .stage
            .moneyflow
            .rule("saving")
            .await?
            .to_string()
            .contains("\"Send\"")
    );
    Ok(())
}

async fn somebody_elses_version_is_not_overwritten(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    both_save(editor).await?;
    browser
        .see(Role::Dialog, "Somebody saved version 4 in the meantime")
        .await?;
    browser.read_text("Removed").await?;
    ensure!(version(editor.stage).await? == 4, "theirs was overwritten");
    browser.click(Role::Button, "Take theirs").await?;
    editor.has_nodes(&NODES).await?;
    editor.is_saved().await?;
    both_save(editor).await?;
    browser.click(Role::Button, "Save mine on top").await?;
    editor.is_saved().await?;
    ensure!(
        version(editor.stage).await? == 6,
        "mine was not saved on top of theirs"
    );
    // The browser itself says that the two were refused.
    let complaints = browser.complaints().await?;
    ensure!(
        complaints.len() == 2 && complaints.iter().all(|said| said.contains("412")),
        "{complaints:?}"
    );
    Ok(())
}

/// Somebody else saves a version first.
async fn both_save(editor: &Editor<'_>) -> anyhow::Result<()> {
    let (theirs, moneyflow) = (order("saving"), &editor.stage.moneyflow);
    moneyflow.post("/payment-rules?draft=true", &theirs).await?;
    editor.remove("owe").await?;
    editor.browser.control('s').await
}

async fn leaving_asks(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.remove("bill").await?;
    editor.has_nodes(&["paid", "ship", "spare"]).await?;
    editor.stage.go_to("Runs").await?;
    browser.see(Role::Dialog, "Leave without saving?").await?;
    browser.click(Role::Button, "Cancel").await?;
    editor.has_nodes(&["paid", "ship", "spare"]).await?;
    ensure!(
        browser.would_ask().await?,
        "the window would be closed without a question"
    );
    // Another language is no loss.
    browser.click(Role::Button, "PT: Português").await?;
    browser.read_text("Salvar rascunho").await?;
    let portuguese = Editor::shown(editor.stage).await?;
    portuguese.has_nodes(&["paid", "ship", "spare"]).await?;
    browser.click(Role::Button, "EN: English").await?;
    browser.read_text("Save draft").await?;
    browser.click(Role::Button, "Undo (Ctrl+Z)").await?;
    editor.has_nodes(&["bill", "paid", "ship", "spare"]).await?;
    editor.is_saved().await?;
    // Nothing is unsaved: nobody asks.
    ensure!(!browser.would_ask().await?, "closing the window is asked about");
    editor.stage.go_to("Runs").await?;
    browser.heading("Runs").await?;
    browser.back().await?;
    Editor::shown(editor.stage).await.map(|_| ())
}

async fn an_older_version_is_compared_and_published(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    browser.click(Role::Button, "Versions").await?;
    let first = first_version(browser, "Compare").await?;
    browser.click_within(&first, Role::Button, "Compare").await?;
    browser
        .read_text("From version 1 to what is on the canvas")
        .await?;
    browser.read_text("Removed owe").await?;
    browser.click_within(&first, Role::Button, "Publish").await?;
    let asks = browser.see(Role::Dialog, "Publish version 1").await?;
    browser.click_within(&asks, Role::Button, "Publish").await?;
    browser
        .read_text("“saving” runs at version 1 from the next event on.")
        .await?;
    let rule = editor.stage.moneyflow.rule("saving").await?;
    ensure!(rule.get("published_version") == Some(&1.into()), "{rule}");
    // It is looked at, and not touched.
    let first = first_version(browser, "Published").await?;
    browser.click_within(&first, Role::Link, "Open").await?;
    browser.read_text("A saved version, to look at.").await?;
    editor.has_nodes(&NODES).await?;
    editor.remove("ship").await?;
    browser.control('d').await?;
    editor.has_nodes(&NODES).await?;
    its_json_is_read_only(editor).await
}

/// Of a node, and of the whole rule: it can be read and copied, and takes nothing.
async fn its_json_is_read_only(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.select("ship").await?;
    reads_in_json(browser, "generate_shipment").await?;
    editor.click_nothing().await?;
    editor.menu("Settings of the rule").await?;
    reads_in_json(browser, "generate_royalty").await?;
    editor.has_nodes(&NODES).await.map(|_| ())
}

async fn reads_in_json(browser: &Browser, text: &str) -> anyhow::Result<()> {
    browser.click(Role::Button, "JSON").await?;
    let json = browser.see(Role::Textbox, "JSON").await?;
    let before = browser.value_of(&json).await?;
    ensure!(before.contains(text), "it says {before}");
    browser.fill(Role::Textbox, "JSON", "{}").await?;
    let after = browser.value_of(&json).await?;
    ensure!(after == before, "it was written: {after}");
    browser.see_no(Role::Button, "Apply").await
}

/// Its line in the list, once that says this, too.
async fn first_version(browser: &Browser, says: &str) -> anyhow::Result<Seen> {
    until("the first version's line", SOON, async || {
        for line in browser.all(Role::ListItem).await? {
            let text = browser.text_of(&line).await?;
            if text.starts_with("Version 1") && text.contains(says) {
                return Ok(Some(line));
            }
        }
        Ok(None)
    })
    .await
}
