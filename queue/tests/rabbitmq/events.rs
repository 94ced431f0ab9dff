//! Events for whoever listens.

use bytes::Bytes;
use futures_util::StreamExt as _;
use lapin::options::{BasicConsumeOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use queue::{OutgoingEvent, PublishError, Queue as _};
use uuid::Uuid;

use crate::support::{Place, operator, until, within};

fn event(number: u32, event_type: &str) -> OutgoingEvent {
    OutgoingEvent {
        id: Uuid::from_u128(u128::from(number)),
        event_type: event_type.to_owned(),
        company_id: Uuid::from_u128(0xC0),
        correlation_id: "c-1".to_owned(),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        content_type: "application/cloudevents+json".to_owned(),
        body: Bytes::from(number.to_string()),
    }
}

/// Binds a queue of the listener's own, which vanishes with its channel.
async fn listen(place: &Place, channel: &lapin::Channel, types: &str) -> lapin::Consumer {
    let options = QueueDeclareOptions {
        exclusive: true,
        ..QueueDeclareOptions::default()
    };
    let queue = channel
        .queue_declare("".into(), options, FieldTable::default())
        .await
        .expect("a queue");
    let exchange = format!("{}.events", place.prefix).as_str().into();
    channel
        .queue_bind(
            queue.name().clone(),
            exchange,
            types.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
        .expect("an exchange");
    channel
        .basic_consume(
            queue.name().clone(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await
        .expect("a queue")
}

#[tokio::test]
async fn events_reach_those_who_listen_in_order_and_whole() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let bus = queue.events().expect("a broker reaches others");
    within(bus.send(vec![event(0, "invoice.generated")]))
        .await
        .expect("nobody listens, and that is fine");

    let (_connection, channel) = operator().await;
    let mut listener = listen(&place, &channel, "invoice.*").await;
    let sent = (1..=1500).map(|number| {
        let other = number % 3 == 0;
        event(
            number,
            if other {
                "shipment.requested"
            } else {
                "invoice.generated"
            },
        )
    });
    within(bus.send(Vec::new())).await.expect("nothing to send");
    within(bus.send(sent.collect())).await.expect("a broker");

    for number in (1..=1500).filter(|number| number % 3 != 0) {
        let delivery = within(listener.next()).await;
        let delivery = delivery.expect("a listener").expect("an event");
        assert_eq!(delivery.data, number.to_string().as_bytes());
        if number == 1 {
            let properties = &delivery.properties;
            let expected = event(1, "invoice.generated");
            assert_eq!(delivery.routing_key.as_str(), "invoice.generated");
            assert_eq!(*properties.delivery_mode(), Some(2));
            assert_eq!(
                properties.message_id().as_ref().map(|id| id.to_string()),
                Some(expected.id.to_string())
            );
            let headers = properties.headers().as_ref().expect("headers");
            assert_eq!(
                headers.inner().get("traceparent"),
                expected
                    .traceparent
                    .map(|text| AMQPValue::LongString(text.as_str().into()))
                    .as_ref()
            );
        }
    }
}

#[tokio::test]
async fn an_exchange_that_is_deleted_is_an_error_once_and_comes_back() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let bus = queue.events().expect("a broker reaches others");
    within(bus.send(vec![event(1, "a.b")])).await.expect("a broker");
    let (_connection, channel) = operator().await;
    let exchange = format!("{}.events", place.prefix).as_str().into();
    channel
        .exchange_delete(exchange, ExchangeDeleteOptions::default())
        .await
        .expect("an exchange to delete");
    let refused = within(bus.send((2..100).map(|number| event(number, "a.b")).collect())).await;
    assert!(
        matches!(refused, Err(PublishError::Unavailable { .. })),
        "{refused:?}"
    );
    let mut listener = listen_again(&place, &channel, &*bus).await;
    within(bus.send(vec![event(7, "a.b")])).await.expect("a broker");
    let delivery = within(listener.next())
        .await
        .expect("a listener")
        .expect("an event");
    assert_eq!(delivery.data, b"7");
}

/// The next event has the exchange declared anew; a listener has to come back by itself.
async fn listen_again(place: &Place, channel: &lapin::Channel, bus: &dyn queue::EventBus) -> lapin::Consumer {
    until("events can be sent again", || async {
        bus.send(vec![event(0, "a.b")]).await.is_ok()
    })
    .await;
    listen(place, channel, "a.*").await
}

#[tokio::test]
async fn an_outage_is_an_error_and_the_bus_works_afterwards() {
    let place = Place::new().await;
    let queue = place.open(place.options()).await;
    let bus = queue.events().expect("a broker reaches others");
    within(bus.send(vec![event(1, "a.b")])).await.expect("a broker");
    place.proxy.shut();
    until("the outage is seen", || async {
        bus.send(vec![event(2, "a.b")]).await.is_err()
    })
    .await;
    place.proxy.reopen().await;
    until("events can be sent again", || async {
        bus.send(vec![event(2, "a.b")]).await.is_ok()
    })
    .await;
}
