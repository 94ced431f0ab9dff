//! Who works on which partition of the queue.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Time;

/// A partition of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Partition {
    /// Its number, from 0.
    pub partition: u16,
    /// How often it changed hands.
    pub epoch: u64,
    /// Whose it is; null while it is free.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub owner: Option<PartitionOwner>,
}

/// The worker that has a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct PartitionOwner {
    /// Its id, a new one for every start of its process.
    pub worker: Uuid,
    /// How it is found: host and process.
    pub name: String,
    /// When its lease runs out if it is not renewed, by the database's clock.
    pub expires_at: Time,
}
