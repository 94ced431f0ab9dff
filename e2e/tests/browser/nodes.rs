//! Nodes: how they come and go, how they are selected, and how they are moved.

use anyhow::ensure;
use e2e::browser::{Action, Key, Role};

use crate::editor::{Editor, Node};
use crate::order_rule::{self, EDGES, NODES};
use crate::stage::play;

#[tokio::test(flavor = "multi_thread")]
async fn nodes_come_go_and_move() -> anyhow::Result<()> {
    play("nodes", async |stage| {
        let editor = order_rule::open(stage, "nodes").await?;
        the_picker_inserts_and_connects(&editor).await?;
        a_dropped_node_is_spliced_in(&editor).await?;
        many_are_selected(&editor).await?;
        many_are_moved(&editor).await?;
        stage.browser.must_be_content().await
    })
    .await
}

async fn the_picker_inserts_and_connects(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    let [one, two, three] = EDGES;
    let [bill, owe, paid, ship, spare] = NODES;
    editor.select("spare").await?;
    browser.press(&[Key::Tab]).await?;
    browser.see(Role::Dialog, "Add a node").await?;
    browser.type_text("roy").await?;
    browser.press(&[Key::Enter]).await?;
    let royalty = "generate-royalty-1";
    editor.has_nodes(&[bill, owe, paid, ship, spare, royalty]).await?;
    editor
        .has_edges(&[one, two, three, "spare>generate-royalty-1 success"])
        .await?;
    browser.press(&[Key::Backspace]).await?;
    editor.has_nodes(&NODES).await?;
    editor.has_edges(&EDGES).await?;
    // A double click asks, too; Escape is an answer.
    let nowhere = editor.drawing().await?.share((0.9, 0.1));
    browser.double_click_at(nowhere).await?;
    browser.see(Role::Dialog, "Add a node").await?;
    browser.press(&[Key::Escape]).await?;
    browser.see_no(Role::Dialog, "Add a node").await?;
    browser.double_click_at(nowhere).await?;
    editor.pick("Hold").await?;
    editor
        .has_nodes(&[bill, owe, paid, ship, spare, "hold-1"])
        .await?;
    browser.control('z').await?;
    editor.has_nodes(&NODES).await?;
    // The palette is clicked in, too.
    editor.select("spare").await?;
    browser.click(Role::Button, "Invoice").await?;
    editor
        .has_edges(&[one, two, three, "spare>generate-invoice-1 success"])
        .await?;
    browser.control('z').await?;
    editor.has_nodes(&NODES).await.map(|_| ())
}

async fn a_dropped_node_is_spliced_in(editor: &Editor<'_>) -> anyhow::Result<()> {
    let middle = editor.drawing().await?.edge("ship>bill")?.middle;
    editor.drag_in("Notify", middle).await?;
    editor
        .has_edges(&[
            "bill>owe success",
            "notify-1>bill success",
            "paid>ship success",
            "ship>notify-1 success",
        ])
        .await?;
    editor.browser.control('z').await?;
    editor.has_edges(&EDGES).await?;
    // So is one that stood aside.
    let drawing = editor.drawing().await?;
    let middle = drawing.edge("ship>bill")?.middle;
    editor.trace(drawing.node("spare")?.middle(), middle).await?;
    editor.browser.drop_it().await?;
    editor
        .has_edges(&[
            "bill>owe success",
            "paid>ship success",
            "ship>spare success",
            "spare>bill success",
        ])
        .await?;
    editor.browser.control('z').await?;
    editor.has_edges(&EDGES).await?;
    editor.is_saved().await
}

async fn many_are_selected(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.click_nothing().await?;
    editor.select("paid").await?;
    editor.select_also("spare").await?;
    editor.has_selected(&["paid", "spare"]).await?;
    editor.select_also("spare").await?;
    let drawing = editor.has_selected(&["paid"]).await?;
    editor.click_nothing().await?;
    // A box around the column.
    let (from, to) = (
        drawing.beside("paid", (-150.0, -60.0))?,
        drawing.beside("bill", (130.0, 60.0))?,
    );
    browser
        .act(&[Action::Hold(Key::Shift), Action::To(from), Action::Press(0)])
        .await?;
    browser
        .act(&[Action::To(drawing.node("ship")?.middle()), Action::To(to)])
        .await?;
    editor.has_selected(&["bill", "paid", "ship"]).await?;
    browser
        .act(&[Action::Release(0), Action::LetGo(Key::Shift)])
        .await?;
    editor.has_selected(&["bill", "paid", "ship"]).await?;
    browser.control('a').await?;
    editor.has_selected(&NODES).await.map(|_| ())
}

async fn many_are_moved(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    let before = editor.drawing().await?;
    let (from, to) = (
        before.node("ship")?.middle(),
        before.beside("ship", (48.0, 32.0))?,
    );
    editor.trace(from, to).await?;
    browser.drop_it().await?;
    let after = editor.drawing().await?;
    let moved = |id: &str| {
        let (one, other) = (before.node(id)?.middle(), after.node(id)?.middle());
        anyhow::Ok(((other.0 - one.0).round(), (other.1 - one.1).round()))
    };
    let offset = moved("ship")?;
    ensure!(offset != (0.0, 0.0), "nothing moved");
    for id in NODES {
        ensure!(
            moved(id)? == offset,
            "{id} moved by {:?}, ship by {offset:?}",
            moved(id)?
        );
    }
    browser.control('z').await?;
    editor.is_saved().await?;
    editor.select("spare").await?;
    for (keys, (right, down)) in [
        (vec![Key::Right], (16.0, 0.0)),
        (vec![Key::Shift, Key::Down], (0.0, 80.0)),
    ] {
        let to = editor.drawing().await?.beside("spare", (right, down))?;
        browser.press(&keys).await?;
        editor
            .until_drawn("a step of the grid", |drawing| {
                let at = drawing.node("spare").map(Node::middle).unwrap_or_default();
                (at.0 - to.0).abs() < 0.5 && (at.1 - to.1).abs() < 0.5
            })
            .await?;
    }
    browser.control('z').await?;
    editor.is_saved().await
}
