//! A real Chromium, seen and used as a person does it: what has a role and a name is found by them, and pointer, keys
//! and wheel are the browser's own.
//!
//! It speaks WebDriver with Debian's `chromedriver`, and through that the browser's own protocol where WebDriver has no
//! word for something: the accessibility tree, colour schemes, files that are dropped. It knows nothing of MoneyFlow.

mod accessibility;
mod driver;
mod evidence;
mod hand;
mod page;
mod seen;
mod session;

use std::path::Path;

use tempfile::TempDir;

pub use self::accessibility::Violation;
use self::driver::Driver;
pub use self::hand::{Action, Key, Place};
pub use self::page::Scheme;
pub use self::seen::{Role, Seen};
use self::session::Session;
use crate::servers::temporary_folder;

/// How large the window is, unless a test makes it another size.
pub const WINDOW: (u32, u32) = (1440, 900);

/// How a browser is set up before it starts.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// The languages that it says its reader speaks, as in `Accept-Language`.
    pub languages: &'a str,
}

impl Default for Setup<'_> {
    fn default() -> Self {
        Self { languages: "en-US" }
    }
}

/// A browser with a profile of its own. Dropped, it is killed; [`Browser::close`] is the good end.
#[derive(Debug)]
pub struct Browser {
    session: Session,
    driver: Driver,
    // Last: what writes there goes first.
    folder: TempDir,
}

impl Browser {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// If `chromium` or `chromedriver` is not installed, or does not come up.
    pub async fn start(setup: Setup<'_>) -> anyhow::Result<Self> {
        let folder = temporary_folder()?;
        let driver = Driver::start(folder.path()).await?;
        let session = Session::open(driver.url(), &capabilities(setup, folder.path())).await?;
        let browser = Self {
            session,
            driver,
            folder,
        };
        browser.resize(WINDOW).await?;
        Ok(browser)
    }

    /// Ends it.
    ///
    /// # Errors
    ///
    /// If it does not end.
    pub async fn close(mut self) -> anyhow::Result<()> {
        self.session.close().await?;
        self.driver.stop().await
    }

    /// Where its downloads go.
    pub fn downloads(&self) -> std::path::PathBuf {
        self.folder.path().join("downloads")
    }
}

fn capabilities(setup: Setup<'_>, folder: &Path) -> serde_json::Value {
    let arguments = [
        "--headless=new".to_owned(),
        // The sandbox refuses to be run by root, as whom containers run tests. Only our own pages are opened.
        "--no-sandbox".to_owned(),
        // Over a pipe: it ends with the driver, whatever end that comes to.
        "--remote-debugging-pipe".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--hide-scrollbars".to_owned(),
        "--force-color-profile=srgb".to_owned(),
        format!("--user-data-dir={}", folder.join("profile").display()),
        format!("--accept-lang={}", setup.languages),
    ];
    serde_json::json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        // A question before leaving is the test's to answer.
        "unhandledPromptBehavior": "ignore",
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": {
            "args": arguments,
            "prefs": {
                "intl.accept_languages": setup.languages,
                "download.default_directory": folder.join("downloads"),
                "download.prompt_for_download": false,
            },
        },
    } } })
}
