//! `GET /partitions`: which worker has which partition of the queue.

use poem_openapi::{Object, OpenApi, payload::Json};
use service::Page;
use store::{PartitionOwner, PartitionState};
use uuid::Uuid;

use crate::{endpoint::State, problems, refused::Refused, tags::Chapter, time::Time};

/// The operation on partitions.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    ListPartitions(state.clone())
}

struct ListPartitions(State);

/// A partition of the queue.
#[derive(Debug, Object)]
#[oai(rename = "Partition")]
struct Listed {
    /// Its number, from 0.
    partition: u16,
    /// How often it changed hands.
    epoch: u64,
    /// Whose it is; null while it is free.
    #[oai(nullable)]
    owner: Option<Owner>,
}

/// The worker that has a partition.
#[derive(Debug, Object)]
#[oai(rename = "PartitionOwner")]
struct Owner {
    /// Its id, a new one for every start of its process.
    worker: Uuid,
    /// How it is found: host and process.
    name: String,
    /// When its lease runs out if it is not renewed, by the database's clock.
    expires_at: Time,
}

#[OpenApi(tag = "Chapter::Workers")]
impl ListPartitions {
    /// List partitions
    ///
    /// Every partition that ever had an owner, in order, all at once. One that stays free, or changes hands again and
    /// again, says that workers are missing or do not last.
    #[oai(path = "/partitions", method = "get", operation_id = "list_partitions")]
    async fn list(&self) -> Result<Json<Page<Listed>>, Refused> {
        let partitions = self.0.store.list_partitions().await;
        let partitions = partitions.map_err(problems::of_store)?;
        Ok(Json(Page {
            items: partitions.into_iter().map(Listed::from).collect(),
            next_cursor: None,
        }))
    }
}

impl From<PartitionState> for Listed {
    fn from(state: PartitionState) -> Self {
        Self {
            partition: state.partition,
            epoch: state.epoch,
            owner: state.owner.map(Owner::from),
        }
    }
}

impl From<PartitionOwner> for Owner {
    fn from(owner: PartitionOwner) -> Self {
        Self {
            worker: owner.worker,
            name: owner.name,
            expires_at: Time(owner.expires_at),
        }
    }
}
