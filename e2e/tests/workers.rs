//! Workers die, freeze, join and leave, under load: nothing is lost, nothing is done twice.

use std::time::Duration;

use e2e::load::events_per_fault;
use e2e::system::System;
use e2e::{Patience, until};

/// Beyond a lease and the time in which the broker notices that a client is gone.
const TAKEN_OVER: Duration = Duration::from_mins(1);
const REBALANCED: Duration = Duration::from_secs(20);
/// What a worker logs that finds its leases gone: by its own clock, or told so by the database.
const LEASES_LOST: [&str; 2] = [
    "the leases ran out before they could be renewed",
    "a lease is lost",
];

#[tokio::test(flavor = "multi_thread")]
async fn workers_die_freeze_join_and_leave() -> anyhow::Result<()> {
    let mut system = System::start(2).await?;
    system.shared(&[8, 8], REBALANCED).await?;
    one_is_killed(&mut system).await?;
    all_are_killed(&mut system).await?;
    one_freezes_beyond_its_lease(&mut system).await?;
    one_joins_and_leaves(&mut system).await
}

async fn one_is_killed(system: &mut System) -> anyhow::Result<()> {
    let events = events_per_fault();
    let load = system.load.begin(system.router.url(), events)?;
    load.reached(events / 3).await?;
    system.worker(0)?.kill().await?;
    load.finished().await?;
    system.shared(&[16], TAKEN_OVER).await?;
    system.check().await?;
    system.worker(0)?.start().await?;
    system.shared(&[8, 8], REBALANCED).await
}

async fn all_are_killed(system: &mut System) -> anyhow::Result<()> {
    let events = events_per_fault();
    let load = system.load.begin(system.router.url(), events)?;
    load.reached(events / 3).await?;
    for worker in &mut system.workers {
        worker.kill().await?;
    }
    // Events are accepted all the same: that is what the queue is for.
    load.finished().await?;
    for worker in &mut system.workers {
        worker.start().await?;
    }
    system.check().await?;
    system.shared(&[8, 8], TAKEN_OVER).await
}

/// It holds leases, messages, perhaps locks; when it wakes, all of them are somebody else's, and it does not know.
async fn one_freezes_beyond_its_lease(system: &mut System) -> anyhow::Result<()> {
    let events = events_per_fault();
    let load = system.load.begin(system.router.url(), events)?;
    load.reached(events / 3).await?;
    let lost_before = system.worker(0)?.log_lines_with(&LEASES_LOST)?;
    system.worker(0)?.freeze()?;
    load.finished().await?;
    system.shared(&[16], TAKEN_OVER).await?;
    system.settled().await?;
    // While it wakes there is work again, for it to do under an epoch that is gone.
    let load = system.load.begin(system.router.url(), events)?;
    system.worker(0)?.thaw()?;
    finds_its_leases_lost(system, lost_before).await?;
    load.finished().await?;
    system.check().await?;
    system.worker(0)?.must_live()?;
    system.shared(&[8, 8], REBALANCED).await
}

/// Else it was not frozen for long enough to have anything to find out.
async fn finds_its_leases_lost(system: &mut System, lost_before: usize) -> anyhow::Result<()> {
    let worker = system.worker(0)?;
    let what = "the worker to find its leases lost";
    until(what, Patience::of(REBALANCED), async || {
        let is_new = worker.log_lines_with(&LEASES_LOST)? > lost_before;
        Ok(is_new.then_some(()))
    })
    .await
}

async fn one_joins_and_leaves(system: &mut System) -> anyhow::Result<()> {
    let load = system.load.begin(system.router.url(), events_per_fault())?;
    system.add_worker().await?;
    system.shared(&[6, 5, 5], REBALANCED).await?;
    // One that goes in good order gives up what it has at once.
    system.worker(0)?.stop().await?;
    system.shared(&[8, 8], REBALANCED).await?;
    load.finished().await?;
    system.check().await
}
