//! The program's own processes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::Signal;
use tokio::process::Command;

use crate::supervised::{Launch, Supervised};
use crate::{Patience, until};

const READY: Patience = Patience::of(Duration::from_mins(1));
const STOP: Duration = Duration::from_secs(30);

/// The program under test: `moneyflow`, beside the folder of this test's own program.
///
/// # Errors
///
/// If it was not built.
pub fn binary() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own
        .ancestors()
        .nth(2)
        .context("a test is built two folders deep")?;
    let binary = folder.join("moneyflow");
    if !binary.exists() {
        bail!(
            "{} is not there: `make test` builds it, as does `cargo build --package moneyflow`",
            binary.display()
        );
    }
    Ok(binary)
}

/// A command of the program that ends by itself: what it printed on stdout.
///
/// # Errors
///
/// If it fails, with what it said.
pub async fn run(arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(binary()?);
    without_settings(&mut command);
    let output = command.args(arguments).kill_on_drop(true).output().await?;
    let out = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("moneyflow {arguments:?} failed ({}): {out}{said}", output.status);
    }
    Ok(out)
}

/// A service that can be killed, frozen and started again, always on the same port.
#[derive(Debug)]
pub struct Service {
    name: String,
    arguments: Vec<OsString>,
    log: PathBuf,
    url: String,
    process: Option<Supervised>,
}

impl Service {
    /// A service that listens on a port; it is not started yet.
    pub fn new(name: &str, arguments: &[&str], port: u16, logs: &Path) -> Self {
        Self {
            name: name.to_owned(),
            arguments: arguments.iter().map(OsString::from).collect(),
            log: logs.join(format!("{name}.log")),
            url: format!("http://127.0.0.1:{port}"),
            process: None,
        }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Starts it, and waits until it says that it is alive.
    ///
    /// # Errors
    ///
    /// If it ends instead, with its last words.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let mut launch = Launch::new(&self.name, binary()?, self.log.clone());
        without_settings(launch.command());
        launch
            .command()
            .args(&self.arguments)
            .env("MONEYFLOW_LOG", "info");
        let process = self.process.insert(launch.start()?);
        let client = reqwest::Client::builder().no_proxy().timeout(STOP).build()?;
        let health = format!("{}/healthz", self.url);
        until(&format!("{} to come up", self.name), READY, async || {
            process.must_live()?;
            let answer = client.get(&health).send().await?;
            Ok(answer.status().is_success().then_some(()))
        })
        .await
    }

    /// `SIGKILL`, and gone; also a frozen one.
    ///
    /// # Errors
    ///
    /// If it does not run.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().with_context(|| self.is_down())?;
        process.must_live()?;
        process.kill().await
    }

    /// `SIGTERM`, and a good end.
    ///
    /// # Errors
    ///
    /// If it does not end, or ends badly.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().with_context(|| self.is_down())?;
        let status = process.end_by(Signal::TERM, STOP).await?;
        if !status.success() {
            bail!("{} ended badly ({status}):\n{}", self.name, process.last_words());
        }
        Ok(())
    }

    /// `SIGSTOP`: it does nothing more, and knows nothing of it.
    ///
    /// # Errors
    ///
    /// If it does not run.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.running()?.signal(Signal::STOP)
    }

    /// `SIGCONT`: it goes on as if nothing had been.
    ///
    /// # Errors
    ///
    /// If it does not run.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.running()?.signal(Signal::CONT)
    }

    /// An error, with its last words, if it is not running.
    ///
    /// # Errors
    ///
    /// As said.
    pub fn must_live(&mut self) -> anyhow::Result<()> {
        match &mut self.process {
            Some(process) => process.must_live(),
            None => bail!(self.is_down()),
        }
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        crate::supervised::last_lines(&self.log)
    }

    /// How many lines of its log, over all of its lives, have one of these texts in them.
    ///
    /// # Errors
    ///
    /// If the log cannot be read.
    pub fn log_lines_with(&self, texts: &[&str]) -> anyhow::Result<usize> {
        let log = std::fs::read(&self.log);
        let log = log.with_context(|| format!("the log {} cannot be read", self.log.display()))?;
        let log = String::from_utf8_lossy(&log);
        let has_one = |line: &&str| texts.iter().any(|text| line.contains(text));
        Ok(log.lines().filter(has_one).count())
    }

    fn running(&self) -> anyhow::Result<&Supervised> {
        self.process.as_ref().with_context(|| self.is_down())
    }

    fn is_down(&self) -> String {
        format!("{} does not run", self.name)
    }
}

/// What the tester's environment says of MoneyFlow is not for the processes under test.
fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MONEYFLOW_") {
            command.env_remove(name);
        }
    }
}
