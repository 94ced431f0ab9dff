//! Sends on what runs sent out, in each company's order, from the outbox to the event bus.
//!
//! One round reads what was not sent, sends it, and notes once per company how far that went. A crash between sending
//! and noting sends the same again, under the same ids: at least once, and whoever drops second copies by their ids
//! sees every company's events once and in order. While a round is under way the next one gathers.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use queue::{EventBus, OutgoingEvent, PublishError};
use store::{Leased, OutboxEvent, SentUpTo, StoreError};

use crate::Deps;
use crate::backoff::Backoff;
use crate::batch::{Halted, report};
use crate::cloud_event::outgoing;
use crate::holding::Holding;

/// How long commits gather before they are sent: each round costs a query and a commit, and nobody outside waits for
/// milliseconds.
const GATHER: Duration = Duration::from_millis(500);
/// How often to look without having been woken: for what another process committed, or this one before it had the lease.
const POLL: Duration = Duration::from_secs(1);
/// How long a round may go on once the worker is to stop.
const GRACE: Duration = Duration::from_secs(5);

/// The relay of one partition.
pub(crate) struct Relay {
    deps: Deps,
    bus: Arc<dyn EventBus>,
    limit: u32,
    holding: Holding,
}

impl Relay {
    /// A relay that sends at most `limit` events at once.
    pub(crate) fn new(deps: Deps, bus: Arc<dyn EventBus>, limit: u32, holding: Holding) -> Self {
        Self {
            deps,
            bus,
            limit: limit.max(1),
            holding,
        }
    }

    /// Relays until it is told to stop, or the lease is gone.
    pub(crate) async fn run(&self) {
        // A backlog is no reason to stay: whoever comes next goes on with it.
        while !self.holding.stop.is_cancelled() {
            match self.round().await {
                Ok(sent) if sent >= self.limit => {}
                Ok(_) => {
                    if !rest(&self.holding).await {
                        return;
                    }
                }
                Err(Halted::Stopped) => return,
                Err(Halted::LeaseLost) => return self.holding.lose(),
            }
        }
    }

    /// Sends what there is, at most as much as is allowed at once; says how many events that were.
    async fn round(&self) -> Result<u32, Halted> {
        let events = self.read().await?;
        if events.is_empty() {
            return Ok(0);
        }
        let mut sent = BTreeMap::new();
        for event in &events {
            sent.insert(event.company_id, event.number);
        }
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        self.send(events.into_iter().map(outgoing).collect()).await?;
        let sent = sent
            .into_iter()
            .map(|(company_id, number)| SentUpTo { company_id, number });
        self.note(sent.collect()).await?;
        Ok(count)
    }

    async fn read(&self) -> Result<Vec<OutboxEvent>, Halted> {
        let mut backoff = Backoff::new();
        loop {
            let read = self
                .deps
                .store
                .unsent_events(self.holding.lease.partition, self.limit);
            match self.in_time(read).await? {
                Ok(events) => return Ok(events),
                Err(error) => {
                    self.wait_after(&error, "the outbox could not be read", &mut backoff)
                        .await?;
                }
            }
        }
    }

    async fn send(&self, events: Vec<OutgoingEvent>) -> Result<(), Halted> {
        let mut backoff = Backoff::new();
        loop {
            let error = match self.in_time(self.bus.send(events.clone())).await? {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            tracing::warn!(%error, events = events.len(), "events could not be sent: trying again");
            let is_to_go_on = match error {
                // Others may have them by now, and get them once more each time: so less and less often.
                PublishError::Full { retry_after } => {
                    self.pause(retry_after).await && backoff.wait(&self.holding.stop).await
                }
                PublishError::Unavailable { .. } => backoff.wait(&self.holding.stop).await,
            };
            if !is_to_go_on {
                return Err(Halted::Stopped);
            }
        }
    }

    /// Notes what was sent, for as long as it takes: to send it once more would cost more than to wait.
    async fn note(&self, sent: Vec<SentUpTo>) -> Result<(), Halted> {
        let mut backoff = Backoff::new();
        loop {
            let note = self.deps.store.mark_events_sent(self.holding.lease, sent.clone());
            match self.in_time(note).await? {
                Ok(Leased::Done) => return Ok(()),
                Ok(Leased::Lost) => return Err(Halted::LeaseLost),
                Err(error) => {
                    self.wait_after(&error, "what was sent could not be noted", &mut backoff)
                        .await?;
                }
            }
        }
    }

    async fn wait_after(&self, error: &StoreError, what: &str, backoff: &mut Backoff) -> Result<(), Halted> {
        report(error, what);
        if backoff
            .wait_after(error, &*self.deps.ids, &self.holding.stop)
            .await
        {
            Ok(())
        } else {
            Err(Halted::Stopped)
        }
    }

    async fn pause(&self, duration: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.holding.stop.cancelled() => false,
            () = tokio::time::sleep(duration) => true,
        }
    }

    /// Finishes what was begun, also when the worker is to stop; but a broker that does not answer cannot keep it.
    async fn in_time<T>(&self, step: impl Future<Output = T>) -> Result<T, Halted> {
        let too_late = async {
            self.holding.stop.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            biased;
            done = step => Ok(done),
            () = too_late => Err(Halted::Stopped),
        }
    }
}

/// Waits until there may be something to send; false if the worker is to stop instead.
async fn rest(holding: &Holding) -> bool {
    let woken = async {
        holding.committed.notified().await;
        tokio::time::sleep(GATHER).await;
    };
    tokio::select! {
        biased;
        () = holding.stop.cancelled() => false,
        () = woken => true,
        () = tokio::time::sleep(POLL) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::PartitionLease;
    use tokio::time::Instant;

    async fn rested(holding: &Holding) -> (bool, Duration) {
        let before = Instant::now();
        (rest(holding).await, before.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_commit_wakes_it_and_else_it_looks_by_itself() {
        let holding = Holding::new(PartitionLease {
            partition: 0,
            epoch: 1,
        });
        assert_eq!(rested(&holding).await, (true, POLL));
        // Two commits while it was busy are looked at once.
        holding.committed.notify_one();
        holding.committed.notify_one();
        assert_eq!(rested(&holding).await, (true, GATHER));
        assert_eq!(rested(&holding).await, (true, POLL));
        holding.lose();
        assert_eq!(rested(&holding).await, (false, Duration::ZERO));
    }
}
