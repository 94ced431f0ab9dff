//! Messages as AMQP properties and back.
//!
//! | property | what |
//! |---|---|
//! | `message_id` | the message's id |
//! | `type` | its kind |
//! | `content_type`, `correlation_id` | those |
//! | `timestamp` | the second at which its id was made, if the id tells (`UUIDv7`) |
//! | `app_id` | `moneyflow` |
//! | `delivery_mode` | 2, persistent |
//! | header `company_id` | the company |
//! | header `traceparent` | the W3C trace context |
//!
//! What is longer than a property may be (255 bytes) stands in a header of the property's name.
//!
//! Reading never fails: anybody may publish into a queue, and a message that were refused here would come again for
//! ever and hold up its partition. What is missing gets a default, and the worker finds out from the body.

use bytes::Bytes;
use jiff::Timestamp;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::topology::{Topology, short};
use crate::message::{Message, OutgoingEvent};
use crate::partition::Partition;

const PERSISTENT: u8 = 2;
const APP_ID: &str = "moneyflow";
const COMPANY_ID: &str = "company_id";
const TRACEPARENT: &str = "traceparent";
/// How often the broker had delivered a message before.
const DELIVERY_COUNT: &str = "x-delivery-count";
/// The same, of newer brokers, where it also counts what was given back without a failure.
const ACQUIRED_COUNT: &str = "x-acquired-count";
/// Of a dead letter: the queue that it was in.
const FIRST_DEATH_QUEUE: &str = "x-first-death-queue";
/// Of a dead letter: why it left that queue.
const FIRST_DEATH_REASON: &str = "x-first-death-reason";
/// When the broker took it, where the broker is set up to say so.
const BROKER_TIMESTAMP_MS: &str = "timestamp_in_ms";

/// What a publisher says about a message beside its body.
pub(super) fn of_message(message: &Message) -> BasicProperties {
    Writing::new(message.id, message.company_id, message.traceparent.as_deref()).finish(
        &message.kind,
        &message.correlation_id,
        &message.content_type,
    )
}

/// What a publisher says about an event beside its body.
pub(super) fn of_event(event: &OutgoingEvent) -> BasicProperties {
    Writing::new(event.id, event.company_id, event.traceparent.as_deref()).finish(
        &event.event_type,
        &event.correlation_id,
        &event.content_type,
    )
}

struct Writing {
    properties: BasicProperties,
    headers: FieldTable,
}

impl Writing {
    fn new(id: Uuid, company_id: Uuid, traceparent: Option<&str>) -> Self {
        let mut headers = FieldTable::default();
        headers.insert(short(COMPANY_ID), long(&company_id.to_string()));
        if let Some(traceparent) = traceparent {
            headers.insert(short(TRACEPARENT), long(traceparent));
        }
        let mut properties = BasicProperties::default()
            .with_message_id(short(&id.to_string()))
            .with_app_id(short(APP_ID))
            .with_delivery_mode(PERSISTENT);
        if let Some(made_at) = id.get_timestamp() {
            properties = properties.with_timestamp(made_at.to_unix().0);
        }
        Self { properties, headers }
    }

    fn finish(mut self, kind: &str, correlation_id: &str, content_type: &str) -> BasicProperties {
        if let Some(kind) = self.fitting("type", kind) {
            self.properties = self.properties.with_type(kind);
        }
        if let Some(correlation_id) = self.fitting("correlation_id", correlation_id) {
            self.properties = self.properties.with_correlation_id(correlation_id);
        }
        if let Some(content_type) = self.fitting("content_type", content_type) {
            self.properties = self.properties.with_content_type(content_type);
        }
        self.properties.with_headers(self.headers)
    }

    /// The value, if it fits into a property; else it becomes a header.
    fn fitting(&mut self, name: &str, value: &str) -> Option<ShortString> {
        let fitting = ShortString::try_new(value).ok();
        if fitting.is_none() {
            self.headers.insert(short(name), long(value));
        }
        fitting
    }
}

/// A message as it was delivered, with what the broker says about it.
pub(super) struct Received {
    pub(super) message: Message,
    /// How often it was delivered before, as far as the broker knows.
    pub(super) earlier: u32,
    pub(super) enqueued_at: Option<Timestamp>,
}

