//! What a rule would do with an event: run on an empty ledger, and forgotten.

use std::collections::BTreeMap;

use rules::{NodeError, TaskOutcome, Verdict};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Desk, Run, RunSubject, Tasks, run};

/// How a node's task is to come out, instead of being run.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskResult {
    /// It succeeds, with this output.
    Success(Value),
    /// It fails.
    Failure {
        /// The fault's stable name.
        code: String,
        /// What happened.
        message: String,
    },
}

impl TaskResult {
    pub(crate) fn outcome(&self) -> TaskOutcome {
        match self {
            Self::Success(output) => TaskOutcome::Success(output.clone()),
            Self::Failure { code, message } => TaskOutcome::Failure(NodeError {
                code: code.clone(),
                message: message.clone(),
            }),
        }
    }
}

/// What a rule would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// A run's status, or `ignored`: the event is not for this rule.
    pub status: &'static str,
    /// Why it would end so, if not well: `{code, message, node_id}` or null.
    pub error: Value,
    /// The nodes by id, as in a run.
    pub nodes: Value,
    /// The ledger transactions that it would post.
    pub transactions: Vec<Value>,
    /// The events that it would send.
    pub events: Vec<Value>,
}

/// Why there was nothing to simulate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// A result was given for a node that the rule does not have.
    #[error("there is no node `{node_id}`.{hint}")]
    UnknownNode {
        /// The node.
        node_id: String,
        /// What was meant, perhaps.
        hint: String,
    },
    /// The simulation could not be shown.
    #[error("the simulation cannot be written as JSON: {0}")]
    Unwritable(String),
}

/// Runs a plan on an empty ledger: every account begins at zero, every number at 1.
///
/// # Errors
/// See [`SimulationError`].
pub fn simulate(
    tasks: &Tasks,
    subject: RunSubject<'_>,
    results: &BTreeMap<String, TaskResult>,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Result<Simulation, SimulationError> {
    check_results(subject, results)?;
    if subject
        .plan
        .when(subject.event, &subject.company.to_json())
        .verdict
        == Verdict::Fails
    {
        let execution = rules::Execution::skipped(subject.plan);
        let nodes = serde_json::to_value(execution.nodes()).map_err(|error| unwritable(&error))?;
        return Ok(Simulation {
            status: "ignored",
            error: Value::Null,
            nodes,
            transactions: Vec::new(),
            events: Vec::new(),
        });
    }
    // A desk from scratch knows everything that there is: nothing is unforeseen.
    let run = run(tasks, subject, results, &mut Desk::from_scratch(), new_id)
        .map_err(|needs| SimulationError::Unwritable(format!("it lacks {needs:?}")))?;
    show(&run)
}

fn check_results(
    subject: RunSubject<'_>,
    results: &BTreeMap<String, TaskResult>,
) -> Result<(), SimulationError> {
    let mut unknown = results
        .keys()
        .filter(|node_id| subject.plan.position(node_id).is_none());
    let Some(node_id) = unknown.next() else {
        return Ok(());
    };
    let known = (0..subject.plan.len()).filter_map(|position| subject.plan.node_id(position));
    let hint = rules::spelling::hint(node_id, known);
    Err(SimulationError::UnknownNode {
        node_id: node_id.clone(),
        hint,
    })
}

fn show(run: &Run<'_>) -> Result<Simulation, SimulationError> {
    let error = run.end.fault.as_ref().map_or(Value::Null, |fault| {
        let node_id = (!fault.node_id.is_empty()).then_some(fault.node_id.as_str());
        json!({"code": fault.code, "message": fault.message, "node_id": node_id})
    });
    Ok(Simulation {
        status: run.end.status.as_str(),
        error,
        nodes: serde_json::to_value(run.execution.nodes()).map_err(|error| unwritable(&error))?,
        transactions: run.transactions.iter().map(show_transaction).collect(),
        events: run.events.iter().map(show_event).collect(),
    })
}

fn show_transaction(transaction: &crate::PostedTransaction) -> Value {
    let entries = transaction.entries.iter().map(|entry| {
        json!({
            "account": entry.key.code.as_str(),
            "direction": entry.direction.name(),
            "amount": entry.amount.to_decimal_string(),
            "currency": entry.amount.currency().code(),
            "balance_after": entry.balance_after.to_decimal_string(),
        })
    });
    json!({
        "node_id": transaction.node_id,
        "reference": transaction.draft.reference(),
        "description": transaction.draft.description(),
        "metadata": transaction.draft.metadata(),
        "entries": entries.collect::<Vec<_>>(),
    })
}

fn show_event(event: &crate::SentEvent) -> Value {
    json!({"node_id": event.node_id, "type": event.event_type, "data": event.data})
}

fn unwritable(error: &serde_json::Error) -> SimulationError {
    SimulationError::Unwritable(error.to_string())
}
