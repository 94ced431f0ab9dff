//! A private RabbitMQ broker.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::ports::free_port;
use crate::supervised::{Launch, Supervised};
use crate::{Patience, until};

/// Debian's own start script in `/usr/sbin` changes accounts and paths; this is the broker's.
const DEBIAN_PROGRAMS: &str = "/usr/lib/rabbitmq/bin";
const READY: Patience = Patience::of(Duration::from_mins(2));
const STOP: Duration = Duration::from_mins(1);
/// The header with which an AMQP 0-9-1 client begins.
const AMQP_HEADER: &[u8; 8] = b"AMQP\x00\x00\x09\x01";
/// The type of the frame with which a broker answers it (a method frame: `connection.start`).
const METHOD_FRAME: u8 = 1;

/// A broker of one's own: data, ports, cookie and port mapper.
#[derive(Debug)]
pub struct RabbitMq {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    distribution_port: u16,
    mapper_port: u16,
    mapper: Supervised,
    broker: Option<Supervised>,
}

/// How many messages a queue holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDepth {
    /// Its name.
    pub name: String,
    /// All of its messages.
    pub messages: u64,
    /// Those that were delivered and not yet acknowledged.
    pub unacknowledged: u64,
}

impl RabbitMq {
    /// Makes a broker in an empty folder of its own, and starts it.
    ///
    /// # Errors
    ///
    /// If RabbitMQ is not installed, or does not come up.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let programs = programs()?;
        std::fs::create_dir_all(folder)?;
        let mapper_port = free_port()?;
        // Started here, in the foreground: the broker would otherwise leave one behind as a daemon.
        let mut mapper = Launch::new("epmd", "epmd", folder.join("epmd.log"));
        mapper.command().args(["-address", "127.0.0.1"]);
        mapper.command().args(["-port", &mapper_port.to_string()]);
        let mut broker = Self {
            programs,
            folder: folder.to_owned(),
            port: free_port()?,
            distribution_port: free_port()?,
            mapper_port,
            mapper: mapper.start().context("is Erlang installed?")?,
            broker: None,
        };
        broker.write_configuration()?;
        broker.start_again().await?;
        Ok(broker)
    }

    /// Starts it on the data and the port that it had, and waits until it answers.
    ///
    /// # Errors
    ///
    /// If it does not come up.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        self.mapper.must_live()?;
        let mut launch = Launch::new(
            "RabbitMQ",
            self.programs.join("rabbitmq-server"),
            self.folder.join("server.log"),
        );
        self.set_environment(launch.command());
        let broker = self.broker.insert(launch.start()?);
        let port = self.port;
        until("RabbitMQ to answer", READY, async || {
            broker.must_live()?;
            Ok(answers(port).await.then_some(()))
        })
        .await
    }

    /// `SIGKILL`.
    ///
    /// # Errors
    ///
    /// If the kernel will not.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        match self.broker.take() {
            Some(mut broker) => broker.kill().await,
            None => Ok(()),
        }
    }

    /// Closes connections and queues, and stops.
    ///
    /// # Errors
    ///
    /// If it does not run, or does not end.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let broker = self.broker.as_mut().context("RabbitMQ does not run")?;
        broker.end_by(Signal::TERM, STOP).await?;
        self.broker = None;
        Ok(())
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port)
    }

    /// `rabbitmqctl`: what it printed.
    ///
    /// # Errors
    ///
    /// If it failed.
    pub async fn ctl(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(self.programs.join("rabbitmqctl"));
        self.set_environment(&mut command);
        let output = command.arg("--quiet").args(arguments).output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("rabbitmqctl {arguments:?} failed: {said}");
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// How many messages each queue held some moments ago: quorum queues tell their figures five times a second.
    ///
    /// # Errors
    ///
    /// If the broker cannot be asked.
    pub async fn depths(&self) -> anyhow::Result<Vec<QueueDepth>> {
        let columns = ["name", "messages", "messages_unacknowledged"];
        let table = self
            .ctl(&[&["list_queues", "--no-table-headers"], &columns[..]].concat())
            .await?;
        table.lines().map(depth_of).collect()
    }

    fn write_configuration(&self) -> anyhow::Result<()> {
        let configuration = format!(
            "listeners.tcp.1 = 127.0.0.1:{}\n\
             disk_free_limit.absolute = 64MB\n\
             raft.wal_max_size_bytes = 67108864\n\
             log.file = false\n\
             log.console = true\n\
             log.console.level = warning\n",
            self.port
        );
        std::fs::write(self.folder.join("rabbitmq.conf"), configuration)?;
        std::fs::write(self.folder.join("advanced.config"), ADVANCED_CONFIGURATION)?;
        std::fs::write(self.folder.join("enabled_plugins"), "[].\n")?;
        Ok(())
    }

    fn set_environment(&self, command: &mut Command) {
        let file = |name: &str| self.folder.join(name);
        command
            .env("HOME", &self.folder)
            .env("ERL_EPMD_PORT", self.mapper_port.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODENAME", format!("moneyflow-{}@localhost", self.port))
            .env("RABBITMQ_DIST_PORT", self.distribution_port.to_string())
            .env("RABBITMQ_MNESIA_BASE", file("data"))
            .env("RABBITMQ_LOG_BASE", file("log"))
            .env("RABBITMQ_PID_FILE", file("pid"))
            .env("RABBITMQ_CONFIG_FILE", file("rabbitmq.conf"))
            .env("RABBITMQ_ADVANCED_CONFIG_FILE", file("advanced.config"))
            .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", file("enabled_plugins"))
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", ERLANG_ARGUMENTS)
            // Its script then becomes the broker instead of watching over it, so that signals reach it.
            .env("RUNNING_UNDER_SYSTEMD", "true");
    }
}

/// Quorum queues tell their figures every so many milliseconds; 5,000 unless said.
const ADVANCED_CONFIGURATION: &str = "[{rabbit, [{quorum_tick_interval, 200}]}].\n";

/// Two schedulers that sleep when they have nothing to do: tests share the machine with what they test.
const ERLANG_ARGUMENTS: &str =
    "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}";

fn programs() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(PathBuf::from(DEBIAN_PROGRAMS)).chain(std::env::split_paths(&path));
    let mut found = folders.filter(|folder| folder.join("rabbitmq-server").exists());
    found.next().context(
        "RabbitMQ 3.10 or newer is not installed: `make test` installs it, or set MONEYFLOW_TEST_QUEUE_URL",
    )
}

/// Whether a broker answers on the port: it listens before it is ready, so its first frame is what counts.
async fn answers(port: u16) -> bool {
    let handshake = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(AMQP_HEADER).await?;
        stream.read_u8().await
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), handshake).await;
    matches!(answer, Ok(Ok(METHOD_FRAME)))
}

fn depth_of(line: &str) -> anyhow::Result<QueueDepth> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, messages, unacknowledged] = fields[..] else {
        bail!("rabbitmqctl answered {line:?}");
    };
    Ok(QueueDepth {
        name: name.to_owned(),
        messages: messages.parse()?,
        unacknowledged: unacknowledged.parse()?,
    })
}
