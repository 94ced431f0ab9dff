//! One seed: a workload, workers that come and go, faults for a while, then calm until everything is done.

mod client;
mod operator;
mod slot;

use std::sync::Arc;
use std::time::Duration;

use service::SeededIds;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::slot::Slot;
use crate::judge::Violation;
use crate::workload::{Maker, Workload};
use crate::world::World;

/// How often somebody looks whether it is over.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long it may take, once nothing goes wrong any more, until everything is done. The longest lease, the longest
/// back-off and the longest freeze fit in several times over.
const QUIET_WITHIN: Duration = Duration::from_mins(3);
/// How long what is on its way may be so.
const LATE_WITHIN: Duration = Duration::from_secs(12);
/// How long a worker may take to stop when nothing goes wrong.
const STOPS_WITHIN: Duration = Duration::from_secs(30);

/// Plays the seed of a world to its end.
///
/// # Errors
/// What did not hold.
pub(crate) async fn play(world: &Arc<World>) -> Result<(), Violation> {
    let maker = Maker {
        dice: &world.dice,
        ids: &SeededIds::new(1),
        clock: world.clock,
        store: &world.store,
    };
    let workload = Workload::make(&maker).await?;
    world.trace.note(
        "world",
        format_args!(
            "{} companies, {} messages",
            workload.companies.len(),
            workload.messages.len()
        ),
    );
    let mut players = JoinSet::new();
    players.spawn(client::publish(world.clone(), workload.messages));
    players.spawn(operator::look_after_letters(world.clone()));
    let stop = CancellationToken::new();
    let mut workers = JoinSet::new();
    for number in 0..world.dice.between(1, 3) {
        workers.spawn(Slot::new(number, world.clone()).run(stop.clone()));
    }
    storm(world, &mut players).await?;
    world.sky.clear();
    world.trace.note("world", format_args!("all is calm"));
    // What arrives late must find everything as it should be too.
    sleep(LATE_WITHIN).await;
    settle(world).await?;
    leave(world, &stop, workers).await?;
    world.judge.at_the_end();
    violation(world)
}

fn violation(world: &World) -> Result<(), Violation> {
    world.judge.violation().map_or(Ok(()), Err)
}

/// Lets everything go wrong, until all is published and a while has passed.
async fn storm(world: &World, players: &mut JoinSet<()>) -> Result<(), Violation> {
    let lasts = Duration::from_millis(u64::from(world.dice.between(2_000, 15_000)));
    while world.clock.elapsed() < lasts || !players.is_empty() {
        sleep(LOOK_EVERY).await;
        violation(world)?;
        while players.try_join_next().is_some() {}
    }
    Ok(())
}

/// Waits until there is nothing more to do.
async fn settle(world: &World) -> Result<(), Violation> {
    let quiet = async {
        while world.judge.outstanding().is_some() {
            sleep(LOOK_EVERY).await;
            violation(world)?;
        }
        Ok(())
    };
    timeout(QUIET_WITHIN, quiet).await.unwrap_or_else(|_| {
        let left = world.judge.outstanding().unwrap_or_default();
        Err(format!("after {} s of calm: {left}", QUIET_WITHIN.as_secs()))
    })
}

/// Stops all workers, who must leave nothing behind; those that were killed leave leases, which run out.
async fn leave(
    world: &World,
    stop: &CancellationToken,
    workers: JoinSet<Option<String>>,
) -> Result<(), Violation> {
    stop.cancel();
    let Ok(left) = timeout(STOPS_WITHIN, workers.join_all()).await else {
        return Err(format!(
            "a worker did not stop within {} s",
            STOPS_WITHIN.as_secs()
        ));
    };
    let remaining: Vec<String> = world.store.inspect(|tables| {
        let owners = tables.partitions.values().filter_map(|row| row.owner.as_ref());
        let workers = tables.workers.values().map(|row| row.name.clone());
        owners.map(|owner| owner.name.clone()).chain(workers).collect()
    });
    let mut left = left.into_iter().flatten();
    left.find(|name| remaining.contains(name)).map_or(Ok(()), |name| {
        Err(format!("{name} has left, and the store still counts on it"))
    })
}
