//! The database and the broker are killed, and the disk is full: everything waits, and then goes on by itself.

use std::time::Duration;

use anyhow::ensure;
use e2e::load::events_per_fault;
use e2e::system::System;
use e2e::{Patience, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_database_and_the_broker_go_and_come_back() -> anyhow::Result<()> {
    let mut system = System::start(2).await?;
    the_database_is_killed(&mut system).await?;
    the_broker_is_killed(&mut system).await?;
    the_disk_is_full(&mut system).await
}

async fn the_database_is_killed(system: &mut System) -> anyhow::Result<()> {
    let events = events_per_fault();
    for _ in 0..2 {
        let load = system.load.begin(system.router.url(), events)?;
        load.reached(events / 3).await?;
        system.servers.postgres.stop_immediately().await?;
        // Accepting an event needs no database.
        load.finished().await?;
        system.servers.postgres.start_again().await?;
    }
    system.check().await
}

async fn the_broker_is_killed(system: &mut System) -> anyhow::Result<()> {
    let events = events_per_fault();
    for _ in 0..2 {
        let load = system.load.begin(system.router.url(), events)?;
        load.reached(events / 3).await?;
        let told_later = system.load.told_later();
        system.servers.rabbitmq.kill().await?;
        let soon = Patience::of(Duration::from_secs(30));
        until("the router to say that the broker is away", soon, async || {
            Ok((system.load.told_later() > told_later).then_some(()))
        })
        .await?;
        system.servers.rabbitmq.start_again().await?;
        load.finished().await?;
    }
    system.check().await
}

/// No payment is blamed for it: none fails, none becomes a dead letter, all run once there is room.
async fn the_disk_is_full(system: &mut System) -> anyhow::Result<()> {
    system.sql(FULL_DISK).await?;
    let events = system.load.begin(system.router.url(), events_per_fault())?;
    events.finished().await?;
    let before = runs(system).await?;
    until(
        "the workers to meet the full disk",
        Patience::of(Duration::from_secs(30)),
        async || {
            let (refused,): (i64,) = sqlx::query_as("SELECT last_value FROM refusals")
                .fetch_one(&mut system.database().await?)
                .await?;
            Ok((refused > 10).then_some(()))
        },
    )
    .await?;
    ensure!(runs(system).await? == before, "runs were stored on a full disk");
    system.sql("DROP TRIGGER disk_is_full ON claims").await?;
    system.check().await
}

async fn runs(system: &System) -> anyhow::Result<i64> {
    let (runs,) = sqlx::query_as("SELECT count(*) FROM runs")
        .fetch_one(&mut system.database().await?)
        .await?;
    Ok(runs)
}

/// Sequences count on although the transaction is rolled back.
const FULL_DISK: &str = "
    CREATE SEQUENCE refusals;
    CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM nextval('refusals');
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
    END $$;
    CREATE TRIGGER disk_is_full BEFORE INSERT ON claims FOR EACH STATEMENT EXECUTE FUNCTION disk_is_full();";
