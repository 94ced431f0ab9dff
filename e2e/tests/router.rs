//! The router dies, is cut off from the composer, and is held back by the broker.

use std::time::Duration;

use anyhow::ensure;
use e2e::load::{Answer, events_per_fault, pay};
use e2e::rules_under_test::Event;
use e2e::system::System;
use e2e::{Patience, until};

const SOON: Patience = Patience::of(Duration::from_secs(30));

#[tokio::test(flavor = "multi_thread")]
async fn the_router_dies_is_cut_off_and_is_held_back() -> anyhow::Result<()> {
    let mut system = System::start(2).await?;
    it_is_killed(&mut system).await?;
    the_composer_is_away(&mut system).await?;
    the_broker_has_no_memory_left(&mut system).await
}

async fn it_is_killed(system: &mut System) -> anyhow::Result<()> {
    let events = events_per_fault();
    let load = system.load.begin(system.router.url(), events)?;
    for _ in 0..3 {
        load.reached(events / 10).await?;
        system.router.kill().await?;
        system.router.start().await?;
    }
    load.finished().await?;
    ensure!(
        system.load.unanswered() > 0,
        "the load was over before the router died"
    );
    system.check().await
}

/// A router that knows the rules goes on with them; one that knows none says so, and accepts nothing.
async fn the_composer_is_away(system: &mut System) -> anyhow::Result<()> {
    // So that the router, which was just started, knows every company's rules.
    system.load.begin(system.router.url(), 60)?.finished().await?;
    let told_later = system.load.told_later();
    system.composer.kill().await?;
    system
        .load
        .begin(system.router.url(), events_per_fault())?
        .finished()
        .await?;
    ensure!(
        system.load.told_later() == told_later,
        "a router that knows the rules said 503"
    );

    let cold = system.cold_router().await?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let refused = pay(&client, cold.url(), Event::new(0)).await?;
    ensure!(matches!(refused, Answer::Later(_)), "without rules: {refused:?}");

    system.composer.start().await?;
    until("the cold router to learn the rules", SOON, async || {
        // A second copy of an event that has run: it is accepted, and does nothing.
        let answer = pay(&client, cold.url(), Event::new(0)).await?;
        Ok((answer == Answer::Accepted).then_some(()))
    })
    .await?;
    system.check().await
}

/// The broker blocks who publishes. The router says when to come again, keeps nothing, and accepts again by itself.
async fn the_broker_has_no_memory_left(system: &mut System) -> anyhow::Result<()> {
    let accepted = system.load.accepted().len();
    let told_later = system.load.told_later();
    system
        .servers
        .rabbitmq
        .ctl(&["set_vm_memory_high_watermark", "0.00001"])
        .await?;
    let load = system.load.begin(system.router.url(), events_per_fault())?;
    until("the router to hold clients back", SOON, async || {
        Ok((system.load.told_later() > told_later).then_some(()))
    })
    .await?;
    ensure!(
        system.load.accepted().len() == accepted,
        "events were accepted that no broker took"
    );
    system
        .servers
        .rabbitmq
        .ctl(&["set_vm_memory_high_watermark", "0.4"])
        .await?;
    load.finished().await?;
    system.check().await
}
