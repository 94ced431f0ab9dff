//! Deterministic simulation of the worker.

mod memory_queue;
mod memory_store;

pub use memory_queue::{MemoryQueue, MemoryQueueOptions};
pub use memory_store::{Constraint, MemoryStore, Tables};
