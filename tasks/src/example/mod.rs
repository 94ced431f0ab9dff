//! Examples of a rule: for an event, what is to come of it.
//!
//! A case is a JSON object. Only `event` and `expect` with its `status` must be there; what `expect` leaves out is
//! not compared.
//!
//! ```json
//! { "description": "A book is sold.",
//!   "event": { "total": "120.00" },
//!   "task_results": { "<node_id>": { "state": "failure", "error": { "code": "timeout", "message": "…" } } },
//!   "expect": {
//!     "status": "succeeded",
//!     "error_code": "insufficient_funds",
//!     "nodes": { "<node_id>": "success" },
//!     "entries": [ { "account": "revenue", "direction": "credit", "amount": "120.00", "currency": "BRL" } ],
//!     "events": [ "invoice.generated" ] } }
//! ```
//!
//! `entries` and `events` are complete and in order, since nodes take effect in one fixed order; `nodes` names those
//! that matter. Reading and comparing are pure: where cases are kept is the caller's business.

mod compare;
mod members;
mod read;

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::{AccountCode, Direction, Money};
use rules::{Finding, NodeState, Plan};
use serde_json::Value;
use uuid::Uuid;

use crate::{Company, RunSubject, Simulation, SimulationError, TaskResult, Tasks, simulate};

/// When every case's event is accepted: 2026-01-01T00:00:00Z, so that due dates and expiries can be foretold.
pub const ACCEPTED_AT: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// An event, and what is to come of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it shows, for people.
    pub description: Option<String>,
    /// The event, as it would come.
    pub event: Value,
    /// How the tasks of some nodes are to come out, instead of being run.
    pub task_results: BTreeMap<String, TaskResult>,
    /// What is to come of it.
    pub expected: Expected,
}

/// What is to come of an event. What is `None` is not compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// A simulation's status: a run's, or `ignored`.
    pub status: &'static str,
    /// The code of the fault that ended the run.
    pub error_code: Option<String>,
    /// The states of the nodes that matter, in the order of the case.
    pub nodes: Vec<(String, NodeState)>,
    /// Every entry of every ledger transaction, in order.
    pub entries: Option<Vec<ExpectedEntry>>,
    /// The type of every event that is sent, in order.
    pub events: Option<Vec<String>>,
}

/// An entry that is to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedEntry {
    /// The account.
    pub account: AccountCode,
    /// The side.
    pub direction: Direction,
    /// How much, above zero.
    pub amount: Money,
}

impl Case {
    /// Reads a case. Every member must be known.
    ///
    /// # Errors
    /// All that is wrong with it, each with a JSON Pointer into the case; never empty.
    pub fn from_json(value: &Value) -> Result<Self, Vec<Finding>> {
        read::case(value)
    }

    /// Runs the case on an empty ledger. The same case always comes out the same, ids included.
    ///
    /// # Errors
    /// See [`simulate`].
    pub fn simulate(
        &self,
        tasks: &Tasks,
        plan: &Plan,
        company: &Company,
    ) -> Result<Simulation, SimulationError> {
        let subject = RunSubject {
            plan,
            event: &self.event,
            company,
            run_id: Uuid::nil(),
            rule_id: Uuid::nil(),
            rule_version: 1,
            accepted_at: ACCEPTED_AT,
        };
        let mut last = 0_u128;
        let mut new_id = || {
            last = last.wrapping_add(1);
            Uuid::from_u128(last)
        };
        simulate(tasks, subject, &self.task_results, &mut new_id)
    }

    /// Where a simulation is not as expected, a sentence each; empty if it is.
    pub fn differences(&self, simulation: &Simulation) -> Vec<String> {
        compare::differences(&self.expected, simulation)
    }
}

#[cfg(test)]
mod tests;
