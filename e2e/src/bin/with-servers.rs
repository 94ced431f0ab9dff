//! `with-servers -- COMMAND…`: runs a command beside a private PostgreSQL and a private RabbitMQ.
//!
//! The command finds them in `MONEYFLOW_TEST_DATABASE_URL` and `MONEYFLOW_TEST_QUEUE_URL`. A server that the environment
//! names already is used as it is, and not started. Both are stopped, and their data removed, once the command has
//! ended or a signal has ended it; the exit code is the command's.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};

use anyhow::Context as _;
use e2e::postgres::Postgres;
use e2e::rabbitmq::RabbitMq;
use e2e::servers::temporary_folder;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

const DATABASE_URL: &str = "MONEYFLOW_TEST_DATABASE_URL";
const QUEUE_URL: &str = "MONEYFLOW_TEST_QUEUE_URL";
const MISUSE: u8 = 2;
const FAILURE: u8 = 1;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).peekable();
    arguments.next_if(|argument| argument == "--");
    let command: Vec<OsString> = arguments.collect();
    if command.is_empty() {
        eprintln!("usage: with-servers -- COMMAND [ARGUMENT…]");
        return ExitCode::from(MISUSE);
    }
    match run(&command).await {
        Ok(status) => ExitCode::from(code_of(status)),
        Err(error) => {
            eprintln!("with-servers: {error:#}");
            ExitCode::from(FAILURE)
        }
    }
}

/// As a shell would say it.
fn code_of(status: ExitStatus) -> u8 {
    let code = status.code().or(status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(FAILURE)
}

async fn run(command: &[OsString]) -> anyhow::Result<ExitStatus> {
    // Listened to from the start: a signal while the servers come up must not leave them behind.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let folder = temporary_folder()?;
    let postgres_folder = folder.path().join("postgres");
    let rabbitmq_folder = folder.path().join("rabbitmq");
    let servers = async {
        tokio::try_join!(
            async {
                match std::env::var_os(DATABASE_URL) {
                    Some(_) => anyhow::Ok(None),
                    None => Postgres::start(&postgres_folder).await.map(Some),
                }
            },
            async {
                match std::env::var_os(QUEUE_URL) {
                    Some(_) => anyhow::Ok(None),
                    None => RabbitMq::start(&rabbitmq_folder).await.map(Some),
                }
            },
        )
    };
    let (postgres, rabbitmq) = tokio::select! {
        servers = servers => servers?,
        _ = interrupt.recv() => anyhow::bail!("interrupted"),
        _ = terminate.recv() => anyhow::bail!("terminated"),
    };
    let mut child = start(command, postgres.as_ref(), rabbitmq.as_ref())?;
    // What is sent to this process alone would not reach the command, so it is passed on; either way the command is waited
    // for. A Ctrl+C on the terminal reaches the command by itself too, and nobody can tell it from a `kill -INT`: the
    // command may then be asked twice. That does no harm: to be asked twice means at most to end at once, as test runners
    // and `moneyflow` do, and what is then left unfinished is on servers that go with it.
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            _ = interrupt.recv() => pass_on(&child, Signal::INT)?,
            _ = terminate.recv() => pass_on(&child, Signal::TERM)?,
        }
    };
    // The data goes anyway: nobody needs to write it down first, so dropping them kills them.
    drop((postgres, rabbitmq));
    Ok(status)
}

fn start(
    command: &[OsString],
    postgres: Option<&Postgres>,
    rabbitmq: Option<&RabbitMq>,
) -> anyhow::Result<Child> {
    let (program, arguments) = command.split_first().context("a command")?;
    let mut command = Command::new(program);
    command.args(arguments);
    if let Some(postgres) = postgres {
        command.env(DATABASE_URL, postgres.url("postgres"));
    }
    if let Some(rabbitmq) = rabbitmq {
        command.env(QUEUE_URL, rabbitmq.url());
    }
    let shown = program.display().to_string();
    command
        .spawn()
        .with_context(|| format!("{shown} cannot be started"))
}

fn pass_on(child: &Child, signal: Signal) -> anyhow::Result<()> {
    if let Some(pid) = child.id() {
        let pid = Pid::from_raw(i32::try_from(pid)?).context("process 0 is no child")?;
        kill_process(pid, signal)?;
    }
    Ok(())
}
