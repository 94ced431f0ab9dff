//! The RabbitMQ kind: quorum queues on a broker, for any number of processes. RabbitMQ 3.10 or later.
//!
//! # How it works
//!
//! - *Connections.* Two, each under a supervisor that makes it anew when it is lost and declares what must stand on the
//!   broker: one publishes, and may be blocked by a broker that is short of memory or disk; the other consumes and
//!   acknowledges. While a connection is away everything on it fails at once, and works again by itself afterwards.
//! - *Publishing.* A task and a channel per partition; messages are persistent and mandatory, and many are under way at
//!   once. A message is stored once the broker has confirmed it and did not return it.
//! - *Consuming.* A channel per consumer; the broker sends ahead up to the prefetch. A consumer that is dropped closes
//!   its channel, and the broker puts back, in order, what was not acknowledged. One process has one consumer per
//!   partition; of several processes the broker serves one (`x-single-active-consumer`), and another once it is gone:
//!   until then the others' [`take`](crate::Consumer::take) waits.
//! - *Acknowledging.* Acknowledgements go out in as few frames as they can, followed by a question on the same channel:
//!   its answer says that the broker has taken them. A broker that crashes in that moment may still forget them; then
//!   the messages come again.
//! - *Counting deliveries.* The broker counts what it takes back from a consumer that is gone, also what that consumer
//!   had prefetched and not handed out; what is released counts in this process only.
//!
//! # Bounds
//!
//! What is under way to the broker is bounded in messages and bytes; what came from it by the prefetch. There is no
//! other buffer.

mod acknowledger;
mod address;
mod consumer;
mod depths;
mod events;
mod failure;
mod lane;
mod link;
mod options;
mod properties;
mod publisher;
mod seats;
mod topology;
mod unsettled;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use self::address::Address;
use self::consumer::{Beginning, RabbitConsumer, Session};
use self::events::RabbitEvents;
use self::link::{Connecting, Link, Readiness};
use self::publisher::RabbitPublisher;
use self::seats::Seats;
use self::topology::{Line, Topology};
use crate::error::QueueError;
use crate::message::PartitionDepth;
use crate::partition::Partition;
use crate::port::{Consumer, EventBus, Publisher, Queue};

pub use self::failure::OpenError;
pub use self::options::RabbitOptions;

/// How much longer than for its confirms closing waits for its tasks.
const GOODBYE: Duration = Duration::from_secs(2);

/// A queue on a RabbitMQ broker. Dropping it closes its connections, a moment later.
pub struct RabbitQueue {
    publishing: Link,
    consuming: Link,
    topology: Arc<Topology>,
    options: Arc<RabbitOptions>,
    publisher: Arc<RabbitPublisher>,
    events: Arc<RabbitEvents>,
    seats: Seats,
    /// Told first: publishers and consumers.
    closing: CancellationToken,
    working: TaskTracker,
    /// Told then: the connections.
    hanging_up: CancellationToken,
    supervising: TaskTracker,
    _drop: (DropGuard, DropGuard),
}

impl RabbitQueue {
    /// Connects to the broker at an URL such as `amqp://user:password@host:5672/%2f`, and declares on it what is
    /// missing.
    ///
    /// Once this has succeeded the queue looks after its connections itself: a broker that goes away and comes back
    /// needs nobody to restart anything.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn connect(url: &str, options: RabbitOptions) -> Result<Self, OpenError> {
        let (address, topology) = read(url, &options)?;
        let topology = Arc::new(topology);
        let options = Arc::new(options);
        let (closing, hanging_up) = (CancellationToken::new(), CancellationToken::new());
        let connecting = |purpose, address: &Address| Connecting {
            purpose,
            address: address.clone(),
            topology: Arc::clone(&topology),
            options: Arc::clone(&options),
        };
        let opened = Link::open(connecting("publishing", &address), hanging_up.clone()).await?;
        let (publishing, publishing_supervisor) = opened;
        let opened = Link::open(connecting("consuming", &address), hanging_up.clone()).await?;
        let (consuming, consuming_supervisor) = opened;

