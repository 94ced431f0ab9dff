//! Whatever publishers, a consumer, and crashes do: order, counts and contents are those of a simple model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::support::EmbeddedHarness;
use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use queue::conformance::{Harness, Settings};
use queue::{Consumer, DeliveryTag, Message, Partition, Queue, TakeLimits};
use uuid::Uuid;

const DELIVERY_LIMIT: u32 = 3;

#[derive(Clone, Debug)]
enum Step {
    Publish(usize),
    Take(usize),
    /// Every so many-th of the messages in flight.
    Ack(usize),
    /// The same.
    Release(usize),
    DropConsumer,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..5_usize).prop_map(Step::Publish),
        6 => (1..6_usize).prop_map(Step::Take),
        3 => (1..4_usize).prop_map(Step::Ack),
        3 => (1..4_usize).prop_map(Step::Release),
        1 => Just(Step::DropConsumer),
        1 => Just(Step::Crash),
    ]
}

/// What a queue with one partition is supposed to hold. Messages are numbered in the order of publishing.
#[derive(Default)]
struct Model {
    /// Ready, with the deliveries so far.
    ready: BTreeMap<u128, u32>,
    in_flight: BTreeMap<u128, u32>,
    dead: BTreeSet<u128>,
    published: u128,
}

impl Model {
    /// Whether a take has anything to return. What was delivered often enough is passed over, to the dead.
    fn can_take(&self) -> bool {
        self.ready.values().any(|earlier| *earlier < DELIVERY_LIMIT)
    }

    /// What a take of so many messages must return.
    fn take(&mut self, messages: usize) -> Vec<(u128, u32)> {
        let mut taken = Vec::new();
        while taken.len() < messages {
            let (id, earlier) = self.ready.pop_first().expect("no more is taken than is there");
            if earlier < DELIVERY_LIMIT {
                self.in_flight.insert(id, earlier + 1);
                taken.push((id, earlier + 1));
            } else {
                self.dead.insert(id);
            }
        }
        taken
    }

    fn in_flight(&self, every: usize) -> Vec<u128> {
        self.in_flight.keys().copied().step_by(every).collect()
    }

    fn put_back(&mut self, ids: Vec<u128>) {
        for id in ids {
            let deliveries = self.in_flight.remove(&id).expect("a message in flight");
            self.ready.insert(id, deliveries);
        }
    }
}

/// The queue beside its model.
struct Run {
    harness: EmbeddedHarness,
    queue: Arc<dyn Queue>,
    consumer: Option<Box<dyn Consumer>>,
    tags: BTreeMap<u128, DeliveryTag>,
    model: Model,
}

