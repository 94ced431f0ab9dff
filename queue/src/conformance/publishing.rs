//! Getting messages in.

use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::{
    Harness, Settings, ack, assert_empty, consume, message, number_of, numbers, other_partition, partition,
    publish, take_exactly, within,
};
use crate::{Message, PublishError, Queue, QueueError, TakeLimits};

/// Every field arrives as it was sent, also when it is odd.
pub async fn delivers_what_was_published(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    let full = Message {
        id: Uuid::from_u128(u128::MAX),
        kind: "payment.accepted".to_owned(),
        correlation_id: "a \"correlation\" — ünïcode".to_owned(),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        content_type: "application/json".to_owned(),
        body: Bytes::from_static(b"{\"bytes\": \"\x00\xFF\x7F\"}"),
        ..message(partition(), 1)
    };
    let bare = Message {
        traceparent: None,
        body: Bytes::new(),
        ..message(partition(), 2)
    };
    let large = Message {
        body: Bytes::from(vec![7; 1024 * 1024]),
        ..message(partition(), 3)
    };
    let sent = vec![full, bare, large];
    for message in &sent {
        within(queue.publisher().publish(message.clone()))
            .await
            .expect("room and a disk");
    }

    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 3).await;

    assert!(taken.iter().all(|delivery| delivery.deliveries == 1));
    let received: Vec<Message> = taken.into_iter().map(|delivery| delivery.message).collect();
    assert!(received == sent, "what was received is what was sent");
}

/// Within a partition messages come in the order in which they were published; partitions do not mix.
pub async fn keeps_the_order_of_a_partition(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    for number in 0..300 {
        publish(&*queue, other_partition((number % 3) as u16), [number]).await;
    }
    for index in 0..3_u16 {
        let mut consumer = consume(&*queue, other_partition(index)).await;
        let taken = take_exactly(&mut *consumer, 100).await;
        let expected: Vec<u32> = (0..300).filter(|number| number % 3 == u32::from(index)).collect();
        assert_eq!(numbers(&taken), expected);
        assert!(
            taken
                .iter()
                .all(|delivery| delivery.message.partition == other_partition(index))
        );
    }
}

/// A batch is stored in order. Once the queue is full, each message that is refused says so, what is said to be
/// stored is, and nothing else is.
pub async fn stores_what_fits_of_a_batch_in_order(harness: &dyn Harness) {
    let queue = harness.open(small()).await;
    let publisher = queue.publisher();
    assert_eq!(within(publisher.publish_batch(Vec::new())).await, []);
    let (mut stored, mut refused, mut next) = (Vec::new(), 0, 0);
    while refused == 0 {
        assert!(next < PLENTY, "a queue for ten took {next}");
        let numbers = next..next + 7;
        next = numbers.end;
        let batch = numbers.clone().map(|number| message(partition(), number));
        let outcomes = within(publisher.publish_batch(batch.collect())).await;
        assert_eq!(outcomes.len(), 7);
        for (number, outcome) in numbers.zip(outcomes) {
            match outcome {
                Ok(()) => stored.push(number),
                Err(PublishError::Full { retry_after }) => {
                    assert!(!retry_after.is_zero());
                    refused += 1;
                }
                Err(error) => unreachable!("a full queue refuses as such, but said {error:?}"),
            }
        }
    }
    assert!(
        stored.len() >= 10,
        "there was room for ten, and {stored:?} are stored"
    );

    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, stored.len()).await;
    assert_eq!(numbers(&taken), stored);
    ack(&*consumer, &taken).await;
    publish_once_there_is_room(&*queue, PLENTY).await;
    assert_eq!(numbers(&take_exactly(&mut *consumer, 1).await), [PLENTY]);
}

/// A queue that holds what it may refuses more, says when to come back, and takes more once there is room.
pub async fn refuses_what_does_not_fit(harness: &dyn Harness) {
    let queue = harness.open(small()).await;
    let publisher = queue.publisher();
    let mut stored = 0;
    let refused = loop {
        assert!(stored < PLENTY, "a queue for ten took {stored}");
        match within(publisher.publish(message(partition(), stored))).await {
            Ok(()) => stored += 1,
            Err(refused) => break refused,
        }
    };
    match refused {
        PublishError::Full { retry_after } => assert!(!retry_after.is_zero()),
        error @ PublishError::Unavailable { .. } => {
            unreachable!("a full queue refuses as such, but said {error:?}")
        }
    }
    assert!(stored >= 10, "there was room for ten, and {stored} are stored");

    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, stored as usize).await;
    assert_eq!(numbers(&taken), (0..stored).collect::<Vec<_>>());
    ack(&*consumer, &taken).await;
    publish_once_there_is_room(&*queue, PLENTY).await;
    assert_eq!(numbers(&take_exactly(&mut *consumer, 1).await), [PLENTY]);
}