        let (working, supervising) = (TaskTracker::new(), TaskTracker::new());
        supervising.spawn(publishing_supervisor.run());
        supervising.spawn(consuming_supervisor.run());
        let publisher = RabbitPublisher::start(&publishing, &topology, &options, &closing, &working);
        let events = RabbitEvents::new(publishing.clone(), Arc::clone(&topology), &options);
        Ok(Self {
            publishing,
            consuming,
            topology,
            options,
            publisher: Arc::new(publisher),
            events: Arc::new(events),
            seats: Seats::default(),
            _drop: (closing.clone().drop_guard(), hanging_up.clone().drop_guard()),
            closing,
            working,
            hanging_up,
            supervising,
        })
    }

    /// Whether the URL is that of a broker, and the options can be used with one. Nobody is asked.
    ///
    /// # Errors
    ///
    /// [`OpenError::Address`], without the URL.
    pub fn check(url: &str, options: &RabbitOptions) -> Result<(), OpenError> {
        read(url, options).map(|_| ())
    }

    /// Deletes everything that stands on the broker under this queue's prefix, with all messages. For tests and
    /// measurements, under a prefix of their own. Close the queue afterwards: used again, it declares all of it anew.
    ///
    /// # Errors
    ///
    /// If the broker cannot be asked. Some of it may then be deleted; the call may be repeated.
    pub async fn delete(&self) -> Result<(), QueueError> {
        let channel = self.consuming.channel().await?;
        let deleting = self.topology.delete(&channel);
        Ok(self.consuming.reply("deleting the queues", deleting).await?)
    }

    async fn consumer(&self, line: Line, taken: QueueError) -> Result<Box<dyn Consumer>, QueueError> {
        if self.closing.is_cancelled() {
            return Err(QueueError::Closed);
        }
        let seat = self.seats.take(line).ok_or(taken)?;
        let beginning = Beginning {
            line,
            link: &self.consuming,
            topology: &self.topology,
            prefetch: self.options.prefetch,
            delivery_limit: self.options.delivery_limit,
            closing: &self.closing,
        };
        let (session, arriving) = Session::begin(beginning).await?;
        seat.seated(Arc::clone(&session));
        self.working.spawn(arriving.run());
        Ok(Box::new(RabbitConsumer::new(session, seat)))
    }
}

fn read(url: &str, options: &RabbitOptions) -> Result<(Address, Topology), OpenError> {
    let topology = Topology::new(options)
        .ok_or_else(|| OpenError::Address("the prefix must have 1 to 200 bytes".to_owned()))?;
    Ok((Address::parse(url, options.heartbeat)?, topology))
}

#[async_trait]
impl Queue for RabbitQueue {
    fn publisher(&self) -> Arc<dyn Publisher> {
        Arc::<RabbitPublisher>::clone(&self.publisher)
    }

    async fn consume(&self, partition: Partition) -> Result<Box<dyn Consumer>, QueueError> {
        self.consumer(Line::Partition(partition), QueueError::PartitionTaken(partition))
            .await
    }

    async fn dead(&self) -> Result<Box<dyn Consumer>, QueueError> {
        self.consumer(Line::Dead, QueueError::DeadTaken).await
    }

    async fn depths(&self) -> Result<Vec<PartitionDepth>, QueueError> {
        Ok(depths::depths(&self.consuming, &self.topology, &self.seats).await?)
    }

    fn events(&self) -> Option<Arc<dyn EventBus>> {
        Some(Arc::<RabbitEvents>::clone(&self.events))
    }

    async fn health(&self) -> Result<(), QueueError> {
        for link in [&self.publishing, &self.consuming] {
            match link.readiness() {
                Readiness::Ready => {}
                Readiness::Blocked(reason) => {
                    return Err(QueueError::Unavailable {
                        reason: reason.to_string(),
                    });
                }
                Readiness::Down(trouble) => return Err(trouble.into()),
            }
        }
        // The broker answers, and not only the network.
        self.publishing.channel().await?;
        Ok(())
    }

    async fn close(&self) {
        self.closing.cancel();
        self.working.close();
        let patience = self.options.publish_timeout + GOODBYE;
        if timeout(patience, self.working.wait()).await.is_err() {
            tracing::warn!("the queue is closed before all of its work has ended");
        }
        self.hanging_up.cancel();
        self.supervising.close();
        self.supervising.wait().await;
    }
}
