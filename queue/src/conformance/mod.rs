//! What every kind of queue must do, as tests that are generic over a [`Harness`].
//!
//! A kind runs them all by [`conformance_suite!`](crate::conformance_suite) in one of its test files.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a conformance test fails by panicking, and says in its name what for"
)]

mod acknowledging;
mod consuming;
mod crashing;
mod publishing;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::{Consumer, Delivery, DeliveryTag, Message, Partition, Queue, TakeLimits};

pub use acknowledging::*;
pub use consuming::*;
pub use crashing::*;
pub use publishing::*;

/// How the queue of a test is to be set up.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Messages that a partition holds at most.
    pub max_messages: u64,
    /// Deliveries after which a message is dead.
    pub delivery_limit: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_messages: 1_000_000,
            delivery_limit: 1000,
        }
    }
}

/// Who counts deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// The kind itself: to the one.
    Exact,
    /// A broker, which counts what it takes back from a consumer that went away. It counts what it had sent ahead and
    /// nobody took, and does not hear of what was released.
    ByBroker,
}

/// How a kind of queue is opened for a test.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A queue that is empty and nobody else's.
    async fn open(&self, settings: Settings) -> Arc<dyn Queue>;

    /// How exactly the kind counts deliveries.
    fn counting(&self) -> Counting {
        Counting::Exact
    }

    /// The same queue, set up in the same way, as it is found after the process that had it open was killed at this
    /// moment: nothing was closed, and nothing is heard of the old handles from now on.
    async fn crash(&self, queue: Arc<dyn Queue>) -> Arc<dyn Queue>;
}

/// Declares one test for each thing that a queue must do. Takes an expression that makes a
/// [`Harness`](crate::conformance::Harness); the calling crate needs tokio's macros.
#[macro_export]
macro_rules! conformance_suite {
    ($harness:expr) => {
        $crate::conformance_suite!(@each $harness;
            delivers_what_was_published,
            keeps_the_order_of_a_partition,
            stores_what_fits_of_a_batch_in_order,
            refuses_what_does_not_fit,
            loses_nothing_of_concurrent_publishers,
            refuses_everything_once_closed,
            takes_no_more_than_the_limits,
            takes_what_comes_after_the_unacknowledged,
            waits_for_a_message_and_wakes,
            loses_nothing_of_a_dropped_take,
            has_one_consumer_per_partition,
            returns_what_a_dropped_consumer_had,
            reports_depths,
            is_healthy_while_open,
            forgets_what_is_acknowledged,
            acknowledges_out_of_order,
            acknowledges_while_another_task_takes,
            releases_in_order_and_counts,
            refuses_unknown_tags_and_does_nothing,
            refuses_answers_of_a_consumer_that_is_gone,
            buries_what_is_delivered_too_often,
            has_it_on_disk_before_publish_returns,
            delivers_again_after_a_crash_and_counts,
            counts_releases_and_crashes_together,
            keeps_acknowledgements_and_order_over_crashes,
            keeps_the_dead_over_a_crash,
        );
    };
    (@each $harness:expr; $($test:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::conformance::$test(&$harness).await;
            }
        )*
    };
}

/// Far longer than anything here takes: what is not there by then does not come.
const DEADLINE: Duration = Duration::from_mins(1);

/// The partition of tests that need one.
fn partition() -> Partition {
    other_partition(3)
}

fn other_partition(number: u16) -> Partition {
    Partition::new(number).expect("the number of a partition")
}

/// A message whose id and body say which it is.
fn message(partition: Partition, number: u32) -> Message {
    Message {
        id: Uuid::from_u128(u128::from(number)),
        partition,
        kind: "test.numbered".to_owned(),
        company_id: Uuid::from_u128(0xC0),
        correlation_id: format!("correlation-{number}"),
        traceparent: None,
        content_type: "text/plain".to_owned(),
        body: Bytes::from(number.to_string()),
    }
}

fn number_of(message: &Message) -> u32 {
    u32::try_from(message.id.as_u128()).expect("an id made by `message`")
}

fn numbers(deliveries: &[Delivery]) -> Vec<u32> {
    deliveries
        .iter()
        .map(|delivery| number_of(&delivery.message))
        .collect()
}

