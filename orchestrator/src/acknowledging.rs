//! Acknowledging what is stored: some of it at once, and beside the work.
//!
//! Nothing waits for an acknowledgement: what is stored stays so, and a message that comes again after a crash does
//! nothing. To a broker each one is a write like any other, whatever it stands for. So they gather for a moment, while the
//! loop goes on; fewer of them leave the broker to those who do wait for it.

use std::sync::Arc;
use std::time::Duration;

use queue::{Acknowledger, DeliveryTag, QueueError};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

/// How long they gather: what a crash brings again at the most, if the load is low.
const GATHER: Duration = Duration::from_millis(200);
/// How many are not kept waiting: messages that are not acknowledged take up room in the prefetch.
const ENOUGH: usize = 128;

/// The acknowledgements of one consumer.
pub(crate) struct Acknowledging {
    acknowledger: Arc<dyn Acknowledger>,
    gathered: Vec<DeliveryTag>,
    /// Since when the first of them waits.
    since: Instant,
    /// The ones being told, at most one call at a time: the order in which messages are settled is that of their queue.
    /// Dropped with the consumer, they are as if never told.
    telling: JoinSet<Result<(), QueueError>>,
}

impl Acknowledging {
    pub(crate) fn new(acknowledger: Arc<dyn Acknowledger>) -> Self {
        Self {
            acknowledger,
            gathered: Vec::new(),
            since: Instant::now(),
            telling: JoinSet::new(),
        }
    }

    /// These are stored.
    pub(crate) fn gather(&mut self, tags: impl IntoIterator<Item = DeliveryTag>) {
        if self.gathered.is_empty() {
            self.since = Instant::now();
        }
        self.gathered.extend(tags);
        if self.gathered.len() >= ENOUGH {
            self.tell();
        }
    }

    /// Tells the queue in the background, unless it is being told already.
    fn tell(&mut self) {
        if self.telling.is_empty() && !self.gathered.is_empty() {
            let (acknowledger, tags) = (Arc::clone(&self.acknowledger), std::mem::take(&mut self.gathered));
            self.telling.spawn(async move { acknowledger.ack(&tags).await });
        }
    }

    /// Goes on telling. Never returns but with an error; may be dropped and called again at any time.
    pub(crate) async fn fail(&mut self) -> QueueError {
        loop {
            let is_enough = self.gathered.len() >= ENOUGH;
            let due = if is_enough {
                self.since
            } else {
                self.since + GATHER
            };
            let may_tell = self.telling.is_empty() && !self.gathered.is_empty();
            tokio::select! {
                biased;
                Some(told) = self.telling.join_next() => {
                    if let Err(error) = outcome(told) {
                        return error;
                    }
                }
                () = sleep_until(due), if may_tell => self.tell(),
                // Nothing to tell.
                else => return std::future::pending().await,
            }
        }
    }

    /// Tells all there is, and waits until the queue has heard it.
    pub(crate) async fn finish(&mut self) -> Result<(), QueueError> {
        loop {
            self.tell();
            match self.telling.join_next().await {
                Some(told) => outcome(told)?,
                None => return Ok(()),
            }
        }
    }
}

fn outcome(told: Result<Result<(), QueueError>, JoinError>) -> Result<(), QueueError> {
    told.unwrap_or_else(|error| {
        Err(QueueError::Unavailable {
            reason: format!("acknowledging broke off: {error}"),
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use async_trait::async_trait;
    use tokio::time::timeout;

    use super::*;

    /// Notes each call, and refuses all of them if it is `gone`.
    #[derive(Default)]
    struct Noting {
        calls: Mutex<Vec<Vec<u64>>>,
        gone: bool,
    }

    impl Noting {
        fn calls(&self) -> Vec<Vec<u64>> {
            self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }
    }

    #[async_trait]
    impl Acknowledger for Noting {
        async fn ack(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
            if self.gone {
                return Err(QueueError::ConsumerGone);
            }
            let tags = tags.iter().map(|tag| tag.number()).collect();
            self.calls.lock().unwrap().push(tags);
            Ok(())
        }

        async fn release(&self, _: &[DeliveryTag]) -> Result<(), QueueError> {
            Ok(())
        }
    }

    fn tags(tags: impl IntoIterator<Item = u64>) -> impl Iterator<Item = DeliveryTag> {
        tags.into_iter().map(DeliveryTag::new)
    }

    /// Lets so much time pass while nothing else is done.
    async fn idle(stored: &mut Acknowledging, time: Duration) {
        assert!(timeout(time, stored.fail()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_stored_within_a_moment_is_told_at_once() {
        let told = Arc::new(Noting::default());
        let mut stored = Acknowledging::new(told.clone());
        idle(&mut stored, GATHER).await;
        stored.gather(tags([1]));
        idle(&mut stored, GATHER / 2).await;
        stored.gather(tags([2, 3]));
        idle(&mut stored, GATHER / 4).await;
        assert!(told.calls().is_empty());
        idle(&mut stored, GATHER).await;
        assert_eq!(told.calls(), [[1, 2, 3]]);
    }

    #[tokio::test(start_paused = true)]
    async fn many_are_not_kept_waiting() {
        let told = Arc::new(Noting::default());
        let mut stored = Acknowledging::new(told.clone());
        let many: Vec<u64> = (0..ENOUGH as u64).collect();
        stored.gather(tags(many.clone()));
        // Another lot, while the first is being told.
        stored.gather(tags(many.clone()));
        idle(&mut stored, GATHER / 100).await;
        assert_eq!(told.calls(), [many.clone(), many]);
    }

    #[tokio::test(start_paused = true)]
    async fn all_is_told_in_the_end() {
        let told = Arc::new(Noting::default());
        let mut stored = Acknowledging::new(told.clone());
        stored.gather(tags([1]));
        stored.tell();
        stored.gather(tags([2]));
        assert!(stored.finish().await.is_ok());
        assert_eq!(told.calls(), [[1], [2]]);
        assert!(stored.finish().await.is_ok());
        assert_eq!(told.calls().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn that_it_was_not_heard_ends_the_consumer() {
        let gone = Noting {
            gone: true,
            ..Noting::default()
        };
        let mut stored = Acknowledging::new(Arc::new(gone));
        stored.gather(tags([1]));
        assert!(matches!(stored.fail().await, QueueError::ConsumerGone));
        stored.gather(tags([2]));
        assert!(matches!(stored.finish().await, Err(QueueError::ConsumerGone)));
    }
}
