//! The loop of one partition: take, prepare, commit; and acknowledge beside it.

use std::collections::VecDeque;
use std::sync::Arc;

use queue::{Consumer, Delivery, Partition, QueueError};

use crate::acknowledging::Acknowledging;
use crate::backoff::Backoff;
use crate::batch::{self, Halted, report};
use crate::group_commit::Seat;
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
        let mut stored = Acknowledging::new(consumer.acknowledger());
        let mut seat = self.crew.group.seat();
        let halted = loop {
            let deliveries = tokio::select! {
                biased;
                () = self.holding.stop.cancelled() => break Halted::Stopped,
                // Before there is more to do: under load there always is.
                error = stored.fail() => return Err(error),
                taken = seat.wait_for(consumer.take(self.crew.limits.take)) => taken?,
            };
            if let Err(halted) = self.work_off(deliveries, &mut seat, &mut stored).await {
                break halted;
            }
        };
        // Whoever has the partition next is not to find again what is done. Once the lease is gone, it may have by now.
        if halted == Halted::Stopped {
            stored.finish().await?;
        }
        Ok(halted)
    }

    /// Brings all that was taken to its end, in order, in batches of bounded size.
    async fn work_off(
        &self,
        deliveries: Vec<Delivery>,
        seat: &mut Seat,
        stored: &mut Acknowledging,
    ) -> Result<(), Halted> {
        let (Crew { deps, .. }, holding) = (&self.crew, &self.holding);
        let mut waiting = VecDeque::with_capacity(deliveries.len());
        for delivery in deliveries {
            match self.sort(delivery).await? {
                Sorted::Event(event) => waiting.push_back(event),
                Sorted::Unreadable(tag, letter) => {
                    batch::keep(*letter, deps, holding).await?;
                    stored.gather([tag]);
                }
            }
        }
        while let Some(events) = next_batch(&mut waiting, self.crew.limits.nodes) {
            let tags: Vec<_> = events.iter().map(|event| event.tag()).collect();
            batch::commit(events, deps, holding, seat).await?;
            stored.gather(tags);
        }
        Ok(())
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
