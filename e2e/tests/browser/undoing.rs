//! Everything can be undone, one gesture at a time; and what is typed into a field is the field's alone.

use e2e::browser::{Key, Role};
use e2e::until;

use crate::editor::{Editor, SOON};
use crate::order_rule::{self, EDGES, NODES};
use crate::stage::play;

#[tokio::test(flavor = "multi_thread")]
async fn every_gesture_is_undone_and_done_again() -> anyhow::Result<()> {
    play("undoing", async |stage| {
        let editor = order_rule::open(stage, "undoing").await?;
        nothing_is_to_be_undone(&editor).await?;
        a_delete_brings_its_edges_back(&editor).await?;
        typing_is_one_step(&editor).await?;
        dragging_is_one_step_and_selecting_none(&editor).await?;
        choices_by_hand_are_undone(&editor).await?;
        nothing_is_to_be_undone(&editor).await?;
        keys_in_fields_are_not_the_canvas_s(&editor).await?;
        stage.browser.must_be_content().await
    })
    .await
}

/// Then nothing is unsaved, either.
async fn nothing_is_to_be_undone(editor: &Editor<'_>) -> anyhow::Result<()> {
    editor.is_off("Undo (Ctrl+Z)").await?;
    editor.is_saved().await?;
    editor.is_off("Save draft").await
}

async fn a_delete_brings_its_edges_back(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.select("ship").await?;
    browser.press(&[Key::Delete]).await?;
    editor.has_nodes(&["bill", "owe", "paid", "spare"]).await?;
    editor.has_edges(&["bill>owe success"]).await?;
    browser.read_text("Unsaved changes").await?;
    browser.control('z').await?;
    editor.has_nodes(&NODES).await?;
    editor.has_edges(&EDGES).await?;
    browser.press(&[Key::Control, Key::Shift, Key::Char('z')]).await?;
    editor.has_edges(&["bill>owe success"]).await?;
    browser.control('z').await?;
    editor.has_edges(&EDGES).await?;
    browser.control('y').await?;
    editor.has_edges(&["bill>owe success"]).await?;
    browser.click(Role::Button, "Undo (Ctrl+Z)").await?;
    editor.has_edges(&EDGES).await.map(|_| ())
}

async fn typing_is_one_step(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.select("ship").await?;
    browser.fill(Role::Textbox, "Name", "Send it off").await?;
    editor.reads("ship", "Send it off: ship").await?;
    editor.click_nothing().await?;
    browser.control('z').await?;
    editor.reads("ship", "ship: ship").await
}

async fn dragging_is_one_step_and_selecting_none(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    let before = editor.drawing().await?;
    let there = before.beside("spare", (64.0, 96.0))?;
    editor.trace(before.node("spare")?.middle(), there).await?;
    browser.drop_it().await?;
    let moved = editor.drawing().await?;
    anyhow::ensure!(
        moved.node("spare")?.middle() != before.node("spare")?.middle(),
        "it was not dragged"
    );
    editor.select("paid").await?;
    editor.select("bill").await?;
    browser.control('z').await?;
    let home = before.node("spare")?.middle();
    editor
        .until_drawn("spare to be where it was", |drawing| {
            drawing.node("spare").is_ok_and(|node| node.middle() == home)
        })
        .await
        .map(|_| ())
}

/// A list that was chosen from by hand says what holds all the same, after each undo and after each choice.
async fn choices_by_hand_are_undone(editor: &Editor<'_>) -> anyhow::Result<()> {
    let (one, other) = ("the run fails, unless it is handled", "the run goes on");
    editor.select("ship").await?;
    says(editor, one).await?;
    for choice in [other, one, other] {
        editor.browser.choose(FAILS, choice).await?;
        says(editor, choice).await?;
    }
    editor.click_nothing().await?;
    editor.select("ship").await?;
    for before in [one, other, one] {
        editor.browser.click(Role::Button, "Undo (Ctrl+Z)").await?;
        says(editor, before).await?;
    }
    // What was undone can be chosen again.
    editor.browser.choose(FAILS, other).await?;
    says(editor, other).await?;
    editor.browser.click(Role::Button, "Undo (Ctrl+Z)").await?;
    says(editor, one).await
}

/// The list of what may become of a failure.
const FAILS: &str = "If it fails for good";

/// Waits until the list shows this choice.
async fn says(editor: &Editor<'_>, choice: &str) -> anyhow::Result<()> {
    let shown = format!(
        "return [...document.querySelectorAll('.inspector label')]
             .find((label) => label.textContent.includes('{FAILS}'))
             ?.querySelector('select').selectedOptions[0].textContent ?? null"
    );
    until(&format!("the list to say “{choice}”"), SOON, async || {
        let shown: Option<String> = editor.browser.read(&shown).await?;
        Ok((shown.as_deref() == Some(choice)).then_some(()))
    })
    .await
}

async fn keys_in_fields_are_not_the_canvas_s(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.select("ship").await?;
    browser.click(Role::Textbox, "Name").await?;
    let before = editor.drawing().await?;
    for key in [Key::Delete, Key::Backspace, Key::Right, Key::Down, Key::F2] {
        browser.press(&[key]).await?;
    }
    browser.type_text("e+-01 ").await?;
    for letter in ['a', 'd', 'z'] {
        browser.control(letter).await?;
    }
    let after = editor.drawing().await?;
    anyhow::ensure!(after.ids() == before.ids() && after.connections() == before.connections());
    anyhow::ensure!(after.selected() == ["ship"], "{:?}", after.selected());
    anyhow::ensure!(after.scale.to_bits() == before.scale.to_bits() && after.origin == before.origin);
    Ok(())
}
