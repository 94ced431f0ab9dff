//! Without eyes, without a pointer, in a small window, in the reader's own language.

use anyhow::ensure;
use e2e::browser::{Key, Role, Setup};
use e2e::until;

use crate::editor::{Editor, SOON};
use crate::moneyflow::MoneyFlow;
use crate::order_rule;
use crate::stage::{play, play_with};

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_is_read_out_as_a_list() -> anyhow::Result<()> {
    play("list", async |stage| {
        let browser = &stage.browser;
        let editor = order_rule::open(stage, "list").await?;
        editor.menu("List of nodes").await?;
        let list = browser.see(Role::Dialog, "List of nodes").await?;
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
        browser.must_be_content().await
    })
    .await
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
