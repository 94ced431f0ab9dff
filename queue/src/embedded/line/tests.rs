//! Where messages stand after each step.

use bytes::Bytes;
use uuid::Uuid;

use super::*;

const SESSION: u64 = 1;
const ROOM: usize = 1 << 20;

fn stored(number: u64) -> Stored {
    let partition = Partition::new(0).unwrap();
    let message = Message {
        id: Uuid::from_u128(u128::from(number)),
        partition,
        kind: String::new(),
        company_id: Uuid::nil(),
        correlation_id: String::new(),
        traceparent: None,
        content_type: String::new(),
        body: Bytes::from_static(b"0123456789"),
    };
    Stored {
        number,
        deliveries: 0,
        enqueued_at_ms: 0,
        message,
    }
}

/// A line in somebody's hands, with so many messages in memory.
fn line(messages: u64) -> Line {
    let mut line = Line::default();
    for number in 1..=messages {
        line.stored(stored(number), ROOM);
    }
    assert!(line.begin_session(SESSION));
    line
}

fn stage(line: &mut Line, messages: usize) -> Vec<Ready> {
    match line.next_step(TakeLimits {
        messages,
        ..TakeLimits::default()
    }) {
        Step::Deliver(chosen) => chosen,
        other => panic!("expected deliveries, got {other:?}"),
    }
}

fn deliver(line: &mut Line, messages: usize) -> Vec<DeliveryTag> {
    let chosen = stage(line, messages);
    let tags = chosen.iter().map(|ready| DeliveryTag(ready.number)).collect();
    assert!(line.staged(SESSION, chosen.iter().map(Ready::delivered).collect(), 0));
    tags
}

fn ready(line: &Line) -> Vec<(u64, u32)> {
    line.ready
        .iter()
        .map(|ready| (ready.number, ready.earlier))
        .collect()
}

#[test]
fn one_step_at_a_time() {
    let mut line = line(3);
    let chosen = stage(&mut line, 2);
    assert!(matches!(line.next_step(TakeLimits::default()), Step::Wait));
    assert_eq!(line.depth(), (1, 2));
    line.not_staged(chosen);
    assert_eq!(ready(&line), [(1, 0), (2, 0), (3, 0)]);
    assert_eq!(line.depth(), (3, 0));
}

#[test]
fn what_is_staged_for_a_consumer_that_is_gone_is_ready_in_its_place_and_counted() {
    let mut line = line(4);
    let chosen = stage(&mut line, 2);
    line.end_session(SESSION);
    assert!(line.begin_session(SESSION + 1));
    assert!(
        matches!(line.next_step(TakeLimits::default()), Step::Wait),
        "the next must not overtake"
    );
    assert!(!line.staged(SESSION, chosen.iter().map(Ready::delivered).collect(), 0));
    assert_eq!(ready(&line), [(1, 1), (2, 1), (3, 0), (4, 0)]);
}

#[test]
fn an_acknowledgement_that_is_not_stored_leaves_the_delivery_under_way() {
    let mut line = line(2);
    let tags = deliver(&mut line, 2);
    let numbers = line.begin_ack(SESSION, &tags).unwrap();
    assert!(
        matches!(
            line.begin_ack(SESSION, &tags),
            Err(QueueError::UnknownTag { tag: 1 })
        ),
        "it is settling"
    );
    line.not_acked(SESSION, &numbers);
    let numbers = line.begin_ack(SESSION, &tags).unwrap();
    assert_eq!(line.acked(&numbers), 20);
    assert_eq!(line.depth(), (0, 0));
}

#[test]
fn an_acknowledgement_that_is_not_stored_after_its_consumer_left_makes_the_message_ready() {
    let mut line = line(3);
    let tags = deliver(&mut line, 3);
    let numbers = line.begin_ack(SESSION, &tags[1..2]).unwrap();
    line.end_session(SESSION);
    line.not_acked(SESSION, &numbers);
    assert_eq!(ready(&line), [(1, 1), (2, 1), (3, 1)]);
}

#[test]
fn what_does_not_fit_in_memory_is_read_and_leaves_no_gap() {
    let mut line = line(1);
    assert_eq!(line.stored(stored(2), 5), 0);
    assert_eq!(
        line.stored(stored(3), ROOM),
        0,
        "the one before it is only in the file"
    );
    deliver(&mut line, 9);
    assert!(matches!(line.next_step(TakeLimits::default()), Step::Read(1, 3)));
    assert_eq!(line.stored(stored(4), ROOM), 0, "reading has not come that far");
    line.read(3, vec![stored(2), stored(3)]);
    assert_eq!(ready(&line), [(2, 0), (3, 0)]);
    deliver(&mut line, 9);
    assert!(matches!(line.next_step(TakeLimits::default()), Step::Read(3, 4)));
    line.read(4, vec![stored(4)]);
    assert_ne!(line.stored(stored(5), ROOM), 0, "memory has caught up");
}

#[test]
fn memory_is_accounted_for() {
    let mut line = line(4);
    let tags = deliver(&mut line, 4);
    assert_eq!(line.buffered_bytes(), 0);
    line.release(SESSION, &tags).unwrap();
    assert_eq!(line.buffered_bytes(), 0, "what comes back is left to the file");
}
