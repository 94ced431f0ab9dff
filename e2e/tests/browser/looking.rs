//! The view: nearer, farther, elsewhere; and the graph put in order.

use anyhow::ensure;
use e2e::browser::{Action, Key, Place, Role};

use crate::editor::{Drawing, Editor, Node};
use crate::order_rule::{self, NODES};
use crate::stage::play;

/// So many pixels are rounding.
const ROUNDING: f64 = 1.5;

#[tokio::test(flavor = "multi_thread")]
async fn the_view_follows_wheel_pointer_and_keys() -> anyhow::Result<()> {
    play("looking", async |stage| {
        let editor = order_rule::open(stage, "looking").await?;
        the_wheel_zooms_at_the_cursor(&editor).await?;
        space_and_the_middle_button_pan(&editor).await?;
        keys_zoom(&editor).await?;
        a_wheel_over_a_panel_scrolls_the_panel(&editor).await?;
        stage.browser.must_be_content().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_is_arranged_searched_and_noted_on() -> anyhow::Result<()> {
    play("arranging", async |stage| {
        let editor = order_rule::open(stage, "arranging").await?;
        it_is_arranged_both_ways(&editor).await?;
        a_dragged_node_aligns(&editor).await?;
        a_node_is_found_and_renamed(&editor).await?;
        a_note_is_added(&editor).await?;
        the_map_leads_elsewhere(&editor).await?;
        stage.browser.must_be_content().await
    })
    .await
}

fn is_near(one: Place, other: Place) -> bool {
    (one.0 - other.0).abs() < ROUNDING && (one.1 - other.1).abs() < ROUNDING
}

/// What is under the cursor stays under the cursor.
async fn the_wheel_zooms_at_the_cursor(editor: &Editor<'_>) -> anyhow::Result<()> {
    let before = editor.drawing().await?;
    let at = before.node("spare")?.middle();
    // The wheel turns at whole pixels.
    let at = (at.0.trunc(), at.1.trunc());
    editor.browser.act(&[Action::Wheel(at, -240)]).await?;
    let nearer = editor
        .until_drawn("a nearer view", |drawing| drawing.scale > before.scale)
        .await?;
    ensure!(
        is_near(nearer.node("spare")?.middle(), at),
        "{:?}",
        nearer.node("spare")
    );
    let control = [
        Action::Hold(Key::Control),
        Action::Wheel(at, 240),
        Action::LetGo(Key::Control),
    ];
    editor.browser.act(&control).await?;
    let farther = editor
        .until_drawn("a farther view", |drawing| drawing.scale < nearer.scale)
        .await?;
    ensure!(
        is_near(farther.node("spare")?.middle(), at),
        "{:?}",
        farther.node("spare")
    );
    Ok(())
}

async fn space_and_the_middle_button_pan(editor: &Editor<'_>) -> anyhow::Result<()> {
    let space = Key::Char(' ');
    for (before, button, after) in [
        (vec![Action::Hold(space)], 0, vec![Action::LetGo(space)]),
        (vec![], 1, vec![]),
    ] {
        let drawing = editor.drawing().await?;
        // A drag of a node, if it were not for the key or the button.
        let from = drawing.node("spare")?.middle();
        let pan = [
            Action::To(from),
            Action::Press(button),
            Action::To((from.0 + 30.0, from.1 + 20.0)),
            Action::To((from.0 + 60.0, from.1 + 40.0)),
            Action::Release(button),
        ];
        editor
            .browser
            .act(&[before, pan.to_vec(), after].concat())
            .await?;
        let panned = (drawing.origin.0 + 60.0, drawing.origin.1 + 40.0);
        editor
            .until_drawn("another part", |drawing| is_near(drawing.origin, panned))
            .await?;
    }
    editor.is_saved().await
}

async fn keys_zoom(editor: &Editor<'_>) -> anyhow::Result<()> {
    let scale = |drawing: &Drawing| drawing.scale;
    let before = scale(&editor.drawing().await?);
    editor.browser.type_text("+").await?;
    let nearer = editor
        .until_drawn("nearer", |drawing| scale(drawing) > before)
        .await?;
    editor.browser.type_text("-").await?;
    editor
        .until_drawn("farther", |drawing| scale(drawing) < scale(&nearer))
        .await?;
    editor.browser.type_text("-").await?;
    editor.browser.type_text("1").await?;
    editor
        .until_drawn("life size", |drawing| (scale(drawing) - 1.0).abs() < 1e-6)
        .await?;
    editor.show_all().await.map(|_| ())
}

async fn a_wheel_over_a_panel_scrolls_the_panel(editor: &Editor<'_>) -> anyhow::Result<()> {
    editor.browser.resize((1280, 480)).await?;
    editor.until_drawn("all of it", Drawing::shows_all).await?;
    editor.select("ship").await?;
    let place = editor.browser.see(Role::Textbox, "Name").await?;
    let place = editor.browser.place_of(&place).await?;
    let before = editor.drawing().await?;
    editor.browser.act(&[Action::Wheel(place, 120)]).await?;
    e2e::until("the panel to scroll", crate::editor::SOON, async || {
        let scrolled: bool = editor
            .browser
            .read(
                "return [...document.querySelectorAll('.inspector, .inspector *')]
                     .some((one) => one.scrollTop > 0)",
            )
            .await?;
        Ok(scrolled.then_some(()))
    })
    .await?;
    let after = editor.drawing().await?;
    ensure!(after.scale.to_bits() == before.scale.to_bits() && after.origin == before.origin);
    Ok(())
}

async fn it_is_arranged_both_ways(editor: &Editor<'_>) -> anyhow::Result<()> {
    for (line, axis) in [
        (
            "Arrange from left to right",
            (|place| place.0) as fn(Place) -> f64,
        ),
        ("Arrange from top to bottom", |place| place.1),
    ] {
        editor.menu(line).await?;
        let follow = |drawing: &Drawing| {
            let at = |id: &str| axis(drawing.node(id).map(Node::middle).unwrap_or_default());
            at("paid") < at("ship") && at("ship") < at("bill")
        };
        editor.until_drawn(line, follow).await?;
    }
    editor.browser.control('z').await?;
    editor.browser.control('z').await?;
    editor.is_saved().await
}

async fn a_dragged_node_aligns(editor: &Editor<'_>) -> anyhow::Result<()> {
    editor.browser.type_text("1").await?;
    let drawing = editor.show_all().await?;
    // Almost the height of its neighbour.
    let to = drawing.beside("bill", (330.0, 3.0))?;
    editor.trace(drawing.node("spare")?.middle(), to).await?;
    editor
        .until_drawn("a guide", |drawing| drawing.guides > 0)
        .await?;
    editor.browser.drop_it().await?;
    editor
        .until_drawn("both in one line", |drawing| {
            let top = |id: &str| drawing.node(id).map(|node| node.area[1]).unwrap_or_default();
            drawing.guides == 0 && (top("spare") - top("bill")).abs() < ROUNDING
        })
        .await?;
    editor.browser.control('z').await?;
    editor.is_saved().await
}

async fn a_node_is_found_and_renamed(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    browser.control('f').await?;
    browser.see(Role::Combobox, "Find a node (Ctrl+F)").await?;
    browser.type_text("bil").await?;
    editor.has_selected(&["bill"]).await?;
    browser.press(&[Key::Enter]).await?;
    browser.see_no(Role::Combobox, "Find a node (Ctrl+F)").await?;
    browser.press(&[Key::F2]).await?;
    browser.see(Role::Textbox, "Name of the node").await?;
    browser.type_text("Bill them").await?;
    browser.press(&[Key::Enter]).await?;
    editor.reads("bill", "Bill them: invoice for total").await?;
    browser.control('z').await?;
    editor.has_nodes(&NODES).await.map(|_| ())
}

async fn a_note_is_added(editor: &Editor<'_>) -> anyhow::Result<()> {
    editor.menu("Add a note").await?;
    editor
        .until_drawn("a note", |drawing| drawing.notes.len() == 1)
        .await?;
    // Its text has the focus.
    editor.browser.control('a').await?;
    editor.browser.type_text("Ask Ana").await?;
    let note = editor.browser.see(Role::Textbox, "Note").await?;
    ensure!(
        editor.browser.value_of(&note).await? == "Ask Ana",
        "the note was not typed"
    );
    for _ in 0..2 {
        editor.browser.click(Role::Button, "Undo (Ctrl+Z)").await?;
    }
    editor
        .until_drawn("no note", |drawing| drawing.notes.is_empty())
        .await
        .map(|_| ())
}

/// The map is there while not all is seen.
async fn the_map_leads_elsewhere(editor: &Editor<'_>) -> anyhow::Result<()> {
    for _ in 0..6 {
        editor.browser.type_text("+").await?;
    }
    let map = "const map = document.querySelector('.minimap')?.getBoundingClientRect();
               return map ? [map.left + 5, map.top + 5] : null";
    let corner = e2e::until("the map", crate::editor::SOON, async || {
        editor.browser.read::<Option<Place>>(map).await
    })
    .await?;
    let before = editor.drawing().await?;
    editor.browser.click_at(corner).await?;
    editor
        .until_drawn("another part", |drawing| drawing.origin != before.origin)
        .await?;
    editor.show_all().await.map(|_| ())
}
