//! Getting messages out.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    Harness, Settings, ack, assert_counts, assert_empty, consume, counts, depth_becomes, numbers,
    other_partition, partition, publish, release, take, take_exactly, within,
};
use crate::{Message, PARTITIONS, QueueError, TakeLimits};

/// Neither more messages nor more bytes than asked for; a message that is too large by itself comes alone.
pub async fn takes_no_more_than_the_limits(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    let sizes = [10, 10, 10, 100, 10, 10, 10, 10];
    for (number, size) in (0..).zip(sizes) {
        let message = Message {
            body: Bytes::from(vec![b'x'; size]),
            ..super::message(partition(), number)
        };
        within(queue.publisher().publish(message))
            .await
            .expect("room and a disk");
    }
    let mut consumer = consume(&*queue, partition()).await;
    let mut taken = Vec::new();
    while taken.len() < sizes.len() {
        let batch = within(consumer.take(TakeLimits {
            messages: 3,
            bytes: 25,
        }))
        .await
        .expect("an open queue");
        let bytes: usize = batch.iter().map(|delivery| delivery.message.body.len()).sum();
        assert!((1..=3).contains(&batch.len()), "{} messages", batch.len());
        assert!(
            bytes <= 25 || batch.len() == 1,
            "{bytes} bytes in {} messages",
            batch.len()
        );
        taken.extend(batch);
    }
    assert_eq!(numbers(&taken), (0..8).collect::<Vec<_>>());

    release(&*consumer, &taken).await;
    let least = within(consumer.take(TakeLimits {
        messages: 0,
        bytes: 0,
    }))
    .await
    .expect("an open queue");
    assert_eq!(numbers(&least), [0], "there is always one");
}

/// The next batch is taken while the last one is still worked on.
pub async fn takes_what_comes_after_the_unacknowledged(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..6).await;
    let mut consumer = consume(&*queue, partition()).await;
    let first = take_exactly(&mut *consumer, 2).await;
    let second = take_exactly(&mut *consumer, 2).await;
    assert_eq!((numbers(&first), numbers(&second)), (vec![0, 1], vec![2, 3]));
    ack(&*consumer, &first).await;
    publish(&*queue, partition(), [6]).await;
    assert_eq!(numbers(&take_exactly(&mut *consumer, 3).await), [4, 5, 6]);
}

/// A take on an empty partition waits, and returns as soon as there is a message, without waiting for more.
pub async fn waits_for_a_message_and_wakes(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    let mut consumer = consume(&*queue, partition()).await;
    for number in 0..5 {
        let mut waiting = Box::pin(consumer.take(TakeLimits::default()));
        assert!(
            poll_once(&mut waiting).await.is_none(),
            "there is nothing to take"
        );
        publish(&*queue, other_partition(9), [100 + number]).await;
        publish(&*queue, partition(), [number]).await;
        let taken = within(waiting).await.expect("an open queue");
        assert_eq!(numbers(&taken), [number]);
    }
}

/// A take that is dropped, at whatever moment, takes nothing with it.
pub async fn loses_nothing_of_a_dropped_take(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    let mut consumer = consume(&*queue, partition()).await;
    assert!(
        poll_once(&mut Box::pin(consumer.take(TakeLimits::default())))
            .await
            .is_none()
    );
    publish(&*queue, partition(), 0..50).await;
    let mut taken = Vec::new();
    while taken.len() < 50 {
        let limits = TakeLimits {
            messages: 3,
            ..TakeLimits::default()
        };
        if let Some(batch) = poll_once(&mut Box::pin(consumer.take(limits))).await {
            taken.extend(batch.expect("an open queue"));
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(
        counts(&taken),
        (0..50).map(|number| (number, 1)).collect::<Vec<_>>()
    );
}

/// A partition has one consumer at a time, as have the dead.
pub async fn has_one_consumer_per_partition(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    let first = consume(&*queue, partition()).await;
    let refused = within(queue.consume(partition())).await.err();
    assert!(
        matches!(refused, Some(QueueError::PartitionTaken(taken)) if taken == partition()),
        "{refused:?}"
    );
    let _other = consume(&*queue, other_partition(4)).await;
    let dead = within(queue.dead()).await.expect("nobody has the dead");
    let refused = within(queue.dead()).await.err();
    assert!(matches!(refused, Some(QueueError::DeadTaken)), "{refused:?}");
    drop((first, dead));
    consume(&*queue, partition()).await;
    within(queue.dead()).await.expect("nobody has the dead any more");
}

/// What a consumer had and did not acknowledge stands in its place again when the consumer is gone.
pub async fn returns_what_a_dropped_consumer_had(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..6).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 4).await;
    ack(&*consumer, &taken[1..2]).await;
    drop(consumer);

    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 5).await;
    assert_counts(harness, &taken, &[(0, 2), (2, 2), (3, 2), (4, 1), (5, 1)]);
    ack(&*consumer, &taken).await;
    assert_empty(&*queue, &mut *consumer).await;
}

/// Depths tell what waits from what is in flight, for every partition.
pub async fn reports_depths(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..5).await;
    publish(&*queue, other_partition(9), [9]).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 3).await;
    ack(&*consumer, &taken[..1]).await;

    depth_becomes(&*queue, 3, (2, 2)).await;
    depth_becomes(&*queue, 9, (1, 0)).await;
    let depths = within(queue.depths()).await.expect("depths");

    assert_eq!(depths.len(), usize::from(PARTITIONS));
    for (index, depth) in (0..).zip(&depths) {
        let expected = match index {
            3 => (2, 2),
            9 => (1, 0),
            _ => (0, 0),
        };
        assert_eq!(depth.partition.number(), index);
        assert_eq!((depth.ready, depth.in_flight), expected, "partition {index}");
        assert!(
            depth.oldest_age.is_none() || expected != (0, 0),
            "partition {index} is empty"
        );
    }
    release(&*consumer, &taken[1..]).await;
    depth_becomes(&*queue, 3, (4, 0)).await;
}

/// A take waits in one task while another acknowledges.
pub async fn acknowledges_while_another_task_takes(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..2).await;
    let mut consumer = consume(&*queue, partition()).await;
    let acknowledger = consumer.acknowledger();
    let taken = take_exactly(&mut *consumer, 2).await;
    let waiting = tokio::spawn(async move {
        let next = take(&mut *consumer, 10).await;
        (consumer, next)
    });
    within(Arc::clone(&acknowledger).ack(&super::tags(&taken)))
        .await
        .expect("deliveries under way");
    publish(&*queue, partition(), [2]).await;
    let (mut consumer, next) = within(waiting).await.expect("a take without panic");
    assert_eq!(numbers(&next), [2]);
    within(acknowledger.ack(&super::tags(&next)))
        .await
        .expect("deliveries under way");
    assert_empty(&*queue, &mut *consumer).await;
}

/// One poll: the answer if it is there already.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
