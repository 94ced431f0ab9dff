//! A private PostgreSQL server.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::Signal;
use tokio::process::Command;

use crate::ports::free_port;
use crate::supervised::{Launch, Orphaned, Supervised, last_lines};
use crate::{Patience, until};

/// The oldest version that the program runs on.
const OLDEST_VERSION: u32 = 15;
/// The account that PostgreSQL's packages make; the server refuses to run as root.
const ACCOUNT: &str = "postgres";
const READY: Patience = Patience::of(Duration::from_mins(1));
const STOP: Duration = Duration::from_secs(30);

/// A server of one's own: data, port and socket.
#[derive(Debug)]
pub struct Postgres {
    binaries: PathBuf,
    folder: PathBuf,
    account: Option<&'static str>,
    port: u16,
    server: Option<Supervised>,
}

impl Postgres {
    /// Makes a server in an empty folder of its own, and starts it.
    ///
    /// # Errors
    ///
    /// If PostgreSQL is not installed, or does not come up.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let binaries = binaries()?;
        let account = rustix::process::geteuid().is_root().then_some(ACCOUNT);
        std::fs::create_dir_all(folder)?;
        let mut server = Self {
            binaries,
            folder: folder.to_owned(),
            account,
            port: free_port()?,
            server: None,
        };
        server.make_cluster().await?;
        server.start_again().await?;
        Ok(server)
    }

    /// Starts it on the data and the port that it had, and waits until it answers.
    ///
    /// # Errors
    ///
    /// If it does not come up.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        until("PostgreSQL to come up", READY, async || self.try_start().await).await
    }

    /// `pg_ctl stop -m immediate`: no goodbye to anybody, and recovery at the next start.
    ///
    /// # Errors
    ///
    /// If it does not run, or does not end.
    pub async fn stop_immediately(&mut self) -> anyhow::Result<()> {
        self.end_by(Signal::QUIT).await
    }

    /// Ends sessions, writes everything down, and stops.
    ///
    /// # Errors
    ///
    /// If it does not run, or does not end.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        self.end_by(Signal::INT).await
    }

    /// `SIGKILL` for the postmaster; the sessions notice at once and end.
    ///
    /// # Errors
    ///
    /// If the kernel will not.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        match &mut self.server {
            Some(server) => server.kill().await,
            None => Ok(()),
        }
    }

    /// The superuser's URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{ACCOUNT}@127.0.0.1:{}/{database}", self.port)
    }

    async fn end_by(&mut self, signal: Signal) -> anyhow::Result<()> {
        let server = self.server.as_mut().context("PostgreSQL does not run")?;
        server.end_by(signal, STOP).await?;
        self.server = None;
        Ok(())
    }

    /// One look: starts it where it does not run (the sessions of one that was killed may still hold its memory, and then
    /// it ends again), and asks whether it answers.
    async fn try_start(&mut self) -> anyhow::Result<Option<()>> {
        let server = match &mut self.server {
            Some(server) => server,
            None => self.server.insert(self.launch().start()?),
        };
        if let Err(ended) = server.must_live() {
            self.server = None;
            return Err(ended);
        }
        let mut question = Command::new(self.binaries.join("pg_isready"));
        question.args(["--quiet", "--host", "127.0.0.1", "--port", &self.port.to_string()]);
        Ok(question.status().await?.success().then_some(()))
    }

    fn launch(&self) -> Launch {
        let program = self.binaries.join("postgres");
        let log = self.folder.join("server.log");
        let mut launch = Launch::under("PostgreSQL", program, log, Orphaned::Quit, self.account);
        launch.command().arg("-D").arg(self.folder.join("data"));
        launch.command().arg("-k").arg(&self.folder);
        let settings = [
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            "max_connections=300".to_owned(),
            "shared_buffers=64MB".to_owned(),
            "timezone=UTC".to_owned(),
            "log_min_messages=warning".to_owned(),
        ];
        for setting in settings {
            launch.command().arg("-c").arg(setting);
        }
        launch
    }

    async fn make_cluster(&self) -> anyhow::Result<()> {
        // The account must reach the folder through its parents, which are private to whoever made them.
        if let Some(account) = self.account {
            let parent = self.folder.parent().context("a folder in a folder")?;
            std::fs::set_permissions(parent, std::fs::Permissions::from_mode(0o755))?;
            let (uid, gid) = ids_of(account)?;
            std::os::unix::fs::chown(&self.folder, Some(uid), Some(gid))?;
        }
        let log = self.folder.join("initdb.log");
        let program = self.binaries.join("initdb");
        let mut launch = Launch::under("initdb", program, log.clone(), Orphaned::Killed, self.account);
        launch.command().arg("-D").arg(self.folder.join("data")).args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]);
        let status = launch.start()?.ended().await?;
        if !status.success() {
            bail!("initdb failed ({status}):\n{}", last_lines(&log));
        }
        Ok(())
    }
}

/// The folder of the server's programs: the newest that Debian keeps, else the one that `pg_config` names.
fn binaries() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|folder| folder.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| *version >= OLDEST_VERSION)
        .max();
    if let Some(version) = newest {
        return Ok(PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    }
    let asked = std::process::Command::new("pg_config").arg("--bindir").output();
    let folder = asked.ok().filter(|output| output.status.success());
    let folder = folder.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    folder
        .filter(|folder| folder.join("initdb").exists())
        .with_context(|| {
            format!(
                "PostgreSQL {OLDEST_VERSION} or newer is not installed: `make test` installs it, or set \
             MONEYFLOW_TEST_DATABASE_URL"
            )
        })
}

fn ids_of(account: &str) -> anyhow::Result<(u32, u32)> {
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let found = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(account)).then(|| (fields.nth(1), fields.next()))
    });
    match found {
        Some((Some(uid), Some(gid))) => Ok((uid.parse()?, gid.parse()?)),
        _ => bail!("PostgreSQL refuses to run as root, and there is no account {account}"),
    }
}
