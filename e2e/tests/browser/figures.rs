//! The figures of a page: the rows of its list, and its terms with what they come to.

use anyhow::ensure;
use e2e::browser::Browser;
use e2e::until;

use crate::editor::SOON;

/// The cells of a list, row by row. A second line in a cell is read on.
const ROWS: &str = "return [...document.querySelectorAll('.rows [role=row]')].map((row) =>
    [...row.querySelectorAll('[role=cell]')]
        .map((cell) => cell.innerText.trim().replace(/\\s+/g, ' ')).join(' | '))";

/// Terms with what they come to.
const FIGURES: &str = "return [...document.querySelectorAll('dt')]
    .map((term) => `${term.innerText.trim()}: ${term.nextElementSibling.innerText.trim()}`)";

/// Waits until the list shows these rows, and no others. A row that ends in `…` may go on.
pub(crate) async fn shows_rows(browser: &Browser, wanted: &[&str]) -> anyhow::Result<()> {
    until(&format!("the rows {wanted:?}"), SOON, async || {
        let rows: Vec<String> = browser.read(ROWS).await?;
        let is_it = |(row, wanted): (&String, &&str)| match wanted.strip_suffix('…') {
            Some(beginning) => row.starts_with(beginning),
            None => row == wanted,
        };
        let are_they = rows.len() == wanted.len() && rows.iter().zip(wanted).all(is_it);
        ensure!(are_they, "they are {rows:#?}");
        Ok(Some(()))
    })
    .await
}

/// Waits until the page has each of these figures, as `term: value`.
pub(crate) async fn shows_figures(browser: &Browser, wanted: &[&str]) -> anyhow::Result<()> {
    until(&format!("the figures {wanted:?}"), SOON, async || {
        let figures: Vec<String> = browser.read(FIGURES).await?;
        let has = |wanted: &&str| figures.iter().any(|figure| figure == wanted);
        ensure!(wanted.iter().all(has), "they are {figures:#?}");
        Ok(Some(()))
    })
    .await
}
