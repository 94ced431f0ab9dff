//! The loop of one partition: take, prepare, commit, acknowledge.

use std::collections::VecDeque;
use std::sync::Arc;

use queue::{AcceptedEvent, Acknowledger, Consumer, Delivery, DeliveryTag, Partition, QueueError};
use store::DeadLetter;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::batch::{self, Stopped};
use crate::plans::Plans;
use crate::prepare::{Prepared, Sorted, dead_letter, prepare};
use crate::{Deps, Limits};

/// From so many deliveries on a message is run alone: it may be what brings the others down.
const SUSPECT_DELIVERIES: u32 = 3;

/// The worker of one partition.
pub(crate) struct PartitionWorker {
    deps: Deps,
    plans: Arc<Plans>,
    limits: Limits,
    partition: Partition,
}

impl PartitionWorker {
    pub(crate) fn new(deps: Deps, plans: Arc<Plans>, limits: Limits, partition: Partition) -> Self {
        Self {
            deps,
            plans,
            limits,
            partition,
        }
    }

    /// Works until it is told to stop; comes back to the queue whenever that went away.
    pub(crate) async fn run(&self, stop: &CancellationToken) {
        let mut backoff = Backoff::new();
        while !stop.is_cancelled() {
            let ended = match self.deps.queue.consume(self.partition).await {
                Ok(consumer) => {
                    backoff.reset();
                    self.consume(consumer, stop).await
                }
                Err(error) => Err(error),
            };
            if let Err(error) = ended {
                tracing::warn!(%error, partition = self.partition.number(), "the queue went away: coming back to it");
                if !backoff.wait(stop).await {
                    return;
                }
            }
        }
    }

    async fn consume(
        &self,
        mut consumer: Box<dyn Consumer>,
        stop: &CancellationToken,
    ) -> Result<(), QueueError> {
        let acknowledger = consumer.acknowledger();
        loop {
            let deliveries = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                taken = consumer.take(self.limits.take) => taken?,
            };
            match self.work_off(deliveries, acknowledger.as_ref(), stop).await? {
                Ok(()) => {}
                Err(Stopped) => return Ok(()),
            }
        }
    }

    /// Brings all that was taken to its end, in order, in batches of bounded size.
    async fn work_off(
        &self,
        deliveries: Vec<Delivery>,
        acknowledger: &dyn Acknowledger,
        stop: &CancellationToken,
    ) -> Result<Result<(), Stopped>, QueueError> {
        let mut waiting = VecDeque::with_capacity(deliveries.len());
        for delivery in deliveries {
            match self.sort(delivery, stop).await {
                Ok(Sorted::Event(event)) => waiting.push_back(event),
                Ok(Sorted::Unreadable(tag, letter)) => {
                    if batch::keep(*letter, &self.deps, stop).await.is_err() {
                        return Ok(Err(Stopped));
                    }
                    acknowledger.ack(&[tag]).await?;
                }
                Err(Stopped) => return Ok(Err(Stopped)),
            }
        }
        while let Some(events) = next_batch(&mut waiting, self.limits.nodes) {
            let tags: Vec<DeliveryTag> = events.iter().map(|event| event.tag()).collect();
            if batch::commit(events, &self.deps, stop).await.is_err() {
                return Ok(Err(Stopped));
            }
            acknowledger.ack(&tags).await?;
        }
        Ok(Ok(()))
    }

    async fn sort(&self, delivery: Delivery, stop: &CancellationToken) -> Result<Sorted, Stopped> {
        let mut backoff = Backoff::new();
        loop {
            match prepare(delivery.clone(), &self.plans, &self.deps).await {
                Ok(sorted) => return Ok(sorted),
                Err(error) => {
                    tracing::warn!(%error, "a rule could not be read: trying again");
                    if !backoff.wait(stop).await {
                        return Err(Stopped);
                    }
                }
            }
        }
    }
}

/// The next events that go together: as many as the nodes allow, and a suspect alone.
fn next_batch(waiting: &mut VecDeque<Arc<Prepared>>, max_nodes: usize) -> Option<Vec<Arc<Prepared>>> {
    let first = waiting.pop_front()?;
    let is_suspect = |event: &Prepared| event.delivery.deliveries >= SUSPECT_DELIVERIES;
    let mut nodes = first.nodes();
    let alone = is_suspect(&first);
    let mut batch = vec![first];
    while let Some(next) = waiting.front() {
        nodes += next.nodes();
        if alone || is_suspect(next) || nodes > max_nodes {
            break;
        }
        batch.extend(waiting.pop_front());
    }
    Some(batch)
}

/// Puts messages that the queue has given up on with the dead letters.
pub(crate) async fn drain_dead(deps: &Deps, stop: &CancellationToken) {
    let mut backoff = Backoff::new();
    while !stop.is_cancelled() {
        let Err(error) = drain(deps, stop).await else {
            return;
        };
        tracing::warn!(%error, "dead messages could not be taken: coming back to them");
        if !backoff.wait(stop).await {
            return;
        }
    }
}

async fn drain(deps: &Deps, stop: &CancellationToken) -> Result<(), QueueError> {
    let mut consumer = deps.queue.dead().await?;
    let acknowledger = consumer.acknowledger();
    loop {
        let deliveries = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            taken = consumer.take(queue::TakeLimits::default()) => taken?,
        };
        for delivery in deliveries {
            if batch::keep(over_the_limit(&delivery, deps), deps, stop)
                .await
                .is_err()
            {
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
