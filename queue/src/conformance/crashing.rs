//! What a killed process leaves behind.

use super::{
    Counting, Harness, Settings, ack, assert_counts, assert_empty, consume, counts, depth_becomes, message,
    numbers, partition, publish, release, take_exactly, within,
};

/// What publish has answered for is there after a crash at that moment, whole batches included.
pub async fn has_it_on_disk_before_publish_returns(harness: &dyn Harness) {
    let mut queue = harness.open(Settings::default()).await;
    for number in 0..3 {
        publish(&*queue, partition(), [number]).await;
        queue = harness.crash(queue).await;
    }
    let batch = (3..10).map(|number| message(partition(), number)).collect();
    let outcomes = within(queue.publisher().publish_batch(batch)).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let queue = harness.crash(queue).await;

    depth_becomes(&*queue, 3, (10, 0)).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 10).await;
    assert_eq!(
        counts(&taken),
        (0..10).map(|number| (number, 1)).collect::<Vec<_>>()
    );
}

/// What was not acknowledged comes again, in order, and the count tells what had been delivered.
pub async fn delivers_again_after_a_crash_and_counts(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..5).await;
    let mut consumer = consume(&*queue, partition()).await;
    take_exactly(&mut *consumer, 3).await;
    let queue = harness.crash(queue).await;
    drop(consumer);

    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 2).await;
    assert_counts(harness, &taken, &[(0, 2), (1, 2)]);
    let queue = harness.crash(queue).await;
    drop(consumer);

    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 5).await;
    assert_counts(harness, &taken, &[(0, 3), (1, 3), (2, 2), (3, 1), (4, 1)]);
}

/// Deliveries by a process and over its crash add up, whether or not what was released had been taken again; where a
/// broker counts, those over crashes do.
pub async fn counts_releases_and_crashes_together(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..4).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 3).await;
    release(&*consumer, &taken[..2]).await;
    assert_eq!(counts(&take_exactly(&mut *consumer, 1).await), [(0, 2)]);
    let queue = harness.crash(queue).await;
    drop(consumer);

    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 4).await;
    match harness.counting() {
        Counting::Exact => assert_counts(harness, &taken, &[(0, 3), (1, 2), (2, 2), (3, 1)]),
        Counting::ByBroker => assert_counts(harness, &taken, &[(0, 2), (1, 2), (2, 2), (3, 1)]),
    }
}

/// Acknowledgements outlive a crash, and what is published after it stands behind what was there.
pub async fn keeps_acknowledgements_and_order_over_crashes(harness: &dyn Harness) {
    let queue = harness.open(Settings::default()).await;
    publish(&*queue, partition(), 0..6).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 5).await;
    ack(&*consumer, &taken[1..4]).await;
    let queue = harness.crash(queue).await;
    drop(consumer);

    publish(&*queue, partition(), [6, 7]).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 5).await;
    assert_counts(harness, &taken, &[(0, 2), (4, 2), (5, 1), (6, 1), (7, 1)]);
    ack(&*consumer, &taken).await;
    let queue = harness.crash(queue).await;
    drop(consumer);

    // Nothing is left, yet what comes now must not be taken for something older.
    publish(&*queue, partition(), [8]).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 1).await;
    assert_eq!(counts(&taken), [(8, 1)]);
    ack(&*consumer, &taken).await;
    assert_empty(&*queue, &mut *consumer).await;
}

/// The dead stay dead over a crash, and crashes alone can make a message dead.
pub async fn keeps_the_dead_over_a_crash(harness: &dyn Harness) {
    let mut queue = harness
        .open(Settings {
            delivery_limit: 2,
            ..Settings::default()
        })
        .await;
    publish(&*queue, partition(), [0]).await;
    for _ in 0..2 {
        let mut consumer = consume(&*queue, partition()).await;
        assert_eq!(numbers(&take_exactly(&mut *consumer, 1).await), [0]);
        queue = harness.crash(queue).await;
    }
    publish(&*queue, partition(), [1]).await;
    let mut consumer = consume(&*queue, partition()).await;
    let taken = take_exactly(&mut *consumer, 1).await;
    assert_eq!(counts(&taken), [(1, 1)]);
    ack(&*consumer, &taken).await;
    let queue = harness.crash(queue).await;
    drop(consumer);

    let mut dead = within(queue.dead()).await.expect("nobody has the dead");
    let buried = take_exactly(&mut *dead, 1).await;
    assert_eq!(counts(&buried), [(0, 3)]);
    ack(&*dead, &buried).await;
    let queue = harness.crash(queue).await;
    drop(dead);
    let mut consumer = consume(&*queue, partition()).await;
    assert_empty(&*queue, &mut *consumer).await;
}
