//! The process that drives the browser.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::Signal;

use crate::ports::free_port;
use crate::supervised::{Launch, Supervised};
use crate::{Patience, until};

const READY: Patience = Patience::of(Duration::from_secs(30));
const STOP: Duration = Duration::from_secs(20);

/// A `chromedriver`.
#[derive(Debug)]
pub(super) struct Driver {
    url: String,
    process: Supervised,
}

impl Driver {
    /// Starts one that keeps its log in a folder.
    pub(super) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let program = installed()?;
        let port = free_port()?;
        let mut launch = Launch::new("chromedriver", program, folder.join("chromedriver.log"));
        launch.command().arg(format!("--port={port}"));
        let mut driver = Self {
            url: format!("http://127.0.0.1:{port}"),
            process: launch.start()?,
        };
        driver.ready().await?;
        Ok(driver)
    }

    /// Where it listens.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Ends it, once its sessions are closed.
    pub(super) async fn stop(&mut self) -> anyhow::Result<()> {
        self.process.end_by(Signal::TERM, STOP).await.map(|_| ())
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let status = format!("{}/status", self.url);
        let process = &mut self.process;
        until("chromedriver to come up", READY, async || {
            process.must_live()?;
            let answer = client.get(&status).send().await?;
            Ok(answer.status().is_success().then_some(()))
        })
        .await
    }
}

fn installed() -> anyhow::Result<std::path::PathBuf> {
    let path = std::env::var_os("PATH").context("there is no PATH")?;
    for name in ["chromium", "chromedriver"] {
        if !std::env::split_paths(&path).any(|folder| folder.join(name).exists()) {
            bail!("{name} is not installed: `scripts/tools test` installs it");
        }
    }
    Ok("chromedriver".into())
}
