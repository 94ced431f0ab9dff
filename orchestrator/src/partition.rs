//! The loop of one partition: take, prepare, commit, acknowledge.

use std::collections::VecDeque;
use std::sync::Arc;

use queue::{Acknowledger, Consumer, Delivery, DeliveryTag, Partition, QueueError};

use crate::backoff::Backoff;
use crate::batch::{self, Halted, report};
use crate::holding::{Crew, Holding};
use crate::prepare::{Prepared, Sorted, prepare};

/// The worker of one partition.
pub(crate) struct PartitionWorker {
    crew: Crew,
    partition: Partition,
    holding: Holding,
}

impl PartitionWorker {
    pub(crate) fn new(crew: Crew, partition: Partition, holding: Holding) -> Self {
        Self {
            crew,
            partition,
            holding,
        }
    }

    /// Works until it is told to stop, or the lease is gone; comes back to the queue whenever that went away.
    pub(crate) async fn run(&self) {
        let stop = &self.holding.stop;
        let mut backoff = Backoff::new();
        while !stop.is_cancelled() {
            let ended = match self.crew.deps.queue.consume(self.partition).await {
                Ok(consumer) => {
                    backoff.reset();
                    self.consume(consumer).await
                }
                Err(error) => Err(error),
            };
            match ended {
                Ok(Halted::Stopped) => return,
                Ok(Halted::LeaseLost) => return self.holding.lose(),
                Err(error) => {
                    tracing::warn!(%error, partition = self.partition.number(), "the queue went away: coming back to it");
                    if !backoff.wait(stop).await {
                        return;
                    }
                }
            }
        }
    }

    async fn consume(&self, mut consumer: Box<dyn Consumer>) -> Result<Halted, QueueError> {
        let acknowledger = consumer.acknowledger();
        loop {
            let deliveries = tokio::select! {
                biased;
                () = self.holding.stop.cancelled() => return Ok(Halted::Stopped),
                taken = consumer.take(self.crew.limits.take) => taken?,
            };
            if let Err(halted) = self.work_off(deliveries, acknowledger.as_ref()).await? {
                return Ok(halted);
            }
        }
    }

    /// Brings all that was taken to its end, in order, in batches of bounded size.
    async fn work_off(
        &self,
        deliveries: Vec<Delivery>,
        acknowledger: &dyn Acknowledger,
    ) -> Result<Result<(), Halted>, QueueError> {
        let (Crew { deps, group, .. }, holding) = (&self.crew, &self.holding);
        let mut waiting = VecDeque::with_capacity(deliveries.len());
        for delivery in deliveries {
            match self.sort(delivery).await {
                Ok(Sorted::Event(event)) => waiting.push_back(event),
                Ok(Sorted::Unreadable(tag, letter)) => {
                    if let Err(halted) = batch::keep(*letter, deps, holding).await {
                        return Ok(Err(halted));
                    }
                    acknowledger.ack(&[tag]).await?;
                }
                Err(halted) => return Ok(Err(halted)),
            }
        }
        while let Some(events) = next_batch(&mut waiting, self.crew.limits.nodes) {
            let tags: Vec<DeliveryTag> = events.iter().map(|event| event.tag()).collect();
            if let Err(halted) = batch::commit(events, deps, holding, group).await {
                return Ok(Err(halted));
            }
            acknowledger.ack(&tags).await?;
        }
        Ok(Ok(()))
    }

    async fn sort(&self, delivery: Delivery) -> Result<Sorted, Halted> {
        let mut backoff = Backoff::new();
        loop {
            match prepare(delivery.clone(), &self.crew.plans, &self.crew.deps).await {
                Ok(sorted) => return Ok(sorted),
                Err(error) => {
                    report(&error, "a rule could not be read: trying again");
                    let stop = &self.holding.stop;
                    if !backoff.wait_after(&error, &*self.crew.deps.ids, stop).await {
                        return Err(Halted::Stopped);
                    }
                }
            }
        }
    }
}

/// The next events that go together: as many as the nodes allow, and a suspect alone.
fn next_batch(waiting: &mut VecDeque<Arc<Prepared>>, max_nodes: usize) -> Option<Vec<Arc<Prepared>>> {
    let first = waiting.pop_front()?;
    let mut nodes = first.nodes();
    let alone = first.is_suspect();
    let mut batch = vec![first];
    while let Some(next) = waiting.front() {
        nodes += next.nodes();
        if alone || next.is_suspect() || nodes > max_nodes {
            break;
        }
        batch.extend(waiting.pop_front());
    }
    Some(batch)
}
