//! How long the lines are.
//!
//! The broker tells, to whoever may declare a queue, how many messages wait in it. What it has handed to consumers it
//! does not tell here: of those of this process the sessions know, of those of others nobody.

use futures_util::future::try_join_all;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;

use super::failure::Trouble;
use super::link::Link;
use super::seats::Seats;
use super::topology::{Line, Topology};
use crate::message::PartitionDepth;
use crate::partition::Partition;

/// One per partition, in order. The broker is asked about all at once, on a channel of its own: one that is missing
/// would close it.
pub(super) async fn depths(
    link: &Link,
    topology: &Topology,
    seats: &Seats,
) -> Result<Vec<PartitionDepth>, Trouble> {
    let channel = link.channel().await?;
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let asking = Partition::all().map(|partition| {
        let queue = topology.queue(Line::Partition(partition));
        channel.queue_declare(queue, passive, FieldTable::default())
    });
    let queues = link
        .reply("asking for the queues' lengths", try_join_all(asking))
        .await?;
    let depths = Partition::all().zip(queues).map(|(partition, queue)| {
        let session = seats.session(Line::Partition(partition));
        let (ready_here, in_flight) = session.map_or((0, 0), |session| session.unsettled().depth());
        PartitionDepth {
            partition,
            ready: u64::from(queue.message_count()) + ready_here,
            in_flight,
            oldest_age: None,
        }
    });
    Ok(depths.collect())
}
