//! Publishers that stand between the router and the queue.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use queue::{AcceptedEvent, Message, PublishError, Publisher};
use tokio::sync::Semaphore;

use super::Setup;

/// Holds every message until it is opened for it.
pub(crate) struct Gate {
    inner: OnceLock<Arc<dyn Publisher>>,
    pub(crate) arrived: AtomicUsize,
    pub(crate) open: Semaphore,
}

impl Gate {
    /// The gate, and how to set it up.
    pub(crate) fn new() -> (Arc<Self>, Setup) {
        let gate = Self {
            inner: OnceLock::new(),
            arrived: AtomicUsize::new(0),
            open: Semaphore::new(0),
        };
        let gate = Arc::new(gate);
        let placed = Arc::clone(&gate);
        let place = move |inner| -> Arc<dyn Publisher> {
            assert!(placed.inner.set(inner).is_ok());
            placed
        };
        (
            gate,
            Setup {
                publisher: Box::new(place),
                ..Setup::default()
            },
        )
    }
}

#[async_trait]
impl Publisher for Gate {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.arrived.fetch_add(1, Ordering::SeqCst);
        self.open.acquire().await.unwrap().forget();
        self.inner.get().unwrap().publish(message).await
    }

    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        self.arrived.fetch_add(1, Ordering::SeqCst);
        self.open.acquire().await.unwrap().forget();
        self.inner.get().unwrap().publish_batch(messages).await
    }
}

/// Does not confirm what comes first, and all else.
pub(crate) struct FirstFails {
    inner: Arc<dyn Publisher>,
    seen: AtomicUsize,
}

impl FirstFails {
    pub(crate) fn setup() -> Setup {
        let place = |inner| -> Arc<dyn Publisher> {
            Arc::new(Self {
                inner,
                seen: AtomicUsize::new(0),
            })
        };
        Setup {
            publisher: Box::new(place),
            ..Setup::default()
        }
    }

    async fn refuse_the_first(&self) -> Result<(), PublishError> {
        if self.seen.fetch_add(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        // Let those arrive that wait for this one.
        tokio::task::yield_now().await;
        Err(PublishError::Unavailable {
            reason: "made up".to_owned(),
        })
    }
}

#[async_trait]
impl Publisher for FirstFails {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.refuse_the_first().await?;
        self.inner.publish(message).await
    }

    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        match self.refuse_the_first().await {
            Ok(()) => self.inner.publish_batch(messages).await,
            Err(error) => vec![Err(error); messages.len()],
        }
    }
}

/// Refuses, once each, events by their ids: what begins with `full` as a full queue does, with `lost` as one that does
/// not confirm. Everything else is stored.
pub(crate) struct Picky {
    inner: Arc<dyn Publisher>,
    refused: Mutex<HashSet<String>>,
}

impl Picky {
    pub(crate) fn setup() -> Setup {
        let place = |inner| -> Arc<dyn Publisher> {
            Arc::new(Self {
                inner,
                refused: Mutex::default(),
            })
        };
        Setup {
            publisher: Box::new(place),
            ..Setup::default()
        }
    }
}

#[async_trait]
impl Publisher for Picky {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let event_id = AcceptedEvent::decode(&message.body).unwrap().event_id;
        let refusal = if event_id.starts_with("full") {
            PublishError::Full {
                retry_after: Duration::from_secs(3),
            }
        } else if event_id.starts_with("lost") {
            PublishError::Unavailable {
                reason: "made up".to_owned(),
            }
        } else {
            return self.inner.publish(message).await;
        };
        if self.refused.lock().unwrap().insert(event_id) {
            return Err(refusal);
        }
        self.inner.publish(message).await
    }

    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        let mut outcomes = Vec::new();
        for message in messages {
            outcomes.push(self.publish(message).await);
        }
        outcomes
    }
}
