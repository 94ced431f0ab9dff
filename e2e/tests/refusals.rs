//! Messages that cannot be read, and events that the database refuses: they harm themselves and nobody else.

use anyhow::ensure;
use e2e::audit::publish_raw;
use e2e::checks::Exceptions;
use e2e::load::events_per_fault;
use e2e::rules_under_test::Event;
use e2e::system::System;

const PARTITIONS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_harms_nobody_else() -> anyhow::Result<()> {
    let mut system = System::start(2).await?;
    the_database_refuses_events(&mut system).await?;
    poison_is_in_every_line(&mut system).await
}

/// One event in a hundred, whatever its company.
fn refused(event: Event) -> bool {
    event.number % 100 == 50
}

async fn the_database_refuses_events(system: &mut System) -> anyhow::Result<()> {
    system.sql(REFUSE).await?;
    system
        .load
        .begin(system.router.url(), events_per_fault())?
        .finished()
        .await?;
    let exceptions = Exceptions {
        refused,
        ..Exceptions::default()
    };
    system.check_with(&exceptions).await
}

/// Published past the router: not JSON, without properties. The lines go on behind it.
async fn poison_is_in_every_line(system: &mut System) -> anyhow::Result<()> {
    let url = system.servers.rabbitmq.url();
    let load = system.load.begin(system.router.url(), events_per_fault())?;
    for partition in 0..PARTITIONS {
        let queue = format!("moneyflow.payments.{partition:02}");
        // Each another: of messages without an id that are the same to the byte, one dead letter is kept.
        let poison = [b"\xff\x00 no event at all: ", queue.as_bytes()].concat();
        publish_raw(&url, &queue, &poison).await?;
    }
    load.finished().await?;
    let exceptions = Exceptions {
        refused,
        dead_letters: PARTITIONS,
    };
    system.check_with(&exceptions).await?;
    for letter in system.all("/dead-letters").await? {
        let reason = letter.get("reason").and_then(|reason| reason.as_str());
        ensure!(reason == Some("unreadable_message"), "{letter}");
    }
    Ok(())
}

const REFUSE: &str = "
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'value out of range' USING ERRCODE = 'numeric_value_out_of_range';
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON transactions FOR EACH ROW
        WHEN ((NEW.metadata ->> 'order') ~ '^event-([0-9]*)50$') EXECUTE FUNCTION refuse();";
