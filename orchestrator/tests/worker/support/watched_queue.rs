//! The embedded queue, which tells of every acknowledgement, and can lose some.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use queue::{
    Acknowledger, Consumer, Delivery, DeliveryTag, EventBus, Partition, PartitionDepth, Publisher, Queue,
    QueueError, TakeLimits,
};

use super::{Bus, News};

pub(crate) struct WatchedQueue {
    inner: Arc<dyn Queue>,
    watch: Arc<Watch>,
    bus: Option<Arc<Bus>>,
    dead_consumers: AtomicU32,
}

struct Watch {
    news: News,
    /// How many acknowledgements are still to be lost.
    to_lose: AtomicU32,
}

struct WatchedConsumer {
    /// Until it is dropped.
    inner: Option<Box<dyn Consumer>>,
    watch: Arc<Watch>,
}

struct WatchedAcknowledger {
    inner: Arc<dyn Acknowledger>,
    watch: Arc<Watch>,
}

impl WatchedQueue {
    /// With a bus events go there; without, nowhere.
    pub(crate) fn new(inner: Arc<dyn Queue>, news: News, bus: Option<Arc<Bus>>) -> Self {
        let watch = Watch {
            news,
            to_lose: AtomicU32::new(0),
        };
        Self {
            inner,
            watch: Arc::new(watch),
            bus,
            dead_consumers: AtomicU32::new(0),
        }
    }

    /// How often somebody asked to be the consumer of the dead messages.
    pub(crate) fn dead_consumers(&self) -> u32 {
        self.dead_consumers.load(Ordering::SeqCst)
    }

    /// The next so many acknowledgements do not reach the queue.
    pub(crate) fn lose_acknowledgements(&self, count: u32) {
        self.watch.to_lose.store(count, Ordering::SeqCst);
    }

    fn watched(&self, inner: Box<dyn Consumer>) -> Box<dyn Consumer> {
        let watch = self.watch.clone();
        Box::new(WatchedConsumer {
            inner: Some(inner),
            watch,
        })
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
        self.dead_consumers.fetch_add(1, Ordering::SeqCst);
        self.watch.news.tell();
        let consumer = self.inner.dead().await?;
        Ok(self.watched(consumer))
    }

    async fn depths(&self) -> Result<Vec<PartitionDepth>, QueueError> {
        self.inner.depths().await
    }

    fn events(&self) -> Option<Arc<dyn EventBus>> {
        self.bus.clone().map(|bus| bus as Arc<dyn EventBus>)
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
        self.inner.as_mut().unwrap().take(limits).await
    }

    fn acknowledger(&self) -> Arc<dyn Acknowledger> {
        Arc::new(WatchedAcknowledger {
            inner: self.inner.as_ref().unwrap().acknowledger(),
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

impl Drop for WatchedConsumer {
    /// What it had taken is back in the queue before anyone hears of it.
    fn drop(&mut self) {
        self.inner = None;
        self.watch.news.tell();
    }
}
