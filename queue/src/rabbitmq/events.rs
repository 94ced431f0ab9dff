//! Sending events to whoever listens.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::{FutureExt as _, poll_immediate};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::ShortString;
use lapin::{Channel, Confirmation};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::failure::Trouble;
use super::link::{Link, Readiness};
use super::options::RabbitOptions;
use super::properties;
use super::topology::{Topology, short};
use crate::error::PublishError;
use crate::message::OutgoingEvent;
use crate::port::EventBus;

/// Events that are sent before their confirms are waited for.
const UNDER_WAY: usize = 512;

/// Publishes to the exchange of events. One call after another: their order is that of the calls.
pub(super) struct RabbitEvents {
    link: Link,
    topology: Arc<Topology>,
    retry_after: Duration,
    publish_timeout: Duration,
    /// `None` while it is in use, and after anything went wrong: then what is sent next must not overtake what may
    /// still be under way.
    channel: Mutex<Option<Channel>>,
}

impl RabbitEvents {
    pub(super) fn new(link: Link, topology: Arc<Topology>, options: &RabbitOptions) -> Self {
        Self {
            link,
            topology,
            retry_after: options.retry_after,
            publish_timeout: options.publish_timeout,
            channel: Mutex::default(),
        }
    }

    async fn open_channel(&self) -> Result<Channel, Trouble> {
        let channel = self.link.channel().await?;
        let declaring = self.topology.declare_events(&channel);
        let declaring = declaring.map(|declared| declared.map_err(|refused| refused.error));
        self.link.reply("declaring an exchange", declaring).await?;
        let confirming = channel.confirm_select(ConfirmSelectOptions::default());
        self.link.reply("asking for confirms", confirming).await?;
        Ok(channel)
    }

    /// Sends these, then waits for all of their confirms.
    async fn send_some(&self, channel: &Channel, events: &[OutgoingEvent]) -> Result<(), PublishError> {
        let exchange = self.topology.events();
        let mut under_way = Vec::with_capacity(events.len());
        for event in events {
            let mut publishing = publish(channel, &exchange, event).boxed();
            // Its first poll is what queues its frames: so they are sent in this order.
            match poll_immediate(&mut publishing).await {
                Some(outcome) => self.confirmed(outcome)?,
                None => under_way.push(publishing),
            }
        }
        for publishing in under_way {
            match timeout(self.publish_timeout, publishing).await {
                Ok(outcome) => self.confirmed(outcome)?,
                Err(_) => return Err(Trouble::timeout("sending events").into()),
            }
        }
        Ok(())
    }

    fn confirmed(&self, outcome: lapin::Result<Confirmation>) -> Result<(), PublishError> {
        match outcome {
            Ok(Confirmation::Ack(_)) => Ok(()),
            // A listener's queue is full and refuses.
            Ok(Confirmation::Nack(_)) => Err(PublishError::Full {
                retry_after: self.retry_after,
            }),
            Ok(Confirmation::NotRequested) => {
                Err(Trouble::unavailable("the channel confirms nothing").into())
            }
            Err(error) => Err(Trouble::from(error).into()),
        }
    }
}

#[async_trait]
impl EventBus for RabbitEvents {
    async fn send(&self, events: Vec<OutgoingEvent>) -> Result<(), PublishError> {
        let mut kept = self.channel.lock().await;
        match self.link.readiness() {
            Readiness::Ready => {}
            Readiness::Blocked(_) => {
                return Err(PublishError::Full {
                    retry_after: self.retry_after,
                });
            }
            Readiness::Down(trouble) => return Err(trouble.into()),
        }
        // Taken out, so that an error, and a caller that goes away half-way, close it.
        let channel = match kept.take().filter(|channel| channel.status().connected()) {
            Some(channel) => channel,
            None => self.open_channel().await?,
        };
        for some in events.chunks(UNDER_WAY) {
            self.send_some(&channel, some).await?;
        }
        *kept = Some(channel);
        Ok(())
    }
}

fn publish(
    channel: &Channel,
    exchange: &ShortString,
    event: &OutgoingEvent,
) -> impl Future<Output = lapin::Result<Confirmation>> + use<> {
    // A type that is too long to be a key is cut: those who listen find it whole in the properties.
    let routing_key = short(&event.event_type);
    let (channel, exchange) = (channel.clone(), exchange.clone());
    let (properties, body) = (properties::of_event(event), event.body.clone());
    // Not mandatory: nobody may be listening.
    let options = BasicPublishOptions::default();
    async move {
        let confirm = channel.basic_publish(exchange, routing_key, options, &body, properties);
        confirm.await?.await
    }
}
