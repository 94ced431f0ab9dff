//! Messages that the queue has given up on, on their way to the dead letters.

use queue::{AcceptedEvent, Delivery, QueueError};
use store::DeadLetter;

use crate::backoff::Backoff;
use crate::holding::Holding;
use crate::prepare::dead_letter;
use crate::{Deps, batch};

/// Puts messages that the queue has given up on with the dead letters.
pub(crate) async fn drain(deps: &Deps, holding: &Holding) {
    let mut backoff = Backoff::new();
    while !holding.stop.is_cancelled() {
        let Err(error) = consume(deps, holding).await else {
            return;
        };
        tracing::warn!(%error, "dead messages could not be taken: coming back to them");
        if !backoff.wait(&holding.stop).await {
            return;
        }
    }
}

async fn consume(deps: &Deps, holding: &Holding) -> Result<(), QueueError> {
    let mut consumer = deps.queue.dead().await?;
    let acknowledger = consumer.acknowledger();
    loop {
        let deliveries = tokio::select! {
            biased;
            () = holding.stop.cancelled() => return Ok(()),
            taken = consumer.take(queue::TakeLimits::default()) => taken?,
        };
        for delivery in deliveries {
            let letter = over_the_limit(&delivery, deps);
            if batch::keep(letter, deps, holding).await.is_err() {
                return Ok(());
            }
            acknowledger.ack(&[delivery.tag]).await?;
        }
    }
}

/// The letter of a message that never came to an end. Its event is named where it can be read.
fn over_the_limit(delivery: &Delivery, deps: &Deps) -> DeadLetter {
    let accepted = AcceptedEvent::decode(&delivery.message.body);
    let event_id = accepted.ok().map(|accepted| accepted.event_id);
    // Being handed over as dead counts as a delivery too.
    let times = delivery.deliveries.saturating_sub(1);
    let detail = format!("it was delivered {times} times and never finished");
    dead_letter(delivery, event_id, "delivery_limit", detail, deps)
}
