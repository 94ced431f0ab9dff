//! The shapes of the composer's API, and those of the payments API that both show: what they answer, and what they take.
//!
//! This room owns how they look as JSON, for the server that writes them and for the browser that reads them, so that
//! neither can drift from the other. It does no I/O, reads no clock, knows no store, and compiles to WebAssembly; with
//! the feature `openapi` the same types are the schemas of the OpenAPI document.
//!
//! Invariants:
//!
//! - What a company wrote (a rule, an event, an output) is [`JsonText`] or [`JsonObject`]: text that passes through as
//!   it is, every digit and every member in its place. To look inside, hand the text to `rules::json::parse`.
//! - Amounts are decimal strings with all of their currency's digits, beside their currency. Nothing here is a float.
//! - Members may be added, never renamed. A reader passes over those that it does not know.

mod company;
mod dead_letter;
mod json;
mod ledger;
mod node;
#[cfg(feature = "openapi")]
mod openapi;
mod page;
mod partition;
mod problem;
mod publication;
mod rule;
mod run;
mod simulation;
mod statistics;
mod task;
mod time;

pub use company::{Company, NewCompany};
pub use dead_letter::{BodyEncoding, DeadLetter, DeadLetterStatus};
pub use json::{JsonObject, JsonText, NotJson};
pub use ledger::{
    AccountKind, Balance, CurrencyTotal, Direction, Entry, KindTotal, LedgerTotals, LedgerTransaction,
};
pub use node::{Comparison, Compensation, CompensationState, NodeError, NodeResult, NodeResults, NodeState};
pub use page::Page;
pub use partition::{Partition, PartitionOwner};
pub use problem::{FieldError, Problem};
pub use publication::{Publication, PublicationNotice, PublishedRule, PublishingCompany};
pub use rule::{RecentRun, Rule, RuleDocument, RuleStatus, RuleVersion, RuleVersionSummary, Validation};
pub use run::{Run, RunDetails, RunError, RunStatus, SentEvent};
pub use simulation::{
    SimulatedEntry, SimulatedEvent, SimulatedTransaction, Simulation, SimulationRequest, TaskOutcome,
    TaskResult,
};
pub use statistics::{Amount, Latency, OutboxFigures, QueueFigures, Statistics, StatisticsStep};
pub use task::{Task, TaskKind};
pub use time::Time;
