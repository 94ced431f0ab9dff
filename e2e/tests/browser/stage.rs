//! What every story needs: a system, a browser, and somebody who keeps what was seen when the story goes wrong.

use std::path::PathBuf;

use anyhow::Context as _;
use e2e::browser::{Browser, Role, Setup};

use crate::moneyflow::MoneyFlow;

/// A system, and a browser that looks at it.
pub(crate) struct Stage {
    pub(crate) browser: Browser,
    pub(crate) moneyflow: MoneyFlow,
}

impl Stage {
    /// Opens a page of the application.
    pub(crate) async fn open(&self, path: &str) -> anyhow::Result<()> {
        self.browser.open(&self.moneyflow.page(path)).await
    }

    /// Clicks on a page in the rail.
    pub(crate) async fn go_to(&self, page: &str) -> anyhow::Result<()> {
        let rail = self.browser.see(Role::Navigation, "Pages").await?;
        let line = self.browser.see_within(Some(&rail), Role::Link, page).await?;
        self.browser.click_on(&line).await
    }
}

/// Plays a story on a stage of its own. What it saw last is kept if it goes wrong.
pub(crate) async fn play(
    name: &str,
    story: impl AsyncFnOnce(&Stage) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    play_with(name, MoneyFlow::start().await?, Setup::default(), story).await
}

/// Plays a story on a system that is there already, in a browser that is set up for it.
pub(crate) async fn play_with(
    name: &str,
    moneyflow: MoneyFlow,
    setup: Setup<'_>,
    story: impl AsyncFnOnce(&Stage) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let stage = Stage {
        moneyflow,
        browser: Browser::start(setup).await?,
    };
    let Err(error) = story(&stage).await else {
        return stage.browser.close().await;
    };
    let files = stage.browser.evidence(&evidence_folder()?, name).await;
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let kept = format!("what was seen is kept: {}", files.join(" "));
    // How the end goes is of no interest any more.
    let _closed = stage.browser.close().await;
    Err(error).context(kept)
}

/// In the target directory, three folders above this test's own program.
fn evidence_folder() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let target = own
        .ancestors()
        .nth(3)
        .context("a test is built three folders deep")?;
    Ok(target.join("e2e-evidence"))
}
