//! What is peculiar to a queue in a file: sharing commits, bounded memory, a disk that fails.

use std::sync::Arc;
use std::time::Duration;

use crate::support::file;
use bytes::Bytes;
use queue::embedded::{EmbeddedOptions, EmbeddedQueue, MIGRATIONS, OpenError};
use queue::{Consumer, Message, Partition, PublishError, Queue, QueueError, TakeLimits, partition_of};
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

async fn open(folder: &TempDir, options: EmbeddedOptions) -> EmbeddedQueue {
    EmbeddedQueue::open(file(folder), options).await.expect("a queue")
}

/// Gives up soon when the file is locked by another program.
fn impatient() -> EmbeddedOptions {
    let database = sqlite::OpenOptions {
        busy_timeout: Duration::from_millis(1),
        ..EmbeddedOptions::default().database
    };
    EmbeddedOptions {
        database,
        ..EmbeddedOptions::default()
    }
}

fn message(number: u32, body_bytes: usize) -> Message {
    Message {
        id: Uuid::from_u128(u128::from(number)),
        partition: Partition::new(0).expect("a partition"),
        kind: "test.numbered".to_owned(),
        company_id: Uuid::nil(),
        correlation_id: String::new(),
        traceparent: None,
        content_type: "application/octet-stream".to_owned(),
        body: Bytes::from(vec![b'x'; body_bytes]),
    }
}

async fn take(consumer: &mut dyn Consumer) -> Vec<u128> {
    let taken = tokio::time::timeout(Duration::from_secs(20), consumer.take(TakeLimits::default())).await;
    let taken = taken.expect("there is something to take").expect("an open queue");
    taken
        .iter()
        .map(|delivery| delivery.message.id.as_u128())
        .collect()
}

#[tokio::test]
async fn a_second_open_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let queue = open(&folder, EmbeddedOptions::default()).await;
    let refused = EmbeddedQueue::open(file(&folder), EmbeddedOptions::default())
        .await
        .err();
    assert!(
        matches!(refused, Some(OpenError::File(sqlite::OpenError::InUse { .. }))),
        "{refused:?}"
    );
    queue.close().await;
    open(&folder, EmbeddedOptions::default()).await;
}

