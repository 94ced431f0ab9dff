//! The queue as a trait, its conformance suite, and its two kinds: embedded and RabbitMQ.
//!
//! A queue has [`PARTITIONS`] partitions. Messages of one partition are delivered in the order in which they were
//! published, to one consumer at a time; partitions know nothing of each other. A message stays in the queue until it
//! is acknowledged, so it may be delivered more than once, and says how often it was.
//!
//! This crate owns how messages travel and are kept; what a body means belongs to those who publish and consume. It
//! reads no clock but the queue's own.
//!
//! The port is [`Queue`], [`Publisher`], [`Consumer`] and [`Acknowledger`]. [`embedded`] implements it on a SQLite
//! file, [`rabbitmq`] on a broker; with the feature `conformance`, the module of that name holds the tests that every
//! kind must pass.

mod accepted;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod embedded;
mod error;
mod message;
mod partition;
mod port;
pub mod rabbitmq;

pub use accepted::{
    ACCEPTED_CONTENT_TYPE, ACCEPTED_KIND, AcceptedError, AcceptedEvent, AcceptedRun, CompanySnapshot,
};
pub use error::{PublishError, QueueError};
pub use message::{Delivery, DeliveryTag, Message, OutgoingEvent, PartitionDepth, TakeLimits};
pub use partition::{PARTITIONS, Partition, partition_of};
pub use port::{Acknowledger, Consumer, EventBus, Publisher, Queue};
