//! Deterministic simulation of the worker: the orchestrator's own code, unchanged, on a store and a queue in memory.
//!
//! A seed is a complete description of what happens. Time is the runtime's and stands still until nothing else is to be
//! done; everything runs on one thread; ids, clocks and chance come from the seed. From the seed come companies with
//! their rules and the messages of a router (`workload`), workers that start, are stopped, frozen and killed
//! (`scenario`), and what goes wrong with each of their calls (`faults`). A judge follows every step and says what does
//! not hold (`judge`): it knows what should come of the messages from running them one after another, alone.
//!
//! This room owns the kinds in memory, the faults and the invariants. It changes nothing of the worker and knows none
//! of its insides: only its public face, and the ports.

mod dice;
mod faults;
mod judge;
mod memory_queue;
mod memory_store;
mod panics;
mod scenario;
mod simulator;
mod trace;
mod virtual_clock;
mod workload;
mod world;

pub use memory_queue::{MemoryQueue, MemoryQueueOptions};
pub use memory_store::{Constraint, MemoryStore, Tables};
pub use simulator::{Report, Simulator};
pub use trace::Reader;
pub use virtual_clock::VirtualClock;

use dice::Dice;
