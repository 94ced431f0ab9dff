//! Somebody who looks after dead letters, and asks for some to be put back.

use std::sync::Arc;
use std::time::Duration;

use store::DeadLetters;
use tokio::time::sleep;

use crate::world::World;

/// How often in all: what is put back becomes a letter again.
const REQUESTS: u32 = 4;

/// Asks for letters to be put back, now and then.
pub(super) async fn look_after_letters(world: Arc<World>) {
    for _ in 0..world.dice.below(REQUESTS) {
        sleep(Duration::from_millis(500) + world.dice.up_to_ms(4_000)).await;
        let letters: Vec<_> = world
            .store
            .inspect(|tables| tables.letters.keys().copied().collect());
        let chosen = world.dice.below(u32::try_from(letters.len()).unwrap_or(0));
        let chosen = usize::try_from(chosen).ok().and_then(|place| letters.get(place));
        if let Some(id) = chosen {
            world
                .trace
                .note("human", format_args!("wants dead letter {id} put back"));
            world.judge.after_request(*id);
            if let Err(error) = world.store.request_requeue(*id).await {
                world
                    .judge
                    .report(format!("a letter could not be asked for: {error}"));
            }
        }
    }
}