impl Run {
    async fn new(buffer_bytes: usize) -> Self {
        let harness = EmbeddedHarness::with_buffer(buffer_bytes);
        let queue = harness
            .open(Settings {
                delivery_limit: DELIVERY_LIMIT,
                ..Settings::default()
            })
            .await;
        Self {
            harness,
            queue,
            consumer: None,
            tags: BTreeMap::new(),
            model: Model::default(),
        }
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Publish(messages) => self.publish(messages).await,
            Step::Take(messages) if self.model.can_take() => self.take(messages).await,
            Step::Take(_) => {}
            Step::Ack(every) => {
                let ids = self.model.in_flight(every);
                let tags = self.tags_of(&ids);
                self.consumer()
                    .await
                    .acknowledger()
                    .ack(&tags)
                    .await
                    .expect("deliveries under way");
                self.model.in_flight.retain(|id, _| !ids.contains(id));
            }
            Step::Release(every) => {
                let ids = self.model.in_flight(every);
                let tags = self.tags_of(&ids);
                self.consumer()
                    .await
                    .acknowledger()
                    .release(&tags)
                    .await
                    .expect("deliveries under way");
                self.model.put_back(ids);
            }
            Step::DropConsumer => {
                self.model.put_back(self.model.in_flight(1));
                self.consumer = None;
            }
            Step::Crash => {
                self.model.put_back(self.model.in_flight(1));
                self.queue = self.harness.crash(Arc::clone(&self.queue)).await;
                self.consumer = None;
            }
        }
        self.check_depth().await;
    }

    async fn publish(&mut self, messages: usize) {
        let ids = self.model.published..self.model.published + messages as u128;
        self.model.published = ids.end;
        self.model.ready.extend(ids.clone().map(|id| (id, 0)));
        let publisher = self.queue.publisher();
        let outcomes = publisher.publish_batch(ids.map(message).collect()).await;
        assert!(outcomes.iter().all(Result::is_ok));
    }

    /// Takes what comes at once, which may be less than is there, but is the beginning of it.
    async fn take(&mut self, messages: usize) {
        let limits = TakeLimits {
            messages,
            ..TakeLimits::default()
        };
        let taken = within(self.consumer().await.take(limits))
            .await
            .expect("an open queue");
        assert!((1..=messages).contains(&taken.len()));
        let received: Vec<_> = taken
            .iter()
            .map(|delivery| (delivery.message.id.as_u128(), delivery.deliveries))
            .collect();
        assert_eq!(received, self.model.take(taken.len()));
        for delivery in taken {
            let id = delivery.message.id.as_u128();
            assert_eq!(delivery.message, message(id));
            self.tags.insert(id, delivery.tag);
        }
    }

    async fn check_depth(&self) {
        let depths = self.queue.depths().await.expect("depths");
        let alive = self
            .model
            .ready
            .values()
            .filter(|earlier| **earlier < DELIVERY_LIMIT)
            .count() as u64;
        // Messages that have reached the limit leave the line when a take comes across them.
        assert!((alive..=self.model.ready.len() as u64).contains(&depths[0].ready));
        assert_eq!(depths[0].in_flight, self.model.in_flight.len() as u64);
    }

    /// Takes and acknowledges all that is left, then all that is dead.
    async fn drain(&mut self) {
        self.publish(1).await;
        while self.model.can_take() {
            self.take(100).await;
        }
        self.step(&Step::Ack(1)).await;
        assert!(
            self.model.ready.is_empty(),
            "the last message stands behind all others"
        );
        let mut dead = self.queue.dead().await.expect("nobody has the dead");
        let mut left = self.model.dead.clone();
        while !left.is_empty() {
            let taken = within(dead.take(TakeLimits::default()))
                .await
                .expect("an open queue");
            for delivery in taken {
                assert!(
                    left.remove(&delivery.message.id.as_u128()),
                    "it is dead, and only once"
                );
            }
        }
    }

    async fn consumer(&mut self) -> &mut Box<dyn Consumer> {
        if self.consumer.is_none() {
            self.consumer = Some(self.queue.consume(partition()).await.expect("a free partition"));
        }
        self.consumer.as_mut().expect("it was just made")
    }

    fn tags_of(&self, ids: &[u128]) -> Vec<DeliveryTag> {
        ids.iter().map(|id| self.tags[id]).collect()
    }
}

/// What the model says is there must come, and soon.
async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("an answer before the deadline")
}

fn partition() -> Partition {
    Partition::new(0).expect("a partition")
}

fn message(id: u128) -> Message {
    Message {
        id: Uuid::from_u128(id),
        partition: partition(),
        kind: "test.numbered".to_owned(),
        company_id: Uuid::from_u128(id + 1),
        correlation_id: format!("correlation-{id}"),
        traceparent: id.is_multiple_of(2).then(|| format!("trace-{id}")),
        content_type: "text/plain".to_owned(),
        body: Bytes::from(id.to_string().repeat(50)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_a_simple_queue(steps in vec(step(), 1..60), buffer_bytes in prop_oneof![Just(0), Just(2000), Just(1 << 20)]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut run = Run::new(buffer_bytes).await;
            for step in &steps {
                run.step(step).await;
            }
            run.drain().await;
        });
    }
}
