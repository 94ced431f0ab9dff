//! A broker that takes nothing, or says nothing.

use std::time::{Duration, Instant};

use queue::rabbitmq::RabbitOptions;
use queue::{PublishError, Queue as _, QueueError, TakeLimits};

use crate::proxy::{BLOCKED, UNBLOCKED};
use crate::support::{Place, message, partition, until, within};

#[tokio::test]
async fn a_blocked_connection_refuses_at_once_and_takes_more_once_it_is_unblocked() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let publisher = queue.publisher();
    within(publisher.publish(message(1))).await.expect("a broker");

    place.proxy.say(BLOCKED);
    until("the queue is blocked", || async { queue.health().await.is_err() }).await;
    let started = Instant::now();
    for number in 2..100 {
        match publisher.publish(message(number)).await {
            Err(PublishError::Full { retry_after }) => assert!(!retry_after.is_zero()),
            other => panic!("a blocked queue is full, but said {other:?}"),
        }
    }
    let outcomes = publisher.publish_batch((2..100).map(message).collect()).await;
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Err(PublishError::Full { .. })))
    );
    let events = queue.events().expect("a broker reaches others");
    let refused = events.send(Vec::new()).await;
    assert!(matches!(refused, Err(PublishError::Full { .. })), "{refused:?}");
    assert!(started.elapsed() < Duration::from_secs(2), "nobody waited");
    let Err(QueueError::Unavailable { reason }) = queue.health().await else {
        panic!("a queue that takes nothing is not healthy");
    };
    assert!(reason.contains("low on memory"), "{reason}");

    place.proxy.say(UNBLOCKED);
    until("the queue is unblocked", || async {
        queue.health().await.is_ok()
    })
    .await;
    within(publisher.publish(message(100))).await.expect("a broker");
    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    let mut taken = Vec::new();
    while taken.len() < 2 {
        taken.extend(
            within(consumer.take(TakeLimits::default()))
                .await
                .expect("an open queue"),
        );
    }
    assert_eq!(taken[1].message, message(100));
}

#[tokio::test]
async fn what_is_under_way_when_the_broker_blocks_is_answered_soon() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let publisher = queue.publisher();
    within(publisher.publish(message(1))).await.expect("a broker");
    place.proxy.mute(true);
    let started = Instant::now();
    let publishing = tokio::spawn(async move { publisher.publish(message(2)).await });
    place.proxy.say(BLOCKED);
    let answer = within(publishing).await.expect("no panic");
    assert!(answer.is_err(), "{answer:?}");
    let patience = place.options().publish_timeout;
    assert!(started.elapsed() < patience / 2, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_confirm_that_does_not_come_is_an_error_in_time() {
    let place = Place::new().await;
    let options = RabbitOptions {
        publish_timeout: Duration::from_secs(1),
        ..place.options()
    };
    let queue = place.open(options).await;
    let publisher = queue.publisher();
    within(publisher.publish(message(1))).await.expect("a broker");
    place.proxy.mute(true);
    let outcomes = within(publisher.publish_batch((2..10).map(message).collect())).await;
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Err(PublishError::Unavailable { .. }))),
        "{outcomes:?}"
    );
    place.proxy.mute(false);
    until("the broker is heard again", || async {
        publisher.publish(message(10)).await.is_ok()
    })
    .await;
}

/// Neither side hears of a line that goes silent, but for the missing heartbeats.
#[tokio::test]
async fn a_line_that_goes_silent_is_given_up_and_made_anew() {
    let place = Place::new().await;
    let options = RabbitOptions {
        heartbeat: Duration::from_secs(1),
        ..place.options()
    };
    let queue = place.open(options).await;
    within(queue.publisher().publish(message(1)))
        .await
        .expect("a broker");
    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    within(consumer.take(TakeLimits::default()))
        .await
        .expect("an open queue");
    let started = Instant::now();
    place.proxy.freeze(true);
    let ended = within(consumer.take(TakeLimits::default())).await;
    assert!(ended.is_err(), "{ended:?}");
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    drop(consumer);
    place.proxy.freeze(false);
    until("the queue is back", || async { queue.health().await.is_ok() }).await;
    let mut consumer = until_consumed(&queue).await;
    let again = within(consumer.take(TakeLimits::default())).await;
    assert_eq!(again.expect("an open queue")[0].message, message(1));
}

async fn until_consumed(queue: &queue::rabbitmq::RabbitQueue) -> Box<dyn queue::Consumer> {
    loop {
        if let Ok(consumer) = within(queue.consume(partition())).await {
            return consumer;
        }
    }
}
