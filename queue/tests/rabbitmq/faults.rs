//! Connections that are lost, and consumers that go away, in the middle of it all.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use queue::rabbitmq::{RabbitOptions, RabbitQueue};
use queue::{Delivery, PublishError, Queue as _, QueueError, TakeLimits};

use crate::support::{Place, message, number_of, operator, partition, until, within};

async fn take_all(consumer: &mut dyn queue::Consumer, count: usize) -> Vec<Delivery> {
    let mut taken = Vec::new();
    while taken.len() < count {
        taken.extend(
            within(consumer.take(TakeLimits::default()))
                .await
                .expect("an open queue"),
        );
    }
    taken
}

fn numbers(deliveries: &[Delivery]) -> Vec<u32> {
    deliveries
        .iter()
        .map(|delivery| number_of(&delivery.message))
        .collect()
}

/// Publishes until it is stored, as a client of the router would; answers how often it was refused.
async fn publish_until_stored(queue: &RabbitQueue, number: u32) -> u32 {
    let mut refusals = 0;
    while let Err(error) = queue.publisher().publish(message(number)).await {
        assert!(matches!(error, PublishError::Unavailable { .. }), "{error:?}");
        refusals += 1;
        tokio::task::yield_now().await;
    }
    refusals
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_confirmed_is_lost_when_lines_are_cut() {
    const MESSAGES: u32 = 400;
    let place = Place::new().await;
    let queue = Arc::new(place.open(place.options()).await);
    let publishing = {
        let queue = Arc::clone(&queue);
        tokio::spawn(async move {
            let mut refusals = 0;
            for number in 0..MESSAGES {
                refusals += publish_until_stored(&queue, number).await;
            }
            refusals
        })
    };
    let mut finished = BTreeSet::new();
    let (mut ended, mut consumers) = (0, 0);
    while finished.len() < MESSAGES as usize {
        let Ok(mut consumer) = within(queue.consume(partition())).await else {
            tokio::task::yield_now().await;
            continue;
        };
        consumers += 1;
        let acknowledger = consumer.acknowledger();
        let mut last = None;
        while finished.len() < MESSAGES as usize {
            let Ok(taken) = within(consumer.take(TakeLimits::default())).await else {
                ended += 1;
                break;
            };
            for number in numbers(&taken) {
                // A message may come twice, but none before another that was published, and confirmed, before it.
                assert!(last.is_none_or(|last| last <= number), "{number} after {last:?}");
                last = Some(number);
            }
            let tags: Vec<_> = taken.iter().map(|delivery| delivery.tag).collect();
            if within(acknowledger.ack(&tags)).await.is_ok() {
                finished.extend(numbers(&taken));
            }
            if finished.len() / 50 > ended {
                place.proxy.cut();
            }
        }
    }
    let refusals = within(publishing).await.expect("no panic");
    assert_eq!(finished, (0..MESSAGES).collect::<BTreeSet<_>>());
    assert!(ended >= 3 && consumers > ended, "the line was cut {ended} times");
    assert!(refusals >= 1, "cutting lines never hit a message under way");
}

#[tokio::test]
async fn an_outage_fails_fast_and_heals_by_itself() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    within(queue.publisher().publish(message(0)))
        .await
        .expect("a broker");
    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    let taken = take_all(&mut *consumer, 1).await;

    place.proxy.shut();

    assert!(within(consumer.take(TakeLimits::default())).await.is_err());
    let late = within(consumer.acknowledger().ack(&[taken[0].tag])).await;
    assert!(matches!(late, Err(QueueError::ConsumerGone)), "{late:?}");
    drop(consumer);
    until("the outage is seen", || async { queue.health().await.is_err() }).await;
    let started = Instant::now();
    for number in 1..20 {
        let refused = queue.publisher().publish(message(number)).await;
        assert!(
            matches!(refused, Err(PublishError::Unavailable { .. })),
            "{refused:?}"
        );
    }
    assert!(queue.consume(partition()).await.is_err());
    assert!(queue.depths().await.is_err());
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "nobody waits for a broker that is away"
    );

    place.proxy.reopen().await;

    until("the queue is back", || async { queue.health().await.is_ok() }).await;
    within(publish_until_stored(&queue, 20)).await;
    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    assert_eq!(numbers(&take_all(&mut *consumer, 2).await), [0, 20]);
}