/// More than any kind may take into a queue for ten: a limit need not be exact, but it must be one.
const PLENTY: u32 = 1000;

fn small() -> Settings {
    Settings {
        max_messages: 10,
        ..Settings::default()
    }
}

/// A kind may hear a moment later that there is room again.
async fn publish_once_there_is_room(queue: &dyn Queue, number: u32) {
    let publisher = queue.publisher();
    let publishing = async {
        while let Err(error) = publisher.publish(message(partition(), number)).await {
            assert!(matches!(error, PublishError::Full { .. }), "{error:?}");
            tokio::task::yield_now().await;
        }
    };
    within(publishing).await;
}

/// Many publishers at once, over all partitions: every message arrives once, each publisher's in its order.
pub async fn loses_nothing_of_concurrent_publishers(harness: &dyn Harness) {
    const PUBLISHERS: u32 = 40;
    const EACH: u32 = 50;
    let queue = harness.open(Settings::default()).await;
    let publishing: Vec<_> = (0..PUBLISHERS)
        .map(|publisher| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move {
                let own = other_partition((publisher % 4) as u16);
                publish(&*queue, own, (0..EACH).map(|number| publisher * EACH + number)).await;
            })
        })
        .collect();
    let mut consuming = Vec::new();
    for index in 0..4 {
        let mut consumer = consume(&*queue, other_partition(index)).await;
        consuming.push(tokio::spawn(async move {
            let mut received = Vec::new();
            while received.len() < (PUBLISHERS * EACH / 4) as usize {
                let taken = within(consumer.take(TakeLimits::default()))
                    .await
                    .expect("an open queue");
                ack(&*consumer, &taken).await;
                received.extend(numbers(&taken));
            }
            received
        }));
    }
    for publisher in publishing {
        within(publisher).await.expect("a publisher without panic");
    }

    let mut all = Vec::new();
    for consumer in consuming {
        let received = within(consumer).await.expect("a consumer without panic");
        for publisher in 0..PUBLISHERS {
            assert!(
                received
                    .iter()
                    .filter(|number| *number / EACH == publisher)
                    .is_sorted()
            );
        }
        all.extend(received);
    }
    all.sort_unstable();
    assert_eq!(all, (0..PUBLISHERS * EACH).collect::<Vec<_>>());
}

/// A closed queue wakes who waits, and refuses instead of hanging; what it has acknowledged storing is there.
pub async fn refuses_everything_once_closed(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    let publisher = queue.publisher();
    let mut idle = consume(&*queue, other_partition(0)).await;
    let waiting = tokio::spawn(async move { idle.take(TakeLimits::default()).await });
    publish(&*queue, partition(), [1]).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 1).await;
    assert_eq!(
        taken
            .iter()
            .map(|delivery| number_of(&delivery.message))
            .sum::<u32>(),
        1
    );

    within(queue.close()).await;
    within(queue.close()).await;

    let woken = within(waiting).await.expect("a take without panic");
    assert!(matches!(woken, Err(QueueError::Closed)), "{woken:?}");
    let refused = within(publisher.publish(message(partition(), 2))).await;
    assert!(
        matches!(refused, Err(PublishError::Unavailable { .. })),
        "{refused:?}"
    );
    assert!(
        within(consumer.acknowledger().ack(&[taken[0].tag]))
            .await
            .is_err()
    );
    assert!(within(consumer.take(TakeLimits::default())).await.is_err());
    assert!(within(queue.consume(other_partition(5))).await.is_err());
    assert!(within(queue.health()).await.is_err());
    drop(consumer);

    let queue = harness.crash(queue).await;
    let mut consumer = consume(&*queue, partition()).await;
    let again = take_exactly(&mut *consumer, 1).await;
    assert_eq!(numbers(&again), [1]);
    ack(&*consumer, &again).await;
    assert_empty(&*queue, &mut *consumer).await;
}

/// A queue that is open says so.
pub async fn is_healthy_while_open(harness: &dyn Harness) {
    let queue: Arc<dyn Queue> = harness.open(Settings::default()).await;
    within(queue.health()).await.expect("a healthy queue");
}
