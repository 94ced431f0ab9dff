//! Answering for what was taken.

use super::{
    Harness, Settings, ack, assert_empty, consume, counts, numbers, partition, publish, release, tags,
    take_exactly, within,
};
use crate::QueueError;

/// What is acknowledged does not come again, neither to this consumer nor to the next.
pub async fn forgets_what_is_acknowledged(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..10).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 10).await;
    within(consumer.acknowledger().ack(&[]))
        .await
        .expect("nothing to refuse");
    ack(&*consumer, &taken).await;
    assert_empty(&*queue, &mut *consumer).await;
    drop(consumer);
    let mut consumer = consume(&*queue, partition()).await;
    assert_empty(&*queue, &mut *consumer).await;
}

/// Any of the deliveries under way may be acknowledged, in any order.
pub async fn acknowledges_out_of_order(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..7).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 7).await;
    let some = [taken[5].clone(), taken[1].clone(), taken[2].clone()];
    ack(&*consumer, &some).await;
    drop(consumer);
    let mut consumer = consume(&*queue, partition()).await;
    assert_eq!(numbers(&take_exactly(&mut *consumer, 4).await), [0, 3, 4, 6]);
}

/// What is released comes again in its place, before what stands behind it, with its count raised.
pub async fn releases_in_order_and_counts(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..6).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 4).await;
    release(&*consumer, &[taken[2].clone(), taken[0].clone()]).await;

    let again = take_exactly(&mut *consumer, 4).await;
    assert_eq!(counts(&again), [(0, 2), (2, 2), (4, 1), (5, 1)]);

    release(&*consumer, &again[..1]).await;
    release(&*consumer, &taken[1..2]).await;
    let once_more = take_exactly(&mut *consumer, 2).await;
    assert_eq!(counts(&once_more), [(0, 3), (1, 2)]);
    ack(&*consumer, &once_more).await;
    ack(&*consumer, &again[1..]).await;
    ack(&*consumer, &taken[3..]).await;
    assert_empty(&*queue, &mut *consumer).await;
}

/// A call with a tag that is not under way, or stands in it twice, is refused whole.
pub async fn refuses_unknown_tags_and_does_nothing(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..3).await;
    let mut consumer = consume(&*queue, partition()).await;
    let acknowledger = consumer.acknowledger();
    let taken = take_exactly(&mut *consumer, 3).await;
    ack(&*consumer, &taken[..1]).await;

    let refused = within(acknowledger.ack(&tags(&taken))).await;
    assert!(
        matches!(refused, Err(QueueError::UnknownTag { .. })),
        "{refused:?}"
    );
    let refused = within(acknowledger.release(&tags(&taken))).await;
    assert!(
        matches!(refused, Err(QueueError::UnknownTag { .. })),
        "{refused:?}"
    );
    let refused = within(acknowledger.ack(&[taken[1].tag, taken[1].tag])).await;
    assert!(
        matches!(refused, Err(QueueError::UnknownTag { .. })),
        "{refused:?}"
    );

    ack(&*consumer, &taken[1..]).await;
    assert_empty(&*queue, &mut *consumer).await;
}

/// Answers that come after the consumer is gone are refused: its messages may be another's by then.
pub async fn refuses_answers_of_a_consumer_that_is_gone(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..2).await;
    let mut consumer = consume(&*queue, partition()).await;
    let late = consumer.acknowledger();
    let taken = take_exactly(&mut *consumer, 2).await;
    drop(consumer);
    let mut consumer = consume(&*queue, partition()).await;
    let again = take_exactly(&mut *consumer, 2).await;

    let refused = within(late.ack(&tags(&taken))).await;
    assert!(matches!(refused, Err(QueueError::ConsumerGone)), "{refused:?}");
    let refused = within(late.release(&tags(&taken))).await;
    assert!(matches!(refused, Err(QueueError::ConsumerGone)), "{refused:?}");

    assert_eq!(counts(&again), [(0, 2), (1, 2)]);
    ack(&*consumer, &again).await;
    assert_empty(&*queue, &mut *consumer).await;
}

/// A message that was delivered as often as the limit allows goes to the dead, in order, and does not hold up others.
pub async fn buries_what_is_delivered_too_often(harness: &dyn Harness) {
    let queue = harness
        .open(Settings {
            delivery_limit: 3,
            ..Settings::default()
        })
        .await;
    publish(&*queue, partition(), 0..4).await;
    let mut consumer = consume(&*queue, partition()).await;
    for delivery in 1..=3 {
        let taken = take_exactly(&mut *consumer, 2).await;
        assert_eq!(counts(&taken), [(0, delivery), (1, delivery)]);
        release(&*consumer, &taken).await;
    }
    let others = take_exactly(&mut *consumer, 2).await;
    assert_eq!(counts(&others), [(2, 1), (3, 1)]);
    ack(&*consumer, &others).await;

    let mut dead = within(queue.dead()).await.expect("nobody has the dead");
    let buried = take_exactly(&mut *dead, 2).await;
    assert_eq!(counts(&buried), [(0, 4), (1, 4)]);
    assert!(
        buried
            .iter()
            .all(|delivery| delivery.message.partition == partition())
    );
    release(&*dead, &buried[..1]).await;
    assert_eq!(
        counts(&take_exactly(&mut *dead, 1).await),
        [(0, 5)],
        "the dead stay until they are acknowledged"
    );
    ack(&*dead, &buried).await;
    assert_empty(&*queue, &mut *consumer).await;
}