/// The broker takes back, in order, hundreds of messages at once, in whatever state they are.
#[tokio::test]
async fn what_a_consumer_leaves_behind_stands_in_order_before_the_rest() {
    const MESSAGES: u32 = 700;
    // So that one call acknowledges no more than the 32 runs of messages that the broker takes in at once.
    const APART: usize = 10;
    let place = Place::new().await;
    let options = RabbitOptions {
        prefetch: 300,
        ..place.options()
    };
    let queue = place.open(options).await;
    let outcomes = within(
        queue
            .publisher()
            .publish_batch((0..MESSAGES).map(message).collect()),
    )
    .await;
    assert!(outcomes.iter().all(Result::is_ok));
    let mut expected: Vec<u32> = (0..MESSAGES).collect();
    for round in 0..3 {
        let mut consumer = within(queue.consume(partition()))
            .await
            .expect("a free partition");
        let taken = take_all(&mut *consumer, 100).await;
        assert_eq!(numbers(&taken), expected[..taken.len()], "round {round}");
        let some: Vec<_> = taken.iter().step_by(APART).collect();
        let tags: Vec<_> = some.iter().map(|delivery| delivery.tag).collect();
        within(consumer.acknowledger().ack(&tags))
            .await
            .expect("deliveries under way");
        let gone: BTreeSet<u32> = some.iter().map(|delivery| number_of(&delivery.message)).collect();
        expected.retain(|number| !gone.contains(number));
        if round == 1 {
            place.proxy.cut();
            until("the queue is back", || async { queue.health().await.is_ok() }).await;
        }
        drop(consumer);
    }
    let mut consumer = loop {
        if let Ok(consumer) = within(queue.consume(partition())).await {
            break consumer;
        }
    };
    let mut taken = Vec::new();
    while taken.len() < expected.len() {
        let more = take_all(&mut *consumer, 1).await;
        let tags: Vec<_> = more.iter().map(|delivery| delivery.tag).collect();
        within(consumer.acknowledger().ack(&tags))
            .await
            .expect("deliveries under way");
        taken.extend(numbers(&more));
    }
    assert_eq!(taken, expected);
}

/// Of two processes one is served; the other, once that one is gone.
#[tokio::test]
async fn a_second_process_waits_for_its_turn() {
    let place = Place::new().await;
    let (first, second) = (
        place.open(place.options()).await,
        place.open(place.options()).await,
    );
    within(first.publisher().publish(message(0)))
        .await
        .expect("a broker");
    let mut active = within(first.consume(partition()))
        .await
        .expect("a free partition");
    assert_eq!(numbers(&take_all(&mut *active, 1).await), [0]);
    let mut waiting = within(second.consume(partition()))
        .await
        .expect("another process");
    let waiting = tokio::spawn(async move {
        let taken = take_all(&mut *waiting, 1).await;
        (numbers(&taken), taken[0].deliveries)
    });
    within(first.publisher().publish(message(1)))
        .await
        .expect("a broker");
    assert_eq!(numbers(&take_all(&mut *active, 1).await), [1]);
    assert!(!waiting.is_finished(), "the first process is still there");
    drop(active);
    let (taken, deliveries) = within(waiting).await.expect("no panic");
    assert_eq!((taken[0], deliveries), (0, 2));
}

#[tokio::test]
async fn a_queue_that_is_deleted_ends_its_consumer_and_comes_back() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    let (_connection, channel) = operator().await;
    let name = place.queue_name(partition().number()).as_str().into();
    channel
        .queue_delete(name, lapin::options::QueueDeleteOptions::default())
        .await
        .expect("a queue to delete");
    assert!(within(consumer.take(TakeLimits::default())).await.is_err());
    drop(consumer);
    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    within(publish_until_stored(&queue, 1)).await;
    assert_eq!(numbers(&take_all(&mut *consumer, 1).await), [1]);
}

/// On one thread: the call is dropped before the partition's publisher has had a turn.
#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_published() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let publisher = queue.publisher();
    let abandoned = publisher.publish(message(0)).now_or_never();
    assert_eq!(abandoned, None, "it was admitted, and waits");
    within(publisher.publish(message(1))).await.expect("a broker");

    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    let taken = take_all(consumer.as_mut(), 1).await;
    assert_eq!(numbers(&taken), [1]);
}
