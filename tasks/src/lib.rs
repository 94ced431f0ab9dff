//! Tasks: what the nodes of a rule do.
//!
//! A task decides and never writes: from its input and the run's context it makes its output and a list of
//! [`Effect`]s, which a [`Desk`] applies to the ledger's books in memory. [`run`] steps a whole plan so; the
//! orchestrator commits what comes of it, a simulation shows it and forgets it.
//!
//! This room knows rules and the ledger, and nothing of stores, queues or HTTP. It reads no clock.

pub mod built_in;
mod catalogue;
mod desk;
mod effect;
mod error;
pub mod example;
pub mod input;
mod run;
mod simulate;
mod spec;

pub use catalogue::{Ledgered, TaskContext, Tasks};
pub use desk::{ApplyError, Desk, KnownTransaction, Needs, PostedTransaction, SentEvent};
pub use effect::{Decision, Effect, EventDraft, Numbering};
pub use error::TaskError;
pub use run::{Company, Run, RunEnd, RunStatus, RunSubject, run};
pub use simulate::{Simulation, SimulationError, TaskResult, simulate};
pub use spec::{TaskKind, TaskSpec};
