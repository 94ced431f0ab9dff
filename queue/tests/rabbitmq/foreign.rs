//! Messages that this program did not write, or wrote long ago.

use lapin::BasicProperties;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldArray, FieldTable};
use queue::{ACCEPTED_KIND, AcceptedEvent, Queue as _, TakeLimits};
use uuid::Uuid;

use crate::support::{Place, message, operator, partition, within};

/// What a router of the first version put into the queue. It must be readable for ever.
const FIRST_VERSION: &str = concat!(
    r#"{"version":1,"id":"0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7d","company":{"company_id":"#,
    r#""b5aa9687-d61f-467c-973e-f55d446981dc","name":"Ana","plan":null,"region":"south","currency":"BRL"},"#,
    r#""event_id":"order-1","body_sha256":"#,
    r#""9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","#,
    r#""accepted_at":"2026-03-01T12:00:00.123456Z","correlation_id":"c-1","traceparent":null,"runs":["#,
    r#"{"run_id":"0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7e","rule_id":"0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7f","#,
    r#""rule_name":"default","version":3}],"event":{"total":120.00,"note":"as it came: 1E2"}}"#,
);

async fn publish_by_hand(place: &Place, bodies: Vec<(&[u8], BasicProperties)>) {
    let (_connection, channel) = operator().await;
    channel
        .confirm_select(ConfirmSelectOptions::default())
        .await
        .expect("confirms");
    for (body, properties) in bodies {
        let queue = place.queue_name(partition().number()).as_str().into();
        let options = BasicPublishOptions::default();
        let confirm = channel.basic_publish("".into(), queue, options, body, properties);
        confirm.await.expect("a channel").await.expect("a confirm");
    }
}

#[tokio::test]
async fn what_nobody_can_read_comes_through_and_holds_up_nothing() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let mut nested = FieldTable::default();
    nested.insert("company_id".into(), AMQPValue::FieldArray(FieldArray::default()));
    nested.insert("traceparent".into(), AMQPValue::Double(0.5));
    nested.insert("x-delivery-count".into(), AMQPValue::LongString("often".into()));
    let odd = BasicProperties::default()
        .with_message_id("42".into())
        .with_content_type("text/html".into())
        .with_headers(nested);
    publish_by_hand(
        &place,
        vec![(b"not json", BasicProperties::default()), (b"", odd)],
    )
    .await;
    within(queue.publisher().publish(message(7)))
        .await
        .expect("a broker");

    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    let mut taken = Vec::new();
    while taken.len() < 3 {
        let more = within(consumer.take(TakeLimits::default())).await;
        taken.extend(more.expect("an open queue"));
    }
    assert_eq!(taken[0].message.body, b"not json"[..]);
    assert_eq!(taken[0].message.company_id, Uuid::nil());
    assert_eq!(taken[0].message.partition, partition());
    assert_ne!(taken[0].message.id, taken[1].message.id);
    assert_eq!(taken[1].message.content_type, "text/html");
    assert_eq!(taken[1].message.traceparent, None);
    assert_eq!(taken[2].message, message(7));
    assert!(taken.iter().all(|delivery| delivery.deliveries == 1));
    let tags: Vec<_> = taken.iter().map(|delivery| delivery.tag).collect();
    within(consumer.acknowledger().ack(&tags))
        .await
        .expect("deliveries under way");
}

#[tokio::test]
async fn a_message_of_the_first_version_is_readable() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let mut headers = FieldTable::default();
    let company = "b5aa9687-d61f-467c-973e-f55d446981dc";
    headers.insert("company_id".into(), AMQPValue::LongString(company.into()));
    let properties = BasicProperties::default()
        .with_message_id("0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7d".into())
        .with_type("payment.accepted".into())
        .with_content_type("application/json".into())
        .with_correlation_id("c-1".into())
        .with_delivery_mode(2)
        .with_headers(headers);
    publish_by_hand(&place, vec![(FIRST_VERSION.as_bytes(), properties)]).await;

    let mut consumer = within(queue.consume(partition()))
        .await
        .expect("a free partition");
    let taken = within(consumer.take(TakeLimits::default())).await;
    let delivery = taken.expect("an open queue").remove(0);
    assert_eq!(delivery.message.kind, ACCEPTED_KIND);
    assert_eq!(delivery.message.company_id.to_string(), company);
    let event = AcceptedEvent::decode(&delivery.message.body).expect("a message of the first version");
    assert_eq!(event.id, delivery.message.id);
    assert_eq!((event.event_id.as_str(), event.runs[0].version), ("order-1", 3));
    assert_eq!(event.event, br#"{"total":120.00,"note":"as it came: 1E2"}"#[..]);
}
