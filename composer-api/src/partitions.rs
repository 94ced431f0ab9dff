//! `GET /partitions`: which worker has which partition of the queue.

use api_types::{Page, Partition, PartitionOwner, Time};
use poem_openapi::{OpenApi, payload::Json};
use store::PartitionState;

use crate::{Refused, endpoint::State, problems, tags::Chapter};

/// The operation on partitions.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    ListPartitions(state.clone())
}

struct ListPartitions(State);

#[OpenApi(tag = "Chapter::Workers")]
impl ListPartitions {
    /// List partitions
    ///
    /// Every partition that ever had an owner, in order, all at once. One that stays free, or changes hands again and
    /// again, says that workers are missing or do not last.
    #[oai(path = "/partitions", method = "get", operation_id = "list_partitions")]
    async fn list(&self) -> Result<Json<Page<Partition>>, Refused> {
        let partitions = self.0.store.list_partitions().await;
        let partitions = partitions.map_err(problems::of_store)?;
        Ok(Json(Page {
            items: partitions.into_iter().map(shown).collect(),
            next_cursor: None,
        }))
    }
}

fn shown(state: PartitionState) -> Partition {
    Partition {
        partition: state.partition,
        epoch: state.epoch,
        owner: state.owner.map(owner),
    }
}

fn owner(owner: store::PartitionOwner) -> PartitionOwner {
    PartitionOwner {
        worker: owner.worker,
        name: owner.name,
        expires_at: Time::from(owner.expires_at),
    }
}
