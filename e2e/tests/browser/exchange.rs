//! What goes out and comes in: the clipboard, files, and the rule's own JSON.

use anyhow::{Context as _, ensure};
use e2e::browser::{Action, Role};
use e2e::servers::temporary_folder;
use serde_json::Value;

use crate::editor::Editor;
use crate::order_rule::{self, EDGES, NODES, order};
use crate::stage::{Stage, play};

#[tokio::test(flavor = "multi_thread")]
async fn rules_go_out_and_come_in() -> anyhow::Result<()> {
    play("exchange", async |stage| {
        let editor = order_rule::open(stage, "exchange").await?;
        parts_are_copied_cut_and_doubled(&editor).await?;
        what_is_exported_is_what_the_api_has(&editor).await?;
        what_is_imported_is_one_step(&editor).await?;
        a_dropped_file_is_a_draft(stage).await?;
        stage.browser.must_be_content().await
    })
    .await
}

async fn parts_are_copied_cut_and_doubled(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    let [one, two, three] = EDGES;
    editor.select("ship").await?;
    editor.select_also("bill").await?;
    let drawing = editor.has_selected(&["bill", "ship"]).await?;
    browser.control('c').await?;
    browser
        .act(&[Action::To(drawing.beside("spare", (0.0, 150.0))?)])
        .await?;
    browser.control('v').await?;
    let drawing = editor
        .has_edges(&[one, two, three, "ship-2>bill-2 success"])
        .await?;
    ensure!(
        drawing.selected() == ["bill-2", "ship-2"],
        "{:?}",
        drawing.selected()
    );
    // Cut, and pasted again: the edge between them comes along.
    browser.control('x').await?;
    editor.has_nodes(&NODES).await?;
    browser.control('v').await?;
    let pasted = editor
        .until_drawn("seven nodes", |drawing| drawing.nodes.len() == 7)
        .await?;
    ensure!(pasted.edges.len() == 4, "{:?}", pasted.connections());
    what_is_copied_is_json(editor).await?;
    for _ in 0..3 {
        browser.control('z').await?;
    }
    editor.has_nodes(&NODES).await?;
    editor.is_saved().await?;
    editor.select("owe").await?;
    browser.control('d').await?;
    let drawing = editor
        .until_drawn("a double", |drawing| drawing.nodes.len() == 6)
        .await?;
    ensure!(drawing.selected() == ["owe-2"], "{:?}", drawing.selected());
    browser.control('z').await?;
    editor.has_nodes(&NODES).await.map(|_| ())
}

/// It is pasted as text where text is typed.
async fn what_is_copied_is_json(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    browser.click(Role::Button, "Try it out").await?;
    browser.click(Role::Textbox, "Event").await?;
    browser.control('a').await?;
    browser.control('v').await?;
    let text: String = browser
        .read("return document.querySelector('.simulator textarea').value")
        .await?;
    let copied: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
    ensure!(copied.to_string().contains("generate_invoice"), "{copied}");
    browser.click(Role::Button, "Close").await?;
    editor.click_nothing().await
}

async fn what_is_exported_is_what_the_api_has(editor: &Editor<'_>) -> anyhow::Result<()> {
    editor.menu("Export as JSON").await?;
    let file = editor.browser.downloaded("exchange.json").await?;
    let exported = rules::json::parse(&file)?;
    let stored = editor.stage.moneyflow.rule("exchange").await?;
    for member in ["company_id", "name", "rules", "layout"] {
        let (ours, theirs) = (exported.get(member), stored.get(member));
        ensure!(
            ours.map(Value::to_string) == theirs.map(Value::to_string),
            "{member} differs:\n{ours:?}\n{theirs:?}"
        );
    }
    editor.menu("Export as SVG").await?;
    let drawn = String::from_utf8(editor.browser.downloaded("exchange.svg").await?)?;
    ensure!(drawn.starts_with("<svg") && drawn.contains("spare"), "{drawn}");
    Ok(())
}

async fn what_is_imported_is_one_step(editor: &Editor<'_>) -> anyhow::Result<()> {
    let folder = temporary_folder()?;
    let file = folder.path().join("other.json");
    let mut other = order("another name");
    let nodes = other.get_mut("rules").and_then(Value::as_array_mut);
    nodes.context("a rule has nodes")?.truncate(2);
    std::fs::write(&file, other.to_string())?;
    editor.browser.choose_file("input[type=file]", &file).await?;
    editor.has_nodes(&["paid", "ship"]).await?;
    // Whose rule it is does not come from a file.
    editor.browser.heading("exchange").await?;
    editor.browser.control('z').await?;
    editor.has_nodes(&NODES).await?;
    editor.has_edges(&EDGES).await?;
    editor.is_saved().await
}

async fn a_dropped_file_is_a_draft(stage: &Stage) -> anyhow::Result<()> {
    let folder = temporary_folder()?;
    let file = folder.path().join("dropped.json");
    std::fs::write(&file, order("dropped").to_string())?;
    stage.go_to("Rules").await?;
    stage.browser.read_text("marketplace-split").await?;
    stage.browser.drop_file(&file, (700.0, 500.0)).await?;
    stage.browser.read_text("“dropped” is saved as a draft.").await?;
    // And from the list it is opened.
    stage.browser.click(Role::Link, "dropped").await?;
    Editor::shown(stage).await?.has_nodes(&NODES).await.map(|_| ())
}
