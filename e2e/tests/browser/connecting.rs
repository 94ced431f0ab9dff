//! Edges: what takes them and what does not, and why; and how they are changed once they are there.

use anyhow::ensure;
use e2e::browser::{Key, Role};

use crate::editor::{Drawing, Editor};
use crate::order_rule::{self, EDGES};
use crate::stage::play;

#[tokio::test(flavor = "multi_thread")]
async fn edges_are_drawn_refused_and_changed() -> anyhow::Result<()> {
    play("connecting", async |stage| {
        let editor = order_rule::open(stage, "connecting").await?;
        it_says_why_not(&editor).await?;
        escape_gives_it_up(&editor).await?;
        it_is_changed_and_redirected(&editor).await?;
        stage.browser.must_be_content().await
    })
    .await
}

async fn it_says_why_not(editor: &Editor<'_>) -> anyhow::Result<()> {
    for (source, target, why) in [
        ("owe", "paid", "This would be a circle:"),
        ("paid", "ship", "These two are connected already."),
        ("ship", "ship", "A node cannot wait for itself."),
    ] {
        let to = editor.drawing().await?.node(target)?.middle();
        editor.pull(source, "success", to).await?;
        editor.browser.read_text(why).await?;
        let drawing = editor.drawing().await?;
        ensure!(
            drawing.node(target)?.is("refuses"),
            "{target} looks as if it took it"
        );
        ensure!(
            drawing.node("spare")?.is("takes"),
            "spare looks as if it did not take it"
        );
        editor.browser.drop_it().await?;
        editor.has_edges(&EDGES).await?;
    }
    Ok(())
}

async fn escape_gives_it_up(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    let to = editor.drawing().await?.node("spare")?.middle();
    editor.pull("paid", "failure", to).await?;
    editor
        .until_drawn("a loose edge", |drawing| drawing.is_loose)
        .await?;
    browser.press(&[Key::Escape]).await?;
    editor
        .until_drawn("no loose edge", |drawing| !drawing.is_loose)
        .await?;
    browser.drop_it().await?;
    editor.has_edges(&EDGES).await.map(|_| ())
}

async fn it_is_changed_and_redirected(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.connect("paid", "failure", "spare").await?;
    let [one, two, three] = EDGES;
    editor.has_edges(&[one, two, three, "paid>spare failure"]).await?;
    browser.click(Role::Radio, "error").await?;
    let drawing = editor.has_edges(&[one, two, three, "paid>spare error"]).await?;
    ensure!(
        drawing.node("paid")?.ports.contains_key("error"),
        "its exit is not drawn"
    );
    // An end is taken and let go on another node.
    let edge = drawing.edge("paid>spare")?;
    let end = edge.ends.get("target").copied();
    let end = end.ok_or_else(|| anyhow::anyhow!("a selected edge has ends to take"))?;
    browser.drag(end, drawing.node("owe")?.middle()).await?;
    let drawing = editor.has_edges(&[one, two, three, "paid>owe error"]).await?;
    it_begins_elsewhere(editor, &drawing).await?;
    editor.select("owe").await?;
    editor
        .until_drawn("a closed ring: all edges", |drawing| {
            drawing.joins("owe") == Some("all")
        })
        .await?;
    browser.choose("Of several edges", "one is enough").await?;
    editor
        .until_drawn("an open ring: any edge", |drawing| {
            drawing.joins("owe") == Some("any")
        })
        .await?;
    let middle = editor.drawing().await?.edge("paid>owe")?.middle;
    browser.click_at(middle).await?;
    browser.press(&[Key::Backspace]).await?;
    editor.has_edges(&EDGES).await.map(|_| ())
}

/// Its beginning is taken beside the exit, which begins new edges; where it would be none, it stays.
async fn it_begins_elsewhere(editor: &Editor<'_>, drawing: &Drawing) -> anyhow::Result<()> {
    let browser = editor.browser;
    let [one, two, three] = EDGES;
    let source = |drawing: &Drawing| {
        let end = drawing.edge("paid>owe")?.ends.get("source").copied();
        end.ok_or_else(|| anyhow::anyhow!("a selected edge has a beginning to take"))
    };
    browser
        .drag(source(drawing)?, drawing.node("spare")?.middle())
        .await?;
    editor.has_edges(&[one, two, three, "spare>owe error"]).await?;
    browser.control('z').await?;
    let drawing = editor.has_edges(&[one, two, three, "paid>owe error"]).await?;
    // A task has no such exit.
    browser.click_at(drawing.edge("paid>owe")?.middle).await?;
    let drawing = editor
        .until_drawn("an end to take", |drawing| source(drawing).is_ok())
        .await?;
    browser
        .carry(source(&drawing)?, drawing.node("ship")?.middle())
        .await?;
    browser
        .read_text("A task succeeds or fails: only a condition can end in an error.")
        .await?;
    browser.drop_it().await?;
    editor
        .has_edges(&[one, two, three, "paid>owe error"])
        .await
        .map(|_| ())
}
