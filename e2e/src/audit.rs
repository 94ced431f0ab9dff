//! A consumer of outgoing events that remembers them all.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
    QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};

/// Where events go.
const EXCHANGE: &str = "moneyflow.events";
/// The queue of this consumer: it keeps what comes while nobody reads.
pub const QUEUE: &str = "audit";
/// How long nothing may come before the queue is taken for empty.
const SILENCE: Duration = Duration::from_millis(500);

/// What was heard of one company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// The sequence numbers, in the order in which they came, second copies left out.
    pub sequence: Vec<u64>,
    /// How many second copies there were.
    pub copies: u64,
    ids: BTreeSet<String>,
}

/// Listens to all events.
#[derive(Debug)]
pub struct Audit {
    url: String,
    /// By company.
    heard: BTreeMap<String, Heard>,
}

impl Audit {
    /// A consumer at a broker; it does not listen yet.
    pub fn new(url: String) -> Self {
        Self {
            url,
            heard: BTreeMap::new(),
        }
    }

    /// Binds a durable queue of its own to the events.
    ///
    /// # Errors
    ///
    /// If the broker refuses.
    pub async fn listen(&self) -> anyhow::Result<()> {
        let connection = connect(&self.url).await?;
        let channel = connection.create_channel().await?;
        let durable = ExchangeDeclareOptions {
            durable: true,
            ..Default::default()
        };
        let table = FieldTable::default;
        channel
            .exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, durable, table())
            .await?;
        let durable = QueueDeclareOptions {
            durable: true,
            ..Default::default()
        };
        let mut quorum = table();
        quorum.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        channel.queue_declare(QUEUE.into(), durable, quorum).await?;
        let options = QueueBindOptions::default();
        channel
            .queue_bind(QUEUE.into(), EXCHANGE.into(), "#".into(), options, table())
            .await?;
        connection.close(200, "done".into()).await?;
        Ok(())
    }

    /// Takes what has come so far.
    ///
    /// # Errors
    ///
    /// If the broker cannot be asked, or an event cannot be read.
    pub async fn catch_up(&mut self) -> anyhow::Result<()> {
        let connection = connect(&self.url).await?;
        let channel = connection.create_channel().await?;
        let options = BasicConsumeOptions::default();
        let consuming = channel.basic_consume(QUEUE.into(), "audit".into(), options, FieldTable::default());
        let mut consumer = consuming.await?;
        while let Ok(Some(delivery)) = tokio::time::timeout(SILENCE, consumer.next()).await {
            let delivery = delivery?;
            self.note(&delivery.data)?;
            delivery.ack(BasicAckOptions::default()).await?;
        }
        connection.close(200, "done".into()).await?;
        Ok(())
    }

    /// What was heard of a company.
    pub fn heard(&self, company_id: &str) -> Heard {
        self.heard.get(company_id).cloned().unwrap_or_default()
    }

    fn note(&mut self, body: &[u8]) -> anyhow::Result<()> {
        let event = rules::json::parse(body)?;
        let text = |name: &str| {
            let member = event.get(name).and_then(|member| member.as_str());
            member.with_context(|| format!("an event has no {name}: {event}"))
        };
        if text("specversion")? != "1.0" {
            bail!("an event is no CloudEvent: {event}");
        }
        let sequence: u64 = text("sequence")?.parse()?;
        let heard = self.heard.entry(text("companyid")?.to_owned()).or_default();
        if heard.ids.insert(text("id")?.to_owned()) {
            heard.sequence.push(sequence);
        } else {
            heard.copies += 1;
        }
        Ok(())
    }
}

/// Puts a message straight into a queue, past the router, with no properties at all.
///
/// # Errors
///
/// If the broker does not confirm it.
pub async fn publish_raw(url: &str, queue: &str, body: &[u8]) -> anyhow::Result<()> {
    let connection = connect(url).await?;
    let channel: Channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let options = BasicPublishOptions {
        mandatory: true,
        ..Default::default()
    };
    let published = channel.basic_publish("".into(), queue.into(), options, body, BasicProperties::default());
    match published.await?.await? {
        lapin::Confirmation::Ack(None) => {}
        other => bail!("the broker did not take the message for {queue}: {other:?}"),
    }
    connection.close(200, "done".into()).await?;
    Ok(())
}

async fn connect(url: &str) -> anyhow::Result<Connection> {
    let connected = Connection::connect(url, ConnectionProperties::default()).await;
    connected.context("the broker cannot be reached")
}
