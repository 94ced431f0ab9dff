//! The seed flow, from an empty canvas to its run, with keys alone: the pointer is never moved.

use anyhow::bail;
use e2e::browser::{Browser, Key, Role};

use crate::editor::Editor;
use crate::seed_flow::{
    BOOK, COMMISSION, COPY, EDGES, PHYSICAL, ROYALTY, SHIPMENT, came_out, must_be_the_flow, pay,
};
use crate::stage::play;

/// More presses of Tab than any page takes.
const MOST_TABS: usize = 120;

/// What has the focus, as it is read out; and where it leads, if it is a link.
const FOCUSED: &str = "const one = document.activeElement;
    const label = one.labels?.[0];
    const own = one.getAttribute('aria-label') ?? label?.querySelector('span')?.textContent ?? one.textContent;
    return [own.trim(), one.getAttribute('href') ?? ''];";

#[tokio::test(flavor = "multi_thread")]
async fn the_seed_flow_is_drawn_by_keys() -> anyhow::Result<()> {
    play("by-keys", async |stage| {
        let browser = &stage.browser;
        let editor = Editor::open(stage, "/app/rules/new").await?;
        draw(&editor).await?;
        connect(&editor).await?;
        fill_in(&editor).await?;
        name_and_publish(browser).await?;
        must_be_the_flow(&stage.moneyflow.rule("by-keys").await?)?;
        let run = pay(stage, "by-keys").await?;
        search(browser, "book-1", "Runs of event “book-1”…").await?;
        browser.heading("Runs").await?;
        browser.read_text("Succeeded").await?;
        tab_to(browser, Key::Tab, &format!("/app/runs/{run}")).await?;
        browser.press(&[Key::Enter]).await?;
        came_out(browser).await?;
        // A part of a rule's name leads to it.
        search(browser, "KEYS", "by-keys…").await?;
        browser.heading("by-keys").await?;
        browser.must_be_content().await
    })
    .await
}

async fn draw(editor: &Editor<'_>) -> anyhow::Result<()> {
    let ids = [PHYSICAL, SHIPMENT, BOOK, COPY, ROYALTY, COMMISSION];
    let wanted = [
        "condition",
        "shipment",
        "condition",
        "duplicate",
        "royalty",
        "commission",
    ];
    let mut there = Vec::new();
    for (id, query) in ids.into_iter().zip(wanted) {
        editor.browser.press(&[Key::Tab]).await?;
        editor.browser.see(Role::Dialog, "Add a node").await?;
        editor.browser.type_text(query).await?;
        editor.browser.press(&[Key::Enter]).await?;
        there.push(id);
        editor.has_nodes(&there).await?;
        editor.has_selected(&[id]).await?;
    }
    Ok(())
}

/// Where the flow is no column: from the question about the book to the commission, whichever comes first.
async fn connect(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    for above in [ROYALTY, COPY, BOOK] {
        browser.press(&[Key::Alt, Key::Up]).await?;
        editor.has_selected(&[above]).await?;
    }
    browser.type_text("e").await?;
    browser.see(Role::Dialog, "Connect").await?;
    tab_to(browser, Key::Tab, "Goes on when the source ends with").await?;
    browser.type_text("no").await?;
    tab_to(browser, Key::Tab, "to").await?;
    browser.type_text("generate-c").await?;
    tab_to(browser, Key::Tab, "Connect").await?;
    browser.press(&[Key::Enter]).await?;
    editor.has_edges(&EDGES).await?;
    Ok(())
}

async fn fill_in(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    // The edge that was just drawn is selected; the nearest node below is found from a node alone.
    browser.press(&[Key::Escape]).await?;
    for (node, field, value) in [
        (PHYSICAL, "product.kind", "physical"),
        (BOOK, "product.type", "book"),
    ] {
        find(editor, node).await?;
        browser.press(&[Key::Enter]).await?;
        tab_to(browser, Key::Tab, "Add an expectation").await?;
        browser.press(&[Key::Enter]).await?;
        browser.see(Role::Combobox, "Field").await?;
        back_to(browser, "Field").await?;
        browser.type_text(field).await?;
        tab_to(browser, Key::Tab, "Value").await?;
        browser.type_text(value).await?;
        browser.press(&[Key::Escape]).await?;
        editor.reads(node, &format!("{node}: {field} = {value}")).await?;
    }
    find(editor, COMMISSION).await?;
    browser.press(&[Key::Enter]).await?;
    tab_to(browser, Key::Tab, "Of several edges").await?;
    browser.type_text("one").await?;
    browser.press(&[Key::Escape]).await?;
    editor
        .until_drawn("an open ring", |drawing| drawing.joins(COMMISSION) == Some("any"))
        .await
        .map(|_| ())
}

async fn find(editor: &Editor<'_>, node: &str) -> anyhow::Result<()> {
    editor.browser.control('f').await?;
    editor.browser.see(Role::Combobox, "Find a node (Ctrl+F)").await?;
    editor.browser.type_text(node).await?;
    editor.has_selected(&[node]).await?;
    editor.browser.press(&[Key::Enter]).await?;
    editor
        .browser
        .see_no(Role::Combobox, "Find a node (Ctrl+F)")
        .await
}

async fn name_and_publish(browser: &Browser) -> anyhow::Result<()> {
    browser.press(&[Key::Escape]).await?;
    back_to(browser, "Name of the rule").await?;
    browser.control('a').await?;
    browser.type_text("by-keys").await?;
    browser.control('s').await?;
    browser.read_text("Version 1").await?;
    tab_to(browser, Key::Tab, "Publish").await?;
    browser.press(&[Key::Enter]).await?;
    browser
        .read_text("“by-keys” runs at version 1 from the next event on.")
        .await
}

/// Goes to the first thing that the search finds.
pub(crate) async fn search(browser: &Browser, text: &str, finds: &str) -> anyhow::Result<()> {
    browser.control('k').await?;
    browser.see(Role::Combobox, "Search").await?;
    browser.type_text(text).await?;
    browser.see(Role::Option, finds).await?;
    browser.press(&[Key::Enter]).await
}

async fn back_to(browser: &Browser, name: &str) -> anyhow::Result<()> {
    for _ in 0..MOST_TABS {
        browser.press(&[Key::Shift, Key::Tab]).await?;
        if has_focus(browser, name).await? {
            return Ok(());
        }
    }
    bail!("the keys do not lead back to “{name}”")
}

/// Presses a key until something of this name, or leading there, has the focus.
async fn tab_to(browser: &Browser, key: Key, name: &str) -> anyhow::Result<()> {
    let mut passed = Vec::new();
    for _ in 0..MOST_TABS {
        if has_focus(browser, name).await? {
            return Ok(());
        }
        passed.push(focused(browser).await?.0);
        browser.press(&[key]).await?;
    }
    bail!("the keys do not lead to “{name}”, but past {passed:?}")
}

async fn has_focus(browser: &Browser, name: &str) -> anyhow::Result<bool> {
    let (own, leads_to) = focused(browser).await?;
    Ok(own == name || (name.starts_with('/') && leads_to.starts_with(name)))
}

async fn focused(browser: &Browser) -> anyhow::Result<(String, String)> {
    browser.read(FOCUSED).await
}
