//! Running a plan for one event, in memory, from its first node to its end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::Currency;
use rules::{
    Context, EndStatus, Execution, NodeError, Plan, Progress, RunFault, TaskCall, TaskOutcome, Verdict,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::desk::{Applied, Desk, Origin};
use crate::{ApplyError, Needs, PostedTransaction, SentEvent, TaskContext, TaskError, TaskResult, Tasks};

/// A company, as its runs see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its id.
    pub company_id: Uuid,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// The currency of amounts that name none.
    pub currency: Currency,
}

impl Company {
    /// The company as `$context.company` shows it.
    pub fn to_json(&self) -> Value {
        json!({
            "company_id": self.company_id.to_string(),
            "name": self.name,
            "plan": self.plan,
            "region": self.region,
            "currency": self.currency.code(),
        })
    }
}

/// What is run: a plan, for an event.
#[derive(Debug, Clone, Copy)]
pub struct RunSubject<'s> {
    /// The plan.
    pub plan: &'s Plan,
    /// The event, as it came.
    pub event: &'s Value,
    /// Whose it is.
    pub company: &'s Company,
    /// The run's id.
    pub run_id: Uuid,
    /// The rule that the plan was compiled from.
    pub rule_id: Uuid,
    /// Its version.
    pub rule_version: u32,
    /// When the event was accepted.
    pub accepted_at: Timestamp,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    /// No failure and no error went unhandled.
    Succeeded,
    /// At least one did.
    Failed,
    /// A task ended it.
    Aborted,
    /// It failed or was aborted, and something that it did could not be undone.
    CompensationFailed,
}

impl RunStatus {
    /// The status as it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::CompensationFailed => "compensation_failed",
        }
    }
}

/// How a run ended, and why if not well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// How.
    pub status: RunStatus,
    /// Why. The node is named unless the fault is the rule's `when`.
    pub fault: Option<RunFault>,
}

/// A run that came to its end, with all that it did.
#[derive(Debug)]
pub struct Run<'p> {
    /// How it ended.
    pub end: RunEnd,
    /// How each node did.
    pub execution: Execution<'p>,
    /// The ledger transactions that it posted, in order.
    pub transactions: Vec<PostedTransaction>,
    /// The events that it sent, in order.
    pub events: Vec<SentEvent>,
}

/// Runs a plan to its end, its effects applied to the desk. `results` replaces the tasks of the nodes that it
/// names.
///
/// # Errors
/// What the desk should have been told of and was not; the desk must then be thrown away.
pub fn run<'s>(
    tasks: &Tasks,
    subject: RunSubject<'s>,
    results: &BTreeMap<String, TaskResult>,
    desk: &mut Desk,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Result<Run<'s>, Needs> {
    let company = subject.company.to_json();
    let verdict = subject.plan.when(subject.event, &company);
    if verdict.verdict == Verdict::Error {
        let reason = verdict
            .comparisons
            .into_iter()
            .find_map(|comparison| comparison.error);
        return Ok(Run::not_started(subject.plan, reason.unwrap_or_default()));
    }
    let run_json = json!({
        "id": subject.run_id.to_string(),
        "rule_id": subject.rule_id.to_string(),
        "rule_version": subject.rule_version,
        "accepted_at": subject.accepted_at.to_string(),
    });
    let context = Context {
        event: subject.event,
        company: &company,
        run: &run_json,
    };
    let mut runner = Runner {
        tasks,
        subject,
        results,
        desk,
        new_id,
        transactions: Vec::new(),
        events: Vec::new(),
        idle: Vec::new(),
    };
    let mut execution = Execution::new(subject.plan);
    runner.step(&mut execution, &context)?;
    let end = runner.end(&mut execution, &context)?;
    Ok(Run {
        end,
        execution,
        transactions: runner.transactions,
        events: runner.events,
    })
}

impl<'p> Run<'p> {
    fn not_started(plan: &'p Plan, reason: String) -> Self {
        let fault = RunFault {
            code: "when_not_comparable".to_owned(),
            message: reason,
            node_id: String::new(),
        };
        Self {
            end: RunEnd {
                status: RunStatus::Failed,
                fault: Some(fault),
            },
            execution: Execution::skipped(plan),
            transactions: Vec::new(),
            events: Vec::new(),
        }
    }
}

