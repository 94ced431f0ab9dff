//! The seed flow, drawn from an empty canvas with the pointer alone; only what has to be written is typed.

use e2e::browser::Role;

use crate::editor::Editor;
use crate::seed_flow::{
    BOOK, COMMISSION, COPY, EDGES, PHYSICAL, ROYALTY, SHIPMENT, must_be_the_flow, pay_and_watch,
};
use crate::stage::play;

#[tokio::test(flavor = "multi_thread")]
async fn the_seed_flow_is_drawn_by_mouse() -> anyhow::Result<()> {
    play("by-mouse", async |stage| {
        let editor = Editor::open(stage, "/app/rules/new").await?;
        draw(&editor).await?;
        fill_in(&editor).await?;
        stage
            .browser
            .fill(Role::Textbox, "Name of the rule", "by-mouse")
            .await?;
        editor.save().await?;
        editor.publish("by-mouse", 1).await?;
        must_be_the_flow(&stage.moneyflow.rule("by-mouse").await?)?;
        pay_and_watch(stage, "by-mouse").await?;
        stage.browser.must_be_content().await
    })
    .await
}

async fn draw(editor: &Editor<'_>) -> anyhow::Result<()> {
    let empty = editor.drawing().await?;
    editor.drag_in("Condition", empty.share((0.3, 0.1))).await?;
    let drawing = editor.has_nodes(&[PHYSICAL]).await?;
    // An edge that is dropped on the empty canvas asks what comes next.
    let below = drawing.beside(PHYSICAL, (0.0, 100.0))?;
    editor.grow(PHYSICAL, "success", below, "Shipment").await?;
    let drawing = editor.has_nodes(&[PHYSICAL, SHIPMENT]).await?;
    let below = drawing.beside(SHIPMENT, (0.0, 150.0))?;
    editor.drag_in("Condition", below).await?;
    editor.has_nodes(&[PHYSICAL, SHIPMENT, BOOK]).await?;
    editor.connect(SHIPMENT, "success", BOOK).await?;
    let drawing = editor
        .has_edges(&[
            "condition-1>generate-shipment-1 success",
            "generate-shipment-1>condition-2 success",
        ])
        .await?;
    let below = drawing.beside(BOOK, (-60.0, 110.0))?;
    editor.grow(BOOK, "success", below, "Duplicate shipment").await?;
    let drawing = editor.has_nodes(&[PHYSICAL, SHIPMENT, BOOK, COPY]).await?;
    let aside = drawing.beside(COPY, (260.0, 90.0))?;
    editor.grow(COPY, "success", aside, "Royalty").await?;
    let drawing = editor
        .has_nodes(&[PHYSICAL, SHIPMENT, BOOK, COPY, ROYALTY])
        .await?;
    let above = drawing.beside(PHYSICAL, (300.0, 60.0))?;
    editor.drag_in("Commission", above).await?;
    let drawing = editor
        .has_nodes(&[PHYSICAL, SHIPMENT, BOOK, COPY, ROYALTY, COMMISSION])
        .await?;
    // A click on an exit and a click on a node do the same as dragging.
    let target = drawing.node(COMMISSION)?.middle();
    editor
        .browser
        .click_at(drawing.node(BOOK)?.port("failure")?)
        .await?;
    editor.browser.click_at(target).await?;
    editor.connect(ROYALTY, "success", COMMISSION).await?;
    editor.has_edges(&EDGES).await.map(|_| ())
}

async fn fill_in(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.select(COMMISSION).await?;
    browser.choose("Of several edges", "one is enough").await?;
    editor.select(PHYSICAL).await?;
    editor.expect("product.kind", "is", "physical").await?;
    editor
        .reads(PHYSICAL, "condition-1: product.kind = physical")
        .await?;
    editor.select(BOOK).await?;
    editor.expect("product.type", "is", "book").await
}