/// Reads what came out of the queue of a partition, or out of that of the dead.
pub(super) fn received(delivery: lapin::message::Delivery, from: Source<'_>) -> Received {
    let reading = Reading::new(&delivery.properties);
    let earlier = reading.earlier(delivery.redelivered);
    let (partition, earlier) = match from {
        Source::Partition(partition) => (partition, earlier),
        Source::Dead {
            topology,
            delivery_limit,
        } => (
            reading.partition(topology),
            reading.in_life(delivery_limit).saturating_add(earlier),
        ),
    };
    let text = |name, property: &Option<ShortString>| reading.text(name, property.as_ref());
    let properties = &delivery.properties;
    let message_id = text("message_id", properties.message_id());
    let id = Uuid::try_parse(&message_id).unwrap_or_else(|_| made_up_id(&message_id, &delivery.data));
    let message = Message {
        id,
        partition,
        kind: text("type", properties.kind()),
        company_id: reading.company_id(),
        correlation_id: text("correlation_id", properties.correlation_id()),
        traceparent: reading.header(TRACEPARENT),
        content_type: text("content_type", properties.content_type()),
        body: Bytes::new(),
    };
    let enqueued_at = reading.enqueued_at();
    Received {
        message: Message {
            body: Bytes::from(delivery.data),
            ..message
        },
        earlier,
        enqueued_at,
    }
}

/// Where a message came out.
#[derive(Clone, Copy)]
pub(super) enum Source<'s> {
    Partition(Partition),
    Dead {
        topology: &'s Topology,
        delivery_limit: u32,
    },
}

struct Reading<'p> {
    headers: Option<&'p FieldTable>,
}

impl<'p> Reading<'p> {
    fn new(properties: &'p BasicProperties) -> Self {
        Self {
            headers: properties.headers().as_ref(),
        }
    }

    fn value(&self, name: &str) -> Option<&AMQPValue> {
        self.headers?.inner().get(name)
    }

    /// Text, as it may be stored: some databases refuse the character NUL.
    fn header(&self, name: &str) -> Option<String> {
        let text = match self.value(name)? {
            AMQPValue::LongString(text) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
            AMQPValue::ShortString(text) => text.to_string(),
            _ => return None,
        };
        Some(text.replace('\0', "\u{FFFD}"))
    }

    fn text(&self, name: &str, property: Option<&ShortString>) -> String {
        match property {
            Some(property) => property.as_str().replace('\0', "\u{FFFD}"),
            None => self.header(name).unwrap_or_default(),
        }
    }

    fn count(&self, name: &str) -> u32 {
        self.value(name)
            .and_then(integer)
            .map_or(0, |count| u32::try_from(count.max(0)).unwrap_or(u32::MAX))
    }

    /// A broker that does not count says at least that it was not the first time.
    fn earlier(&self, redelivered: bool) -> u32 {
        self.count(DELIVERY_COUNT)
            .max(self.count(ACQUIRED_COUNT))
            .max(u32::from(redelivered))
    }

    /// How often a dead letter was delivered before it died. What was put among the dead by hand never was.
    fn in_life(&self, delivery_limit: u32) -> u32 {
        match self.header(FIRST_DEATH_REASON).as_deref() {
            // The broker's own count, or ours: see `Unsettled::take`.
            Some("delivery_limit" | "rejected") => delivery_limit,
            _ => 0,
        }
    }

    fn company_id(&self) -> Uuid {
        let text = self.header(COMPANY_ID).unwrap_or_default();
        Uuid::try_parse(&text).unwrap_or(Uuid::nil())
    }

    fn partition(&self, topology: &Topology) -> Partition {
        let queue = self.header(FIRST_DEATH_QUEUE).unwrap_or_default();
        let known = topology.partition_of_queue(&queue);
        known.unwrap_or_else(|| crate::partition_of(self.company_id().as_bytes()))
    }

    fn enqueued_at(&self) -> Option<Timestamp> {
        let milliseconds = integer(self.value(BROKER_TIMESTAMP_MS)?)?;
        Timestamp::from_millisecond(milliseconds).ok()
    }
}

fn integer(value: &AMQPValue) -> Option<i64> {
    match value {
        AMQPValue::ShortShortInt(number) => Some((*number).into()),
        AMQPValue::ShortShortUInt(number) => Some((*number).into()),
        AMQPValue::ShortInt(number) => Some((*number).into()),
        AMQPValue::ShortUInt(number) => Some((*number).into()),
        AMQPValue::LongInt(number) => Some((*number).into()),
        AMQPValue::LongUInt(number) => Some((*number).into()),
        AMQPValue::LongLongInt(number) => Some(*number),
        _ => None,
    }
}

