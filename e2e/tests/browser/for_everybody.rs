//! Without eyes, without a pointer, in a small window, in the reader's own language.

use anyhow::{Context as _, ensure};
use e2e::browser::{Key, Role, Setup};
use e2e::servers::temporary_folder;
use e2e::until;

use crate::editor::{Editor, SOON};
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
