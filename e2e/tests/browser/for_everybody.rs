//! Without eyes, without a pointer, in a small window, in the reader's own language.

use anyhow::{Context as _, ensure};
use e2e::browser::{Key, Role, Setup};
use e2e::servers::temporary_folder;
use e2e::until;

use crate::editor::{Drawing, Editor, SOON};
use crate::moneyflow::MoneyFlow;
use crate::order_rule;
use crate::stage::{Stage, play, play_with};

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_is_read_out_as_a_list() -> anyhow::Result<()> {
    play("list", async |stage| {
        let browser = &stage.browser;
        let editor = order_rule::open(stage, "list").await?;
        editor.menu("The graph as a list").await?;
        let list = browser.see(Role::Dialog, "The graph as a list").await?;
        for sentence in ["Step 1", "paid", "status = paid", "owe"] {
            let text = browser.text_of(&list).await?;
            ensure!(text.contains(sentence), "{sentence} is missing: {text}");
        }
        let line = browser
            .see_within(Some(&list), Role::Button, "Step 2 ship…")
            .await?;
        browser.click_on(&line).await?;
        editor.has_selected(&["ship"]).await?;
        it_is_said(&editor, "ship selected").await?;
        browser.press(&[Key::Alt, Key::Down]).await?;
        editor.has_selected(&["bill"]).await?;
        it_is_said(&editor, "bill selected").await?;
        browser.press(&[Key::Delete]).await?;
        it_is_said(&editor, "Deleted").await?;
        browser.control('z').await?;
        it_is_said(&editor, "Undone").await?;
        a_note_is_resized_by_keys(&editor).await?;
        everything_is_gone_through_by_keys(&editor).await?;
        the_canvas_is_left_by_keys(&editor).await?;
        it_fits_into_a_small_window(&editor).await?;
        browser.must_be_content().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brazilian_browser_is_spoken_to_in_portuguese() -> anyhow::Result<()> {
    let setup = Setup { languages: "pt-BR" };
    play_with("portuguese", MoneyFlow::start().await?, setup, async |stage| {
        let browser = &stage.browser;
        stage.open("/app/rules/new").await?;
        let editor = Editor::shown(stage).await?;
        browser.see(Role::Button, "Salvar rascunho").await?;
        editor
            .drag_in("Condição", editor.drawing().await?.share((0.5, 0.3)))
            .await?;
        editor.reads("condition-1", "condition-1: sempre").await?;
        let language: String = browser.read("return document.documentElement.lang").await?;
        ensure!(
            language.starts_with("pt"),
            "the page says that it is in {language}"
        );
        browser.must_be_content().await?;
        what_is_wrong_is_said_in_portuguese(&editor).await?;
        refusals_are_said_in_portuguese(stage).await
    })
    .await
}

/// A warning, and faults, with the names that they are about.
async fn what_is_wrong_is_said_in_portuguese(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    browser.click(Role::Button, "Problemas…").await?;
    browser
        .read_text("Nada depende de `condition-1`: seu resultado não muda nada.")
        .await?;
    editor.select("condition-1").await?;
    browser.click(Role::Button, "Acrescentar expectativa").await?;
    browser
        .fill(Role::Combobox, "Campo", "$context.evnt.total")
        .await?;
    browser.press(&[Key::Tab]).await?;
    browser
        .read_text("O contexto não tem o membro `evnt`. Você quis dizer `event`?")
        .await?;
    for _ in 0..2 {
        browser.click(Role::Button, "Desfazer (Ctrl+Z)").await?;
    }
    Ok(())
}

/// What the API refuses: a run that is none, and a file that is no rule.
async fn refusals_are_said_in_portuguese(stage: &Stage) -> anyhow::Result<()> {
    let browser = &stage.browser;
    let nobody = "0de30000-0000-7000-8000-0000000000ff";
    stage.open(&format!("/app/runs/{nobody}")).await?;
    browser.read_text(&format!("Não há execução {nobody}.")).await?;
    browser.click(Role::Link, "Regras").await?;
    browser.read_text("marketplace-split").await?;
    let folder = temporary_folder()?;
    let file = folder.path().join("recusada.json");
    let mut refused = order_rule::order("recusada");
    let members = refused.as_object_mut().context("a rule is an object")?;
    members.insert("language".to_owned(), 2.into());
    std::fs::write(&file, refused.to_string())?;
    browser.drop_file(&file, (700.0, 500.0)).await?;
    browser.see(Role::Dialog, "A regra não foi salva").await?;
    browser.read_text("Há algo errado com a regra.").await?;
    browser.read_text("`language` deve ser 1, e isto é 2.").await?;
    // The browser itself says that they were refused.
    let complaints = browser.complaints().await?;
    ensure!(
        complaints
            .iter()
            .all(|said| said.contains("404") || said.contains("422")),
        "{complaints:?}"
    );
    Ok(())
}

async fn it_is_said(editor: &Editor<'_>, words: &str) -> anyhow::Result<()> {
    until(&format!("“{words}” to be said"), SOON, async || {
        let said: Vec<String> = editor
            .browser
            .read("return [...document.querySelectorAll('[aria-live=polite]')].map((one) => one.textContent)")
            .await?;
        ensure!(
            said.iter().any(|said| said.contains(words)),
            "it was said: {said:?}"
        );
        Ok(Some(()))
    })
    .await
}

/// From its text back to the canvas, and there by the arrows: all presses are one step.
async fn a_note_is_resized_by_keys(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    editor.menu("Add a note").await?;
    let drawing = editor
        .until_drawn("a note", |drawing| drawing.notes.len() == 1)
        .await?;
    let before = size_of_the_note(&drawing)?;
    browser.press(&[Key::Escape]).await?;
    for way in [Key::Right, Key::Right, Key::Down] {
        browser.press(&[Key::Shift, Key::Alt, way]).await?;
    }
    let step = 16.0 * drawing.scale;
    has_note_of(editor, (before.0 + 2.0 * step, before.1 + step)).await?;
    it_is_said(editor, " wide, ").await?;
    browser.control('z').await?;
    has_note_of(editor, before).await?;
    browser.press(&[Key::Control, Key::Shift, Key::Char('z')]).await?;
    has_note_of(editor, (before.0 + 2.0 * step, before.1 + step)).await
}

fn size_of_the_note(drawing: &Drawing) -> anyhow::Result<(f64, f64)> {
    let [left, top, right, bottom] = drawing.notes.first().copied().context("there is no note")?;
    Ok((right - left, bottom - top))
}

async fn has_note_of(editor: &Editor<'_>, size: (f64, f64)) -> anyhow::Result<()> {
    let is_so = |drawing: &Drawing| {
        size_of_the_note(drawing)
            .is_ok_and(|now| (now.0 - size.0).abs() < 1.0 && (now.1 - size.1).abs() < 1.0)
    };
    editor
        .until_drawn(&format!("a note of {size:?}"), is_so)
        .await
        .map(|_| ())
}

/// Nodes as they run, then edges, then notes, each said; and all the way back.
async fn everything_is_gone_through_by_keys(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    browser.press(&[Key::Escape]).await?;
    editor.has_selected(&[]).await?;
    let order = [
        "paid selected",
        "spare selected",
        "ship selected",
        "bill selected",
        "owe selected",
        "Edge from paid (yes) to ship selected",
        "Edge from ship (success) to bill selected",
        "Edge from bill (success) to owe selected",
        "Note: Note selected",
    ];
    for said in order.iter().chain(&order[..1]) {
        browser.press(&[Key::PageDown]).await?;
        it_is_said(editor, said).await?;
    }
    for said in order.iter().rev() {
        browser.press(&[Key::PageUp]).await?;
        it_is_said(editor, said).await?;
    }
    editor.has_selected(&["paid"]).await.map(|_| ())
}

/// Tab adds a node after what is selected. Escape lets go of it: then Tab leads on, and back.
async fn the_canvas_is_left_by_keys(editor: &Editor<'_>) -> anyhow::Result<()> {
    let browser = editor.browser;
    let is_on_canvas = "return document.activeElement.classList.contains('stage')";
    editor.select("paid").await?;
    browser.press(&[Key::Tab]).await?;
    browser.see(Role::Dialog, "Add a node").await?;
    browser.press(&[Key::Escape]).await?;
    browser.see_no(Role::Dialog, "Add a node").await?;
    browser.press(&[Key::Escape]).await?;
    editor.has_selected(&[]).await?;
    ensure!(
        browser.read::<bool>(is_on_canvas).await?,
        "the canvas has no focus"
    );
    browser.press(&[Key::Tab]).await?;
    browser.see_no(Role::Dialog, "Add a node").await?;
    ensure!(
        !browser.read::<bool>(is_on_canvas).await?,
        "the canvas keeps the focus"
    );
    browser.press(&[Key::Shift, Key::Tab]).await?;
    ensure!(
        browser.read::<bool>(is_on_canvas).await?,
        "the way back leads elsewhere"
    );
    Ok(())
}

async fn it_fits_into_a_small_window(editor: &Editor<'_>) -> anyhow::Result<()> {
    editor.browser.resize((1024, 768)).await?;
    editor.select("ship").await?;
    let (page, window): (f64, f64) = editor
        .browser
        .read("return [document.documentElement.scrollWidth, window.innerWidth]")
        .await?;
    ensure!(page <= window, "the page is {page} wide in a window of {window}");
    for button in ["Save draft", "Publish", "More"] {
        let button = editor.browser.see(Role::Button, button).await?;
        editor.browser.place_of(&button).await?;
    }
    Ok(())
}