/// The numbers of what was delivered, each with its count.
fn counts(deliveries: &[Delivery]) -> Vec<(u32, u32)> {
    deliveries
        .iter()
        .map(|delivery| (number_of(&delivery.message), delivery.deliveries))
        .collect()
}

/// Asserts what was delivered, and how often, as exactly as the kind counts over a consumer's end.
fn assert_counts(harness: &dyn Harness, deliveries: &[Delivery], expected: &[(u32, u32)]) {
    let delivered = counts(deliveries);
    match harness.counting() {
        Counting::Exact => assert_eq!(delivered, expected),
        Counting::ByBroker => {
            assert_eq!(delivered.len(), expected.len(), "{delivered:?}");
            for ((number, count), (expected_number, at_least)) in delivered.iter().zip(expected) {
                assert_eq!(number, expected_number, "{delivered:?} instead of {expected:?}");
                assert!(count >= at_least, "{delivered:?} instead of {expected:?}");
            }
        }
    }
}

/// Waits until a partition is reported to have so many messages that are ready, and so many in flight: a broker may
/// have some on their way.
async fn depth_becomes(queue: &dyn Queue, index: usize, expected: (u64, u64)) {
    let becoming = async {
        loop {
            let depths = queue.depths().await.expect("depths");
            let found = (depths[index].ready, depths[index].in_flight);
            if found == expected {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let became = tokio::time::timeout(DEADLINE, becoming).await;
    assert!(
        became.is_ok(),
        "partition {index} never had the depth {expected:?}"
    );
}

fn tags(deliveries: &[Delivery]) -> Vec<DeliveryTag> {
    deliveries.iter().map(|delivery| delivery.tag).collect()
}

async fn publish(queue: &dyn Queue, partition: Partition, numbers: impl IntoIterator<Item = u32>) {
    let publisher = queue.publisher();
    for number in numbers {
        within(publisher.publish(message(partition, number)))
            .await
            .expect("room and a disk");
    }
}

async fn consume(queue: &dyn Queue, partition: Partition) -> Box<dyn Consumer> {
    within(queue.consume(partition))
        .await
        .expect("a partition that nobody consumes")
}

async fn take(consumer: &mut dyn Consumer, messages: usize) -> Vec<Delivery> {
    let limits = TakeLimits {
        messages,
        ..TakeLimits::default()
    };
    within(consumer.take(limits)).await.expect("a queue that is open")
}

/// Takes exactly so many, in as many calls as that needs: a kind may hand out less than is there, never nothing.
async fn take_exactly(consumer: &mut dyn Consumer, messages: usize) -> Vec<Delivery> {
    let mut taken = Vec::new();
    while taken.len() < messages {
        let more = take(consumer, messages - taken.len()).await;
        assert!(!more.is_empty(), "take returned nothing");
        taken.extend(more);
    }
    assert_eq!(taken.len(), messages, "take kept to its limit");
    taken
}

/// Not an `async fn`: a consumer may be sent to a task, but a reference to it may not.
fn ack(consumer: &dyn Consumer, deliveries: &[Delivery]) -> impl Future<Output = ()> + Send + use<> {
    let (acknowledger, tags) = (consumer.acknowledger(), tags(deliveries));
    async move {
        within(acknowledger.ack(&tags))
            .await
            .expect("deliveries under way");
    }
}

fn release(consumer: &dyn Consumer, deliveries: &[Delivery]) -> impl Future<Output = ()> + Send + use<> {
    let (acknowledger, tags) = (consumer.acknowledger(), tags(deliveries));
    async move {
        within(acknowledger.release(&tags))
            .await
            .expect("deliveries under way");
    }
}

/// Whether nothing is there to be taken: a message published behind everything else is the first to come. It is
/// acknowledged at once.
async fn assert_empty(queue: &dyn Queue, consumer: &mut dyn Consumer) {
    const LAST: u32 = u32::MAX;
    publish(queue, partition(), [LAST]).await;
    let taken = take(consumer, 1).await;
    assert_eq!(numbers(&taken), [LAST], "nothing was left in the queue");
    ack(consumer, &taken).await;
}

async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("an answer before the deadline")
}
