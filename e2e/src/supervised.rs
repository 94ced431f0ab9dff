//! A child process that does not outlive its parent.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};

/// How much of a log is shown when its process did not do what it should.
const LAST_WORDS_LINES: usize = 25;
/// How long a dropped process may take to end before its whole group is killed.
const DROPPED_WITHIN: Duration = Duration::from_secs(3);

/// What to start.
#[derive(Debug)]
pub struct Launch {
    name: String,
    command: Command,
    log: PathBuf,
    orphaned: Orphaned,
}

/// What the kernel does to a child when the thread that started it is gone, however that came about. So children are
/// started from a thread that lives as long as they are needed.
#[derive(Debug, Clone, Copy)]
pub enum Orphaned {
    /// `SIGKILL`.
    Killed,
    /// `SIGQUIT`, which PostgreSQL passes on to its sessions.
    Quit,
}

impl Orphaned {
    fn name(self) -> &'static str {
        match self {
            Self::Killed => "KILL",
            Self::Quit => "QUIT",
        }
    }

    fn signal(self) -> Signal {
        match self {
            Self::Killed => Signal::KILL,
            Self::Quit => Signal::QUIT,
        }
    }
}

impl Launch {
    /// A program that writes to a log file.
    pub fn new(name: &str, program: impl AsRef<OsStr>, log: PathBuf) -> Self {
        Self::under(name, program, log, Orphaned::Killed, None)
    }

    /// The same, under another account if one is named; this takes root.
    pub fn under(
        name: &str,
        program: impl AsRef<OsStr>,
        log: PathBuf,
        orphaned: Orphaned,
        account: Option<&str>,
    ) -> Self {
        let mut command = Command::new("setpriv");
        if let Some(account) = account {
            command.arg(format!("--reuid={account}"));
            command.arg(format!("--regid={account}"));
            command.arg("--init-groups");
        }
        command.args(["--pdeathsig", orphaned.name(), "--"]).arg(program);
        Self {
            name: name.to_owned(),
            command,
            log,
            orphaned,
        }
    }

    /// The command, for its arguments and environment.
    pub fn command(&mut self) -> &mut Command {
        &mut self.command
    }

    /// Starts it. What it says is added to its log.
    ///
    /// # Errors
    ///
    /// If the log cannot be written, or the program is not there.
    pub fn start(mut self) -> anyhow::Result<Supervised> {
        let log = File::options().create(true).append(true).open(&self.log);
        let log = log.with_context(|| format!("the log {} cannot be written", self.log.display()))?;
        // A group of its own: Ctrl+C on the terminal is its parent's to pass on.
        self.command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let child = self.command.spawn();
        let child = child.with_context(|| format!("{} cannot be started by setpriv", self.name))?;
        Ok(Supervised {
            name: self.name,
            child,
            log: self.log,
            orphaned: self.orphaned,
        })
    }
}

/// A child process. Dropped, it ends as if it were orphaned.
#[derive(Debug)]
pub struct Supervised {
    name: String,
    child: Child,
    log: PathBuf,
    orphaned: Orphaned,
}

impl Supervised {
    /// Its process id, while it has not been seen to end.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends the process a signal.
    ///
    /// # Errors
    ///
    /// If it has ended.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = self.pid_of_living()?;
        kill_process(pid, signal).with_context(|| format!("{} cannot be signalled", self.name))
    }

    /// An error with its last words if it has ended.
    ///
    /// # Errors
    ///
    /// As said.
    pub fn must_live(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended ({status}):\n{}", self.name, self.last_words()),
        }
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    ///
    /// If the kernel will not tell.
    pub async fn ended(mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.child.wait().await?)
    }

    /// `SIGKILL` for the process and its group; returns once it is gone.
    ///
    /// # Errors
    ///
    /// If the kernel will not.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        if let Ok(pid) = self.pid_of_living() {
            kill_process_group(pid, Signal::KILL)
                .with_context(|| format!("{} cannot be killed", self.name))?;
        }
        self.child.wait().await?;
        Ok(())
    }

    /// Sends a signal that asks it to end, and waits until it has.
    ///
    /// # Errors
    ///
    /// If it is not gone in time.
    pub async fn end_by(&mut self, signal: Signal, within: Duration) -> anyhow::Result<ExitStatus> {
        self.signal(signal)?;
        match tokio::time::timeout(within, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => bail!(
                "{} did not end within {within:?}:\n{}",
                self.name,
                self.last_words()
            ),
        }
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        last_lines(&self.log)
    }

    fn pid_of_living(&self) -> anyhow::Result<Pid> {
        let id = self
            .child
            .id()
            .with_context(|| format!("{} has ended", self.name))?;
        Pid::from_raw(i32::try_from(id)?).context("process 0 is no child")
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // What was reaped has no id any more, so this cannot hit a stranger.
        let Ok(pid) = self.pid_of_living() else { return };
        // Gone in between is as good as killed; here and below.
        let _gone = kill_process(pid, self.orphaned.signal());
        let begun = Instant::now();
        // Somebody removes its files next, and must not find it writing.
        while begun.elapsed() < DROPPED_WITHIN && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        if self.child.id().is_some() {
            let _gone = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// The end of a log.
pub(crate) fn last_lines(log: &Path) -> String {
    let text = match std::fs::read(log) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return format!("({}: {error})", log.display()),
    };
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(LAST_WORDS_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}
