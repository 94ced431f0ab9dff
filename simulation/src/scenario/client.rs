//! The router, as far as the queue sees it: publishes one message after another, each until it is confirmed.

use std::sync::Arc;

use queue::{Message, Queue};
use tokio::time::sleep;

use crate::world::World;

/// Publishes these messages in this order. Where a confirmation is lost, a message is published once more.
pub(super) async fn publish(world: Arc<World>, messages: Vec<Message>) {
    let pace_ms = world.dice.pick([0, 20, 200, 500]);
    let router = world.queue.publisher();
    for message in messages {
        if pace_ms > 0 {
            sleep(world.dice.up_to_ms(pace_ms)).await;
        }
        loop {
            let id = message.id;
            let published = router.publish(message.clone()).await;
            world
                .trace
                .note("router", format_args!("publishes {id} to {}", message.partition));
            // Once all is calm, confirmations arrive: this comes to an end.
            if published.is_ok() && !world.dice.happens(world.sky.weather().lose) {
                break;
            }
            sleep(world.dice.up_to_ms(100)).await;
        }
    }
}
