//! The embedded queue, which tells of every acknowledgement, and can lose some.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use queue::{
    Acknowledger, Consumer, Delivery, DeliveryTag, Partition, PartitionDepth, Publisher, Queue, QueueError,
    TakeLimits,
};

use super::News;

pub(crate) struct WatchedQueue {
    inner: Arc<dyn Queue>,
    watch: Arc<Watch>,
}

struct Watch {
    news: News,
    /// How many acknowledgements are still to be lost.
    to_lose: AtomicU32,
}

struct WatchedConsumer {
    inner: Box<dyn Consumer>,
    watch: Arc<Watch>,
}

struct WatchedAcknowledger {
    inner: Arc<dyn Acknowledger>,
    watch: Arc<Watch>,
}

impl WatchedQueue {
    pub(crate) fn new(inner: Arc<dyn Queue>, news: News) -> Self {
        let watch = Watch {
            news,
            to_lose: AtomicU32::new(0),
        };
        Self {
            inner,
            watch: Arc::new(watch),
        }
    }

    /// The next so many acknowledgements do not reach the queue.
    pub(crate) fn lose_acknowledgements(&self, count: u32) {
        self.watch.to_lose.store(count, Ordering::SeqCst);
    }

    fn watched(&self, inner: Box<dyn Consumer>) -> Box<dyn Consumer> {
        let watch = self.watch.clone();
        Box::new(WatchedConsumer { inner, watch })
    }
}

#[async_trait]
impl Queue for WatchedQueue {
    fn publisher(&self) -> Arc<dyn Publisher> {
        self.inner.publisher()
    }

    async fn consume(&self, partition: Partition) -> Result<Box<dyn Consumer>, QueueError> {
        let consumer = self.inner.consume(partition).await?;
        Ok(self.watched(consumer))
    }

    async fn dead(&self) -> Result<Box<dyn Consumer>, QueueError> {
        let consumer = self.inner.dead().await?;
        Ok(self.watched(consumer))
    }

    async fn depths(&self) -> Result<Vec<PartitionDepth>, QueueError> {
        self.inner.depths().await
    }

    async fn health(&self) -> Result<(), QueueError> {
        self.inner.health().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

#[async_trait]
impl Consumer for WatchedConsumer {
    async fn take(&mut self, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        self.inner.take(limits).await
    }

    fn acknowledger(&self) -> Arc<dyn Acknowledger> {
        Arc::new(WatchedAcknowledger {
            inner: self.inner.acknowledger(),
            watch: self.watch.clone(),
        })
    }
}

#[async_trait]
impl Acknowledger for WatchedAcknowledger {
    async fn ack(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        let lose = |left: u32| left.checked_sub(1);
        let order = Ordering::SeqCst;
        if self.watch.to_lose.fetch_update(order, order, lose).is_ok() {
            let reason = "the connection went away".to_owned();
            return Err(QueueError::Unavailable { reason });
        }
        self.inner.ack(tags).await?;
        self.watch.news.tell();
        Ok(())
    }

    async fn release(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        self.inner.release(tags).await
    }
}