#[tokio::test]
async fn its_migrations_can_be_listed_without_opening_it() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(
        sqlite::pending(file(&folder), MIGRATIONS).expect("a readable file"),
        MIGRATIONS
    );
    let _queue = open(&folder, EmbeddedOptions::default()).await;
    assert_eq!(
        sqlite::pending(file(&folder), MIGRATIONS).expect("a readable file"),
        []
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publishers_share_commits() {
    let folder = tempfile::tempdir().expect("a folder");
    let queue = Arc::new(open(&folder, EmbeddedOptions::default()).await);
    let before = queue.stats().commits;
    let publishing: Vec<_> = (0..500)
        .map(|number| {
            let publisher = queue.publisher();
            tokio::spawn(async move { publisher.publish(message(number, 100)).await })
        })
        .collect();
    for publisher in publishing {
        publisher.await.expect("no panic").expect("room and a disk");
    }
    let commits = queue.stats().commits - before;
    assert!(commits < 250, "{commits} commits for 500 messages");
}

#[tokio::test]
async fn order_holds_where_memory_overflows_and_recovers() {
    const BODY_BYTES: usize = 1000;
    let folder = tempfile::tempdir().expect("a folder");
    let options = EmbeddedOptions {
        buffer_bytes: 5 * BODY_BYTES,
        ..EmbeddedOptions::default()
    };
    let queue = open(&folder, options).await;
    let publisher = queue.publisher();
    let mut consumer = queue
        .consume(Partition::new(0).expect("a partition"))
        .await
        .expect("a free partition");
    let mut received = Vec::new();
    let mut sent = 0;
    // Longer and longer lines: some fit, some overflow, and the consumer catches up in between.
    for length in 0..30 {
        for _ in 0..length {
            publisher
                .publish(message(sent, BODY_BYTES))
                .await
                .expect("room and a disk");
            sent += 1;
        }
        while received.len() + usize::from(length % 3 == 0) * 7 < sent as usize {
            received.extend(take(&mut *consumer).await);
        }
    }
    while received.len() < sent as usize {
        received.extend(take(&mut *consumer).await);
    }
    assert_eq!(received, (0..u128::from(sent)).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_file_stays_flat_while_messages_pass_through() {
    let folder = tempfile::tempdir().expect("a folder");
    let queue = open(&folder, EmbeddedOptions::default()).await;
    let mut consumer = queue
        .consume(Partition::new(0).expect("a partition"))
        .await
        .expect("a free partition");
    let acknowledger = consumer.acknowledger();
    let pages = || -> i64 {
        let connection = Connection::open(file(&folder)).expect("a readable file");
        connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .expect("a count of pages")
    };
    let mut after_first_round = 0;
    for round in 0..20_u32 {
        let batch = (0..500)
            .map(|number| message(round * 500 + number, 600))
            .collect();
        let outcomes = queue.publisher().publish_batch(batch).await;
        assert!(outcomes.iter().all(Result::is_ok));
        let taken = consumer.take(TakeLimits::default()).await.expect("an open queue");
        assert_eq!(taken.len(), 500);
        let tags: Vec<_> = taken.iter().map(|delivery| delivery.tag).collect();
        acknowledger.ack(&tags).await.expect("deliveries under way");
        if round == 0 {
            after_first_round = pages();
        }
    }
    assert!(after_first_round > 70, "a round needs {after_first_round} pages");
    assert!(
        pages() <= after_first_round + 10,
        "{} pages, {after_first_round} after one round",
        pages()
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_written_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = EmbeddedOptions {
        max_messages: 4,
        ..impatient()
    };
    let queue = open(&folder, options).await;
    let publisher = queue.publisher();
    let mut consumer = queue
        .consume(Partition::new(0).expect("a partition"))
        .await
        .expect("a free partition");
    let acknowledger = consumer.acknowledger();
    publisher.publish(message(1, 10)).await.expect("room and a disk");
    let first = consumer.take(TakeLimits::default()).await.expect("an open queue");
    publisher.publish(message(2, 10)).await.expect("room and a disk");

    let other_program = Connection::open(file(&folder)).expect("the file");
    other_program
        .execute_batch("BEGIN IMMEDIATE")
        .expect("the file's write lock");

    for _ in 0..5 {
        let refused = publisher.publish(message(3, 10)).await;
        assert!(
            matches!(refused, Err(PublishError::Unavailable { .. })),
            "takes up no room: {refused:?}"
        );
    }
    let refused = acknowledger.ack(&[first[0].tag]).await;
    assert!(
        matches!(refused, Err(QueueError::Unavailable { .. })),
        "{refused:?}"
    );
    let refused = consumer.take(TakeLimits::default()).await;
    assert!(
        matches!(refused, Err(QueueError::Unavailable { .. })),
        "{refused:?}"
    );
    assert!(queue.health().await.is_err());

    other_program.execute_batch("ROLLBACK").expect("a rollback");
    queue.health().await.expect("a healthy queue");
    acknowledger
        .ack(&[first[0].tag])
        .await
        .expect("the delivery is still under way");
    let second = consumer.take(TakeLimits::default()).await.expect("an open queue");
    assert_eq!(
        (second[0].message.id, second[0].deliveries),
        (Uuid::from_u128(2), 1)
    );
    publisher.publish(message(4, 10)).await.expect("room and a disk");
    assert_eq!(take(&mut *consumer).await, [4], "what was refused is not there");
}

#[tokio::test]
async fn a_damaged_row_is_reported_by_its_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let queue = open(&folder, EmbeddedOptions::default()).await;
    queue
        .publisher()
        .publish(message(1, 10))
        .await
        .expect("room and a disk");
    queue.close().await;
    let connection = Connection::open(file(&folder)).expect("the file");
    connection
        .execute_batch("PRAGMA ignore_check_constraints = 1; UPDATE messages SET partition = 77")
        .expect("damage");
    drop(connection);

    let queue = open(&folder, EmbeddedOptions::default()).await;
    let mut consumer = queue
        .consume(Partition::new(0).expect("a partition"))
        .await
        .expect("a free partition");
    match consumer.take(TakeLimits::default()).await {
        Err(QueueError::Corrupt { reason }) => {
            assert!(reason.contains("row 1 of table messages"), "{reason}");
        }
        other => panic!("expected a report of the damage, got {other:?}"),
    }
}

#[tokio::test]
async fn a_queue_that_was_dropped_lets_go_of_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let queue = open(&folder, EmbeddedOptions::default()).await;
    let key = partition_of(b"a key");
    let consumer = queue.consume(key).await.expect("a free partition");
    queue
        .publisher()
        .publish(message(1, 10))
        .await
        .expect("room and a disk");
    drop((queue, consumer));
    // The last handle is a task's, which has to run once to notice.
    let reopened = async {
        loop {
            match EmbeddedQueue::open(file(&folder), EmbeddedOptions::default()).await {
                Ok(queue) => return queue,
                Err(OpenError::File(sqlite::OpenError::InUse { .. })) => tokio::task::yield_now().await,
                Err(other) => panic!("{other}"),
            }
        }
    };
    let queue = tokio::time::timeout(Duration::from_mins(1), reopened)
        .await
        .expect("the file is let go of");
    assert_eq!(queue.depths().await.expect("depths")[0].ready, 1);
}

/// The suite leaves a kind some play; this one has none.
#[tokio::test]
async fn holds_exactly_what_it_may_in_flight_included() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = EmbeddedOptions {
        max_messages: 10,
        max_bytes: 250,
        ..EmbeddedOptions::default()
    };
    let queue = open(&folder, options).await;
    let publisher = queue.publisher();
    let stored = async |sizes: &[usize]| -> Vec<bool> {
        let batch = (0..).zip(sizes).map(|(number, size)| message(number, *size));
        let outcomes = publisher.publish_batch(batch.collect()).await;
        outcomes.iter().map(Result::is_ok).collect()
    };
    assert_eq!(stored(&[10; 6]).await, [true; 6]);
    assert_eq!(
        stored(&[10, 300, 10]).await,
        [true, false, true],
        "what is too large does not keep out what stands behind it"
    );
    assert_eq!(stored(&[10; 4]).await, [true, true, false, false]);

    let partition = Partition::new(0).expect("the number of a partition");
    let mut consumer = queue.consume(partition).await.expect("a free partition");
    let taken = consumer.take(TakeLimits::default()).await.expect("an open queue");
    assert_eq!(taken.len(), 10);
    assert_eq!(stored(&[10]).await, [false], "what is in flight takes room too");
    let acknowledged = consumer.acknowledger().ack(&[taken[0].tag]).await;
    acknowledged.expect("a delivery under way");
    assert_eq!(stored(&[10; 2]).await, [true, false]);
}
