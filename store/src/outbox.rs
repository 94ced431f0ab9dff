//! Events on their way out.
//!
//! A company's events are numbered without gaps under the lock of its counter, so the order of numbers is the order of
//! commits. What was sent is known by the last number that was, for each company: sending is marked once per company
//! and not once per event.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{PartitionLease, StoreError};

/// What sent an event out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSource {
    /// A node of a run.
    Node {
        /// The run.
        run_id: Uuid,
        /// The node.
        node_id: String,
    },
    /// A payment that something happened to.
    Payment {
        /// The payment.
        payment_id: Uuid,
    },
}

impl EventSource {
    /// What the columns of a store say: a run and its node, or a payment. None unless it is exactly one of the two.
    pub fn of(run_id: Option<Uuid>, node_id: Option<String>, payment_id: Option<Uuid>) -> Option<Self> {
        match (run_id, node_id, payment_id) {
            (Some(run_id), Some(node_id), None) => Some(Self::Node { run_id, node_id }),
            (None, None, Some(payment_id)) => Some(Self::Payment { payment_id }),
            _ => None,
        }
    }

    /// The run, if a node of one sent it.
    pub fn run_id(&self) -> Option<Uuid> {
        match self {
            Self::Node { run_id, .. } => Some(*run_id),
            Self::Payment { .. } => None,
        }
    }

    /// The node, if one sent it.
    pub fn node_id(&self) -> Option<&str> {
        match self {
            Self::Node { node_id, .. } => Some(node_id),
            Self::Payment { .. } => None,
        }
    }

    /// The payment, if one sent it.
    pub fn payment_id(&self) -> Option<Uuid> {
        match self {
            Self::Node { .. } => None,
            Self::Payment { payment_id } => Some(*payment_id),
        }
    }
}

/// An event that was sent out, numbered within its company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEvent {
    /// Its id (`UUIDv7`): consumers drop a second copy by it.
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Its place among the company's events, from 1, without gaps.
    pub number: u64,
    /// The partition whose owner sends it on: the same for all events of a company.
    pub partition: u16,
    /// Its type, such as `invoice.generated`.
    pub event_type: String,
    /// What it says, as a JSON object.
    pub data: String,
    /// What sent it.
    pub source: EventSource,
    /// The correlation id of the request that caused it: that brought the event which started the run, or that changed
    /// the payment.
    pub correlation_id: String,
    /// The W3C trace context of that request, if there was one.
    pub traceparent: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Up to which number a company's events were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentUpTo {
    /// The company.
    pub company_id: Uuid,
    /// The number of the last event that was confirmed.
    pub number: u64,
}

/// Whether something was done under a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leased {
    /// It is stored.
    Done,
    /// Nothing was stored: somebody else has the partition now.
    Lost,
}

/// How far sending lags behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxLag {
    /// How many events wait to be sent.
    pub unsent: u64,
    /// When the oldest of them was made.
    pub oldest_at: Option<Timestamp>,
}

/// Events on their way out, as stored. They are written by [`Batches`](crate::Batches) and by
/// [`Movements`](crate::Movements), in the database transaction of what they tell of.
#[async_trait]
pub trait Outbox {
    /// Events of a partition that were not sent, at most `limit`: of every company a run of numbers without gaps that
    /// begins behind the last one sent, in the order of their numbers. With many companies waiting, all of them
    /// get their turn.
    async fn unsent_events(&self, partition: u16, limit: u32) -> Result<Vec<OutboxEvent>, StoreError>;

    /// Notes what was sent, for companies of the lease's partition. Never goes back: a lower number than the one noted
    /// changes nothing.
    async fn mark_events_sent(
        &self,
        lease: PartitionLease,
        sent: Vec<SentUpTo>,
    ) -> Result<Leased, StoreError>;

    /// How far sending lags behind, for one company or all.
    async fn outbox_lag(&self, company_id: Option<Uuid>) -> Result<OutboxLag, StoreError>;
}
