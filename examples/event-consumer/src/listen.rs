//! Listening: a queue of its own, bound to MoneyFlow's exchange.

use anyhow::{Context as _, Result, bail};
use futures_util::StreamExt as _;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicQosOptions, ExchangeDeclareOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, Consumer, ExchangeKind};

use crate::Options;

/// How many events the broker may send ahead of their acknowledgements.
const PREFETCH: u16 = 200;

/// Hands every event to `handle`, then acknowledges it; returns when the broker goes away.
pub(crate) async fn listen(
    broker: &AMQPUri,
    options: &Options,
    handle: &mut (impl FnMut(&[u8]) + Send),
) -> Result<()> {
    let properties = ConnectionProperties::default().with_connection_name("event-consumer".into());
    let connection = Connection::connect_uri(broker.clone(), properties).await?;
    let channel = connection.create_channel().await?;
    let mut events = bind(options, &channel).await?;
    tracing::info!(queue = options.queue, types = ?options.types, "listening");
    while let Some(event) = events.next().await {
        let event = event?;
        handle(&event.data);
        if !event.acker.ack(BasicAckOptions::default()).await? {
            bail!("the connection was lost");
        }
    }
    bail!("the broker ended it: was the queue deleted?")
}

/// Declares what there must be, which changes nothing where it is there already, and consumes.
async fn bind(options: &Options, channel: &Channel) -> Result<Consumer> {
    let (queue, exchange) = (name(&options.queue)?, name(&options.exchange)?);
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    // As MoneyFlow declares it: whoever comes first makes it.
    channel
        .exchange_declare(
            exchange.clone(),
            ExchangeKind::Topic,
            durable,
            FieldTable::default(),
        )
        .await?;
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    // One at a time, so that events are handled in order however many of these are started.
    arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
    channel.queue_declare(queue.clone(), durable, arguments).await?;
    for types in &options.types {
        let bound = channel.queue_bind(
            queue.clone(),
            exchange.clone(),
            name(types)?,
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        bound.await?;
    }
    channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
    let consumer = channel.basic_consume(
        queue,
        ShortString::default(),
        BasicConsumeOptions::default(),
        FieldTable::default(),
    );
    Ok(consumer.await?)
}

fn name(text: &str) -> Result<ShortString> {
    ShortString::try_new(text).with_context(|| format!("{text:?} is too long"))
}