/// The id of a message that has none: the same whenever it is delivered, and another one's only if it is the same.
fn made_up_id(message_id: &str, body: &[u8]) -> Uuid {
    let mut digest = Sha256::new();
    digest.update((message_id.len() as u64).to_be_bytes());
    digest.update(message_id);
    digest.update(body);
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(digest.finalize())
        .for_each(|(byte, hashed)| *byte = hashed);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn long(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rabbitmq::RabbitOptions;

    fn delivered(properties: BasicProperties, body: &[u8]) -> lapin::message::Delivery {
        let mut delivery = lapin::message::Delivery::mock(1, short(""), short(""), false, body.to_vec());
        delivery.properties = properties;
        delivery
    }

    fn partition() -> Partition {
        Partition::new(7).unwrap()
    }

    fn read(properties: BasicProperties, body: &[u8]) -> Received {
        received(delivered(properties, body), Source::Partition(partition()))
    }

    fn message() -> Message {
        Message {
            id: "0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7d".parse().unwrap(),
            partition: partition(),
            kind: "payment.accepted".to_owned(),
            company_id: Uuid::from_u128(0xC0),
            correlation_id: "c — 1".to_owned(),
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
            content_type: "application/json".to_owned(),
            body: Bytes::from_static(b"{}"),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let properties = of_message(&message());
        assert_eq!(*properties.timestamp(), Some(0x0197_c5a4_7d1e / 1000));
        let received = read(properties, b"{}");
        assert_eq!(received.message, message());
        assert_eq!((received.earlier, received.enqueued_at), (0, None));
    }

    #[test]
    fn what_is_too_long_for_a_property_is_not_lost() {
        let long = Message {
            kind: "k".repeat(256),
            correlation_id: "ü".repeat(200),
            content_type: "t".repeat(1000),
            ..message()
        };
        let properties = of_message(&long);
        assert!(properties.correlation_id().is_none());
        assert_eq!(read(properties, b"{}").message, long);
    }

    #[test]
    fn a_message_of_nobody_comes_through() {
        let received = read(BasicProperties::default(), b"anything").message;
        assert_eq!(received.company_id, Uuid::nil());
        assert_eq!(
            (received.kind.as_str(), received.correlation_id.as_str()),
            ("", "")
        );
        assert_eq!(received.body, b"anything"[..]);
        assert_eq!(
            received.id,
            read(BasicProperties::default(), b"anything").message.id
        );
        assert_ne!(received.id, read(BasicProperties::default(), b"other").message.id);

        let mut headers = FieldTable::default();
        headers.insert(short(COMPANY_ID), AMQPValue::LongInt(7));
        headers.insert(short(TRACEPARENT), long("a\0b"));
        headers.insert(short(DELIVERY_COUNT), long("many"));
        let odd = BasicProperties::default()
            .with_message_id(short("not an id"))
            .with_type(short("k\0"))
            .with_headers(headers);
        let received = read(odd, b"anything");
        assert_eq!(received.message.company_id, Uuid::nil());
        assert_eq!(received.message.traceparent.as_deref(), Some("a\u{FFFD}b"));
        assert_eq!(received.message.kind, "k\u{FFFD}");
        assert_eq!(received.earlier, 0);
    }

    #[test]
    fn counts_are_read_as_whatever_integer_they_are() {
        for count in [
            AMQPValue::LongLongInt(3),
            AMQPValue::LongUInt(3),
            AMQPValue::ShortShortUInt(3),
        ] {
            let mut headers = FieldTable::default();
            headers.insert(short(DELIVERY_COUNT), count);
            assert_eq!(
                read(BasicProperties::default().with_headers(headers), b"").earlier,
                3
            );
        }
        let mut again = delivered(BasicProperties::default(), b"");
        again.redelivered = true;
        assert_eq!(received(again, Source::Partition(partition())).earlier, 1);
    }

    #[test]
    fn the_dead_remember_their_partition_and_their_deliveries() {
        let topology = Topology::new(&RabbitOptions::default()).unwrap();
        let source = Source::Dead {
            topology: &topology,
            delivery_limit: 5,
        };
        let mut headers = FieldTable::default();
        headers.insert(short(FIRST_DEATH_QUEUE), long("moneyflow.payments.07"));
        headers.insert(short(FIRST_DEATH_REASON), long("delivery_limit"));
        headers.insert(short(DELIVERY_COUNT), AMQPValue::LongLongInt(2));
        let dead = received(
            delivered(BasicProperties::default().with_headers(headers), b""),
            source,
        );
        assert_eq!((dead.message.partition, dead.earlier), (partition(), 7));

        let by_hand = received(delivered(BasicProperties::default(), b""), source);
        assert_eq!(by_hand.earlier, 0);
    }
}
