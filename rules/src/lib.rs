//! The rule language.
//!
//! A rule is data, a plan is code: [`check()`] reads a document, finds every fault in it at once, and compiles
//! it; [`Execution`] steps the plan for one event. The crate does no I/O, reads no clock, knows no
//! task (it asks a [`Catalogue`]) and no ledger, and compiles to WebAssembly, so that the canvas validates
//! and simulates with the very code that runs payments.

mod budget;
mod catalogue;
mod check;
mod condition;
mod execution;
mod finding;
mod graph;
mod ids;
pub mod json;
pub mod model;
mod number;
mod operator;
mod path;
mod plan;
mod reachability;
mod read;
mod scope;
pub mod spelling;
mod template;
mod write;

pub use catalogue::{Catalogue, ParameterFault, TaskId, TaskTraits, full_task_name};
pub use check::{CheckedRule, Report, check};
pub use condition::{Comparison, Verdict};
pub use execution::{
    Compensation, CompensationState, EndStatus, Execution, NodeError, NodeRecord, NodeRecords, NodeState,
    Progress, RunFault, TaskCall, TaskOutcome,
};
pub use finding::{FINDING_CODES, Finding, Pointer};
pub use operator::Operator;
pub use plan::{Context, Plan, WhenVerdict};
