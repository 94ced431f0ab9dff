//! What is refused, and in which words.

use std::time::{Duration, Instant};

use lapin::options::{QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable};
use queue::rabbitmq::{OpenError, RabbitOptions, RabbitQueue};
use queue::{PublishError, Queue as _, TakeLimits};

use crate::support::{Place, broker, message, operator, partition, within};

async fn refused(url: &str, options: RabbitOptions) -> OpenError {
    within(RabbitQueue::connect(url, options))
        .await
        .err()
        .expect("a refusal")
}

#[tokio::test]
async fn a_queue_that_differs_is_named_with_what_differs_and_what_to_do() {
    let place = Place::new().await;
    place.open(place.options()).await.close().await;

    let other = RabbitOptions {
        max_messages: 7,
        ..place.options()
    };
    let error = refused(&place.url(), other).await;
    assert!(matches!(error, OpenError::Topology { .. }), "{error:?}");
    let text = error.to_string();
    for part in [
        &place.queue_name(0),
        "x-max-length",
        "'7'",
        "'1000000'",
        "delete it",
        "another prefix",
    ] {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}

#[tokio::test]
async fn a_queue_of_another_type_is_refused() {
    let place = Place::new().await;
    let (_connection, channel) = operator().await;
    let options = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("classic".into()));
    let name = place.queue_name(15).as_str().into();
    channel
        .queue_declare(name, options, arguments)
        .await
        .expect("a new queue");
    let text = refused(&place.url(), place.options()).await.to_string();
    assert!(text.contains(&place.queue_name(15)), "{text}");
    assert!(text.contains("PRECONDITION"), "{text}");
}

#[tokio::test]
async fn who_may_not_enter_is_told_so_without_the_password() {
    let place = Place::new().await;
    let url = place
        .url()
        .replace(&format!(":{}@", broker().authority.userinfo.password), ":sesame@");
    let error = refused(&url, place.options()).await;
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("sesame"), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_refused_quickly() {
    let place = Place::new().await;
    place.proxy.shut();
    let started = Instant::now();
    let error = refused(&place.url(), place.options()).await;
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// The client hands a returned message to some confirm, not always to its own. None of these may count as stored but
/// those that are.
#[tokio::test]
async fn what_reaches_no_queue_is_unavailable_and_the_queue_is_declared_anew() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let publisher = queue.publisher();
    within(publisher.publish(message(0))).await.expect("a queue");
    let (_connection, channel) = operator().await;
    let name = place.queue_name(partition().number());
    let deleted = channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default());
    deleted.await.expect("a queue to delete");

    let batch = (1..200).map(message).collect();
    let outcomes = within(publisher.publish_batch(batch)).await;
    for outcome in &outcomes {
        match outcome {
            Err(PublishError::Unavailable { reason }) => {
                assert!(
                    reason.contains("unroutable") && reason.contains(&name),
                    "{reason}"
                );
            }
            other => panic!("it reached no queue, but was answered {other:?}"),
        }
    }

    within(publisher.publish(message(1000)))
        .await
        .expect("a queue that was declared anew");
    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    let taken = within(consumer.take(TakeLimits::default()))
        .await
        .expect("an open queue");
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].message, message(1000));
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    within(queue.publisher().publish(message(0)))
        .await
        .expect("a broker");
    for _ in 0..2 {
        within(queue.delete()).await.expect("a broker");
    }
    assert!(within(queue.depths()).await.is_err(), "there is no queue");
    within(queue.close()).await;
    let (_connection, channel) = operator().await;
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let name = place.queue_name(15).as_str().into();
    let asked = channel.queue_declare(name, passive, FieldTable::default()).await;
    assert!(asked.is_err());
}

#[tokio::test]
async fn a_batch_may_be_larger_than_what_may_be_under_way() {
    let place = Place::new().await;
    let options = RabbitOptions {
        max_unconfirmed_messages: 5,
        ..place.options()
    };
    let queue = place.open(options).await;
    let publisher = queue.publisher();
    let outcomes = within(publisher.publish_batch((0..100).map(message).collect())).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");

    // Of many callers at once, those that find no room are refused at once.
    let calls = (0..100).map(|number| {
        let publisher = queue.publisher();
        tokio::spawn(async move { publisher.publish(message(number)).await })
    });
    let mut refused = 0;
    for call in calls.collect::<Vec<_>>() {
        match within(call).await.expect("no panic") {
            Ok(()) => {}
            Err(PublishError::Full { .. }) => refused += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!((1..100).contains(&refused), "{refused} of 100 were refused");
}
