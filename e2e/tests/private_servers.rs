//! The servers that tests lean on: they keep what they were told over a crash, and go when nobody needs them.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use e2e::audit::publish_raw;
use e2e::servers::Servers;
use e2e::{Patience, until};
use sqlx::{Connection as _, PgConnection};

const WITH_SERVERS: &str = env!("CARGO_BIN_EXE_with-servers");

#[tokio::test(flavor = "multi_thread")]
async fn they_keep_what_they_had_over_a_crash() -> anyhow::Result<()> {
    let mut servers = Servers::start().await?;
    execute(&servers, "CREATE TABLE kept AS SELECT 42 AS answer").await?;
    let (url, durable) = (servers.rabbitmq.url(), "audit");
    let audit = e2e::audit::Audit::new(url.clone());
    audit.listen().await?;
    // A broker keeps messages from the moment that it confirms them, but a queue's own files it writes down by and by:
    // one that was declared a moment ago does not survive a SIGKILL (RabbitMQ 3.10). A good stop writes everything.
    servers.rabbitmq.stop().await?;
    servers.rabbitmq.start_again().await?;
    publish_raw(&url, durable, b"kept").await?;

    servers.postgres.stop_immediately().await?;
    servers.rabbitmq.kill().await?;
    tokio::try_join!(servers.postgres.start_again(), servers.rabbitmq.start_again())?;
    execute(&servers, "INSERT INTO kept SELECT answer FROM kept").await?;
    let patience = Patience::of(Duration::from_secs(10));
    until("the message to be there again", patience, async || {
        let depths = servers.rabbitmq.depths().await?;
        let kept = depths
            .iter()
            .any(|depth| depth.name == durable && depth.messages == 1);
        ensure!(kept, "{depths:?}");
        Ok(Some(()))
    })
    .await?;

    servers.postgres.kill().await?;
    servers.postgres.start_again().await?;
    execute(&servers, "DROP TABLE kept").await?;
    let folder = servers.folder().to_owned();
    drop(servers);
    ensure!(!folder.exists(), "{} was left behind", folder.display());
    Ok(())
}

async fn execute(servers: &Servers, statement: &'static str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(&servers.postgres.url("postgres")).await?;
    sqlx::raw_sql(statement).execute(&mut connection).await?;
    Ok(())
}

/// A command between servers that the environment names already.
fn beside_named_servers(script: &str) -> anyhow::Result<std::process::Output> {
    let mut command = Command::new(WITH_SERVERS);
    command.args(["--", "sh", "-c", script]);
    command
        .env("MONEYFLOW_TEST_DATABASE_URL", "postgres://named")
        .env("MONEYFLOW_TEST_QUEUE_URL", "amqp://named");
    command.output().context("with-servers runs")
}

#[test]
fn servers_that_are_named_are_used() -> anyhow::Result<()> {
    let output = beside_named_servers("echo $MONEYFLOW_TEST_DATABASE_URL $MONEYFLOW_TEST_QUEUE_URL")?;
    ensure!(output.stdout == b"postgres://named amqp://named\n", "{output:?}");
    Ok(())
}

#[test]
fn the_exit_code_is_the_commands() -> anyhow::Result<()> {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 128 + 15)] {
        let output = beside_named_servers(script)?;
        ensure!(output.status.code() == Some(code), "{script}: {output:?}");
    }
    let without_command = Command::new(WITH_SERVERS).output()?;
    ensure!(without_command.status.code() == Some(2), "{without_command:?}");
    Ok(())
}