struct Runner<'r, 's> {
    tasks: &'r Tasks,
    subject: RunSubject<'s>,
    results: &'r BTreeMap<String, TaskResult>,
    desk: &'r mut Desk,
    new_id: &'r mut dyn FnMut() -> Uuid,
    transactions: Vec<PostedTransaction>,
    events: Vec<SentEvent>,
    /// The nodes that succeeded and did nothing, by their places.
    idle: Vec<usize>,
}

impl Runner<'_, '_> {
    fn step(&mut self, execution: &mut Execution<'_>, context: &Context<'_>) -> Result<(), Needs> {
        while let Progress::Task(call) = execution.advance(context) {
            let outcome = match self.results.get(call.node_id) {
                Some(result) => result.outcome(),
                None => self.perform(&call, "")?,
            };
            execution.settle(call.position, outcome);
        }
        Ok(())
    }

    /// Ends the run: what went well stands; what did not is undone, as far as its nodes say how.
    fn end(&mut self, execution: &mut Execution<'_>, context: &Context<'_>) -> Result<RunEnd, Needs> {
        let (status, fault) = execution.end();
        let status = match status {
            EndStatus::Succeeded => {
                return Ok(RunEnd {
                    status: RunStatus::Succeeded,
                    fault,
                });
            }
            EndStatus::Failed => RunStatus::Failed,
            EndStatus::Aborted => RunStatus::Aborted,
        };
        let mut undone = true;
        for position in execution.to_compensate() {
            // What a node did not do is not its to undo: its transaction was another's, or there was none.
            if self.idle.contains(&position) {
                continue;
            }
            let Some(call) = execution.compensation(position, context) else {
                continue;
            };
            let outcome = match call {
                Ok(call) => self.perform(&call, ":compensation")?,
                Err(error) => TaskOutcome::Failure(error),
            };
            undone &= matches!(outcome, TaskOutcome::Success(_));
            execution.settle_compensation(position, outcome);
        }
        Ok(RunEnd {
            status: if undone {
                status
            } else {
                RunStatus::CompensationFailed
            },
            fault,
        })
    }

    fn perform(&mut self, call: &TaskCall<'_>, suffix: &'static str) -> Result<TaskOutcome, Needs> {
        let (mut output, effects) = match self.decide(call) {
            Ok(decision) => (decision.output, decision.effects),
            Err(error) => return Ok(TaskOutcome::Failure(NodeError::from(error))),
        };
        let origin = Origin {
            company_id: self.subject.company.company_id,
            run_id: self.subject.run_id,
            node_id: call.node_id,
            suffix,
            accepted_at_ms: self.subject.accepted_at.as_millisecond(),
        };
        let has_effects = !effects.is_empty();
        match self.desk.apply(effects, origin, self.new_id) {
            Ok(applied) => {
                if !has_effects || applied.is_repeat {
                    self.idle.push(call.position);
                }
                self.keep(applied, &mut output);
                Ok(TaskOutcome::Success(Value::Object(output)))
            }
            Err(ApplyError::Rejected(error)) => Ok(TaskOutcome::Failure(error)),
            Err(ApplyError::Unforeseen(needs)) => Err(*needs),
        }
    }

    fn decide(&mut self, call: &TaskCall<'_>) -> Result<crate::Decision, TaskError> {
        let Some(task) = self.tasks.get(call.task) else {
            return Err(TaskError::new(
                "unknown_task",
                "this program does not have the task of this node",
            ));
        };
        let context = TaskContext {
            event: self.subject.event,
            currency: self.subject.company.currency,
            accepted_at: self.subject.accepted_at,
            new_id: (self.new_id)(),
        };
        task.decide(&call.input, &context)
    }

    fn keep(&mut self, applied: Applied, output: &mut Map<String, Value>) {
        output.extend(applied.yields);
        self.transactions.extend(applied.transactions);
        self.events.extend(applied.events);
    }
}
