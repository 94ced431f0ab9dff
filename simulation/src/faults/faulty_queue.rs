//! The queue, as a worker's process reaches it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use queue::{
    Acknowledger, Consumer, Delivery, DeliveryTag, EventBus, Message, OutgoingEvent, Partition,
    PartitionDepth, PublishError, Publisher, Queue, QueueError, TakeLimits,
};

use super::process::Process;
use super::weather::Side;
use crate::MemoryQueue;

/// A queue in memory behind a process that things happen to.
#[derive(Clone)]
pub(crate) struct FaultyQueue {
    process: Arc<Process>,
    queue: MemoryQueue,
}

impl FaultyQueue {
    pub(crate) fn new(process: Arc<Process>) -> Self {
        let queue = process.world().queue.clone();
        Self { process, queue }
    }

    fn consumer(&self, inner: Box<dyn Consumer>, partition: Option<Partition>) -> Box<dyn Consumer> {
        let acknowledger = Arc::new(FaultyAcknowledger {
            process: self.process.clone(),
            inner: inner.acknowledger(),
            partition,
            taken: Mutex::default(),
        });
        Box::new(FaultyConsumer {
            inner,
            acknowledger,
            undelivered: Vec::new(),
        })
    }
}

#[async_trait]
impl Queue for FaultyQueue {
    fn publisher(&self) -> Arc<dyn Publisher> {
        Arc::new(self.clone())
    }

    async fn consume(&self, partition: Partition) -> Result<Box<dyn Consumer>, QueueError> {
        let act = self.queue.consume(partition);
        let what = format!("consume {partition}");
        let inner = self.process.call(Side::Broker, what, act).await?;
        Ok(self.consumer(inner, Some(partition)))
    }

    async fn dead(&self) -> Result<Box<dyn Consumer>, QueueError> {
        let act = self.queue.dead();
        let inner = self.process.call(Side::Broker, "consume the dead", act).await?;
        Ok(self.consumer(inner, None))
    }

    async fn depths(&self) -> Result<Vec<PartitionDepth>, QueueError> {
        let act = self.queue.depths();
        self.process.call(Side::Broker, "depths", act).await
    }

    fn events(&self) -> Option<Arc<dyn EventBus>> {
        Some(Arc::new(self.clone()))
    }

    async fn health(&self) -> Result<(), QueueError> {
        let act = self.queue.health();
        self.process.call(Side::Broker, "health", act).await
    }

    /// Closing is the process's own: the broker stays open for the others.
    async fn close(&self) {}
}

#[async_trait]
impl Publisher for FaultyQueue {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let (queue, what) = (self.queue.clone(), format!("publish {}", message.id));
        let act = async move { queue.publish(message).await };
        self.process.send(Side::Broker, what, act).await
    }

    async fn publish_batch(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        let mut published = Vec::with_capacity(messages.len());
        for message in messages {
            published.push(self.publish(message).await);
        }
        published
    }
}

#[async_trait]
impl EventBus for FaultyQueue {
    /// May fail after any number of the events.
    async fn send(&self, events: Vec<OutgoingEvent>) -> Result<(), PublishError> {
        let world = self.process.world();
        let all = u32::try_from(events.len()).unwrap_or(u32::MAX);
        let arriving = if world.dice.happens(world.sky.weather().lose) {
            world.dice.below(all)
        } else {
            all
        };
        let own = self.clone();
        let act = async move {
            let arrive = usize::try_from(arriving).unwrap_or(usize::MAX);
            own.queue.send(events.into_iter().take(arrive).collect()).await?;
            own.process.world().judge.after_send();
            if arriving < all {
                let reason = format!("the connection was lost after {arriving} events");
                return Err(PublishError::Unavailable { reason });
            }
            Ok(())
        };
        let what = format!("send {arriving} of {all} events");
        self.process.send(Side::Broker, what, act).await
    }
}

/// A consumer that the broker may lose.
struct FaultyConsumer {
    inner: Box<dyn Consumer>,
    acknowledger: Arc<FaultyAcknowledger>,
    /// What was taken and did not get to the caller, who stopped listening.
    undelivered: Vec<Delivery>,
}

#[async_trait]
impl Consumer for FaultyConsumer {
    async fn take(&mut self, limits: TakeLimits) -> Result<Vec<Delivery>, QueueError> {
        let FaultyAcknowledger { process, .. } = self.acknowledger.as_ref();
        process.runs().await;
        if self.undelivered.is_empty() {
            if self.acknowledger.may_be_lost() {
                return Err(QueueError::ConsumerGone);
            }
            // However often the caller drops this, what was taken is kept.
            self.undelivered = self.inner.take(limits).await?;
            self.acknowledger.remember(&self.undelivered);
            process.note(format_args!("takes {} messages", self.undelivered.len()));
        }
        process.dawdle().await;
        process.runs().await;
        Ok(std::mem::take(&mut self.undelivered))
    }

    fn acknowledger(&self) -> Arc<dyn Acknowledger> {
        self.acknowledger.clone()
    }
}

struct FaultyAcknowledger {
    process: Arc<Process>,
    inner: Arc<dyn Acknowledger>,
    /// None for the dead.
    partition: Option<Partition>,
    /// What the consumer has, for those who judge its acknowledgements.
    taken: Mutex<BTreeMap<DeliveryTag, Message>>,
}

impl FaultyAcknowledger {
    /// Whether the broker drops the consumer now.
    fn may_be_lost(&self) -> bool {
        let world = self.process.world();
        let Some(partition) = self.partition else {
            return false;
        };
        let is_lost = world.dice.happens(world.sky.weather().disconnect);
        if is_lost {
            self.process
                .note(format_args!("loses the consumer of {partition}"));
            world.queue.disconnect(partition);
        }
        is_lost
    }

    fn remember(&self, deliveries: &[Delivery]) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.extend(
            deliveries
                .iter()
                .map(|delivery| (delivery.tag, delivery.message.clone())),
        );
    }

    fn messages(&self, tags: &[DeliveryTag]) -> Vec<Message> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        tags.iter().filter_map(|tag| taken.get(tag).cloned()).collect()
    }
}

#[async_trait]
impl Acknowledger for FaultyAcknowledger {
    /// A broker does not confirm acknowledgements: one that looks good may be lost with the connection.
    async fn ack(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        let act = async {
            self.process.world().judge.after_ack(&self.messages(tags));
            if self.may_be_lost() {
                return Ok(());
            }
            self.inner.ack(tags).await
        };
        let what = format!("ack of {}", tags.len());
        self.process.call(Side::Broker, what, act).await
    }

    async fn release(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        let act = self.inner.release(tags);
        let what = format!("release of {}", tags.len());
        self.process.call(Side::Broker, what, act).await
    }
}
