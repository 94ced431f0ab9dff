//! Answering for what was taken.
//!
//! AMQP does not confirm acknowledgements. So each call ends with a question that the broker answers on the same
//! channel, where everything is handled in order: once the answer is there, the broker has taken the
//! acknowledgements, and no crash of this process can undo them. That goes for 32 runs of neighbouring messages in one call:
//! a quorum queue takes in so many commands at a time, and further ones wait in the channel and go with it. Batches are
//! acknowledged whole, which is one run; and what comes again after a crash does nothing.

use std::sync::Arc;

use async_trait::async_trait;
use lapin::options::{BasicAckOptions, BasicNackOptions, BasicQosOptions};

use super::consumer::Session;
use super::failure::Trouble;
use crate::error::QueueError;
use crate::message::DeliveryTag;
use crate::port::Acknowledger;

/// Answers for one consumer's deliveries.
pub(super) struct RabbitAcknowledger {
    session: Arc<Session>,
}

impl RabbitAcknowledger {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }
}

#[async_trait]
impl Acknowledger for RabbitAcknowledger {
    async fn ack(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        // In a task of its own: a caller that goes away must not leave the broker with half of it.
        let acknowledged = tokio::spawn(Arc::clone(&self.session).ack(tags.to_vec())).await;
        acknowledged.map_err(|error| QueueError::Unavailable {
            reason: error.to_string(),
        })?
    }

    async fn release(&self, tags: &[DeliveryTag]) -> Result<(), QueueError> {
        self.session.unsettled().release(tags)?;
        self.session.ring();
        Ok(())
    }
}

impl Session {
    async fn ack(self: Arc<Self>, tags: Vec<DeliveryTag>) -> Result<(), QueueError> {
        let _telling = self.telling.lock().await;
        let settlement = self.unsettled().settle(&tags)?;
        if tags.is_empty() {
            return Ok(());
        }
        let told = async {
            if let Some(up_to) = settlement.up_to {
                let multiple = BasicAckOptions { multiple: true };
                self.channel.basic_ack(up_to, multiple).await?;
            }
            for tag in settlement.single {
                self.channel.basic_ack(tag, BasicAckOptions::default()).await?;
            }
            self.round_trip().await
        };
        let told = self.link.reply("acknowledging", told).await;
        self.or_gone(told)
    }

    /// Has the broker move what was delivered too often to the dead.
    pub(super) async fn bury(self: Arc<Self>) {
        let _telling = self.telling.lock().await;
        let dead = self.unsettled().bury();
        if dead.is_empty() {
            return;
        }
        tracing::warn!(line = ?self.line, messages = dead.len(), "messages were delivered too often");
        let told = async {
            for tag in dead {
                let bury = BasicNackOptions {
                    requeue: false,
                    multiple: false,
                };
                self.channel.basic_nack(tag, bury).await?;
            }
            self.round_trip().await
        };
        let told = self.link.reply("burying", told).await;
        if let Err(error) = self.or_gone(told) {
            tracing::warn!(line = ?self.line, %error, "dead messages will be delivered again");
        }
    }

    /// The cheapest question there is: it sets what is set already.
    async fn round_trip(&self) -> lapin::Result<()> {
        self.channel
            .basic_qos(self.prefetch, BasicQosOptions::default())
            .await
    }

    /// Whether the broker heard it is not known if it did not answer: the session is over, and what it did not hear
    /// of comes again. Called while `telling` is held: the next to tell would otherwise find a session that goes on, and
    /// acknowledge, with what stands around it, what the broker was to bury and did not hear of.
    fn or_gone(&self, told: Result<(), Trouble>) -> Result<(), QueueError> {
        told.map_err(|trouble| {
            tracing::debug!(line = ?self.line, ?trouble, "an acknowledgement was not answered");
            self.end(trouble);
            QueueError::ConsumerGone
        })
    }
}
