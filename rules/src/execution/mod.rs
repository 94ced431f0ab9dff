//! Stepping a plan for one event.
//!
//! An [`Execution`] says which task comes next; the caller runs it and says how it went. Conditions are
//! evaluated on the way. Nodes are looked at in one fixed order (wave, then id) and only once all they
//! wait for has settled, so the outcome depends on the rule, the event and the tasks' results alone,
//! never on when a result arrives.
//!
//! An abort finishes its wave: what is in it, or in an earlier one, and can start does; all else is
//! skipped; what is waiting is waited for. If that aborts an earlier wave, the earlier one holds.

mod compensation;
mod record;

use std::borrow::Cow;

use serde_json::{Map, Value};

pub use self::compensation::CompensationState;
pub use self::record::{Compensation, NodeError, NodeRecord, NodeRecords, NodeState};
use crate::budget::{Budget, TooLarge};
use crate::catalogue::TaskId;
use crate::condition::Verdict;
use crate::json::MAX_DEPTH;
use crate::model::{EdgeState, OnFailure, Quantifier};
use crate::plan::{Context, Plan, PlanKind, PlanNode, PlanTask};
use crate::scope::{NodePart, NodeValues, Scope};
use crate::template::Template;

/// One run of a plan, as far as it has come.
#[derive(Debug, Clone)]
pub struct Execution<'p> {
    plan: &'p Plan,
    /// In the order of the document, as the plan's nodes.
    records: Vec<NodeRecord>,
    abort: Option<Abort>,
    /// How many nodes have settled by running, for the order in which they are compensated.
    settled: u32,
    /// Where in the plan's order to look next.
    cursor: usize,
    /// Whether a node before the cursor still waits for another.
    blocked: bool,
    /// What its nodes may still copy; none until the first does.
    budget: Option<Budget>,
}

#[derive(Debug, Clone, Copy)]
struct Abort {
    position: usize,
    wave: u32,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress<'p> {
    /// Run this task, and say how it went with [`Execution::settle`].
    Task(TaskCall<'p>),
    /// Nothing can start until a task that is out has settled.
    Waiting,
    /// Every node has settled.
    Ended,
}

/// A task to run.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskCall<'p> {
    /// The node, by its place in the document.
    pub position: usize,
    /// The node's id.
    pub node_id: &'p str,
    /// The task.
    pub task: TaskId,
    /// Its parameters, with all paths followed.
    pub input: Map<String, Value>,
}

/// How a task went.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskOutcome {
    /// It succeeded, with this output.
    Success(Value),
    /// It failed for good.
    Failure(NodeError),
    /// It is out; [`Execution::settle`] is called again when it comes back.
    Waiting,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndStatus {
    /// No failure and no error went unhandled.
    Succeeded,
    /// At least one did.
    Failed,
    /// A task ended it; this outranks `Failed`.
    Aborted,
}

/// Why a run ended as it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFault {
    /// A stable name of the fault.
    pub code: String,
    /// What happened.
    pub message: String,
    /// The node where it happened.
    pub node_id: String,
}

impl<'p> Execution<'p> {
    /// Begins a run: every node is pending.
    pub fn new(plan: &'p Plan) -> Self {
        let records = vec![NodeRecord::default(); plan.nodes.len()];
        Self {
            plan,
            records,
            abort: None,
            settled: 0,
            cursor: 0,
            blocked: false,
            budget: None,
        }
    }

    /// A run that ended before it began: every node is skipped.
    pub fn skipped(plan: &'p Plan) -> Self {
        let mut execution = Self::new(plan);
        for record in &mut execution.records {
            record.state = NodeState::Skipped;
        }
        execution
    }

    /// The nodes' records, in the order of the document.
    pub fn records(&self) -> &[NodeRecord] {
        &self.records
    }

    /// The plan that is run.
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// The nodes' records by id, in the order of the document, as they stand in runs and simulations.
    pub fn nodes(&self) -> NodeRecords<'_> {
        NodeRecords {
            plan: self.plan,
            records: &self.records,
        }
    }

    /// Goes on until a task has to run or nothing more can: evaluates conditions and skips nodes on the way.
    /// Asking again before the task has settled goes on with what does not depend on it.
    pub fn advance(&mut self, context: &Context<'_>) -> Progress<'p> {
        let plan = self.plan;
        while let Some(&position) = plan.order.get(self.cursor) {
            self.cursor += 1;
            let Some(node) = plan.nodes.get(position) else {
                continue;
            };
            if self.state(position) != NodeState::Pending {
                continue;
            }
            match self.readiness(node) {
                Readiness::Blocked => self.blocked = true,
                Readiness::Skip => self.update(position, |record| record.state = NodeState::Skipped),
                Readiness::Run => {
                    if let Some(call) = self.start(position, node, context) {
                        return Progress::Task(call);
                    }
                }
            }
        }
        self.come_to_rest()
    }

    fn come_to_rest(&mut self) -> Progress<'p> {
        if self.abort.is_some() {
            for record in &mut self.records {
                if record.state == NodeState::Pending {
                    record.state = NodeState::Skipped;
                }
            }
        }
        let is_out = |record: &NodeRecord| !record.state.is_settled();
        if self.records.iter().any(is_out) {
            Progress::Waiting
        } else {
            Progress::Ended
        }
    }

    fn start(&mut self, position: usize, node: &'p PlanNode, context: &Context<'_>) -> Option<TaskCall<'p>> {
        match &node.kind {
            PlanKind::Condition(condition) => {
                let mut comparisons = Vec::new();
                let mut budget = self.take_budget(context);
                let verdict = condition.evaluate(&self.scope(context), &mut budget, &mut comparisons);
                self.budget = Some(budget);
                self.settle_condition(position, verdict, comparisons);
                None
            }
            PlanKind::Task(task) => {
                let input = self.input(&task.parameters, context);
                self.update(position, |record| {
                    record.state = NodeState::Running;
                    record.attempts = 1;
                });
                match input {
                    Ok(input) => Some(TaskCall {
                        position,
                        node_id: &node.id,
                        task: task.task,
                        input,
                    }),
                    Err(error) => {
                        self.settle(position, TaskOutcome::Failure(error));
                        None
                    }
                }
            }
        }
    }

    /// A task's parameters with all paths followed, unless that would be too much for the run to hold.
    fn input(
        &mut self,
        parameters: &Template,
        context: &Context<'_>,
    ) -> Result<Map<String, Value>, NodeError> {
        let mut budget = self.take_budget(context);
        let filled = parameters.fill(&self.scope(context), &mut budget);
        self.budget = Some(budget);
        filled.map(into_members).map_err(|TooLarge| NodeError {
            code: "input_too_large".to_owned(),
            message: format!(
                "the parameters nest deeper than {MAX_DEPTH} levels, or the run has copied 256 KiB and its event 8 times"
            ),
        })
    }

    /// What this run may still copy: begun with its event, shared by all its nodes.
    fn take_budget(&mut self, context: &Context<'_>) -> Budget {
        self.budget
            .take()
            .unwrap_or_else(|| Budget::for_event(context.event))
    }

    fn settle_condition(&mut self, position: usize, verdict: Verdict, comparisons: Vec<crate::Comparison>) {
        let (state, error) = match verdict {
            Verdict::Holds => (NodeState::Success, None),
            Verdict::Fails => (NodeState::Failure, None),
            Verdict::Error => {
                let reason = comparisons.iter().find_map(|comparison| comparison.error.clone());
                let message = reason.unwrap_or_default();
                (
                    NodeState::Error,
                    Some(NodeError {
                        code: "not_comparable".to_owned(),
                        message,
                    }),
                )
            }
        };
        self.settled += 1;
        let settled = self.settled;
        self.update(position, |record| {
            record.state = state;
            record.error = error;
            record.comparisons = comparisons;
            record.attempts = 1;
            record.settled = settled;
        });
    }

    /// Says how a task went. What has settled stays as it is: saying so again changes nothing.
    pub fn settle(&mut self, position: usize, outcome: TaskOutcome) {
        if !matches!(self.state(position), NodeState::Running | NodeState::Waiting) {
            return;
        }
        let (state, output, error) = match outcome {
            TaskOutcome::Waiting => {
                self.update(position, |record| record.state = NodeState::Waiting);
                return;
            }
            TaskOutcome::Success(output) => (NodeState::Success, Some(output), None),
            TaskOutcome::Failure(error) => (NodeState::Failure, None, Some(error)),
        };
        self.settled += 1;
        let settled = self.settled;
        self.update(position, |record| {
            record.state = state;
            record.output = output;
            record.error = error;
            record.settled = settled;
        });
        self.note_abort(position, state);
        if self.blocked {
            self.blocked = false;
            self.cursor = 0;
        }
    }

    fn note_abort(&mut self, position: usize, state: NodeState) {
        let Some(node) = self.plan.nodes.get(position) else {
            return;
        };
        let PlanKind::Task(PlanTask {
            ends_run, on_failure, ..
        }) = &node.kind
        else {
            return;
        };
        let ends = match state {
            NodeState::Success => *ends_run,
            NodeState::Failure => *on_failure == OnFailure::Abort,
            _ => false,
        };
        if ends && self.abort.is_none_or(|abort| self.comes_before(node, abort)) {
            self.abort = Some(Abort {
                position,
                wave: node.wave,
            });
        }
    }

    /// Of several aborts the first in the plan's order holds, whichever came first in time: what comes after a node that
    /// ends the run never runs.
    fn comes_before(&self, node: &PlanNode, abort: Abort) -> bool {
        let id = self.plan.node_id(abort.position).unwrap_or_default();
        (node.wave, node.id.as_str()) < (abort.wave, id)
    }

    /// How the run ended, and why if not well. Meaningful once [`advance`](Self::advance) says so.
    pub fn end(&self) -> (EndStatus, Option<RunFault>) {
        if let Some(abort) = self.abort {
            return (EndStatus::Aborted, Some(self.abort_fault(abort.position)));
        }
        let unhandled = self
            .plan
            .order
            .iter()
            .find(|&&position| self.is_unhandled(position));
        match unhandled {
            Some(&position) => (EndStatus::Failed, Some(self.fault(position))),
            None => (EndStatus::Succeeded, None),
        }
    }

    fn is_unhandled(&self, position: usize) -> bool {
        let Some(node) = self.plan.nodes.get(position) else {
            return false;
        };
        let went_wrong = match (&node.kind, self.state(position)) {
            (PlanKind::Condition(_), NodeState::Error) => true,
            (PlanKind::Task(task), NodeState::Failure) => task.on_failure != OnFailure::Continue,
            _ => false,
        };
        let ran = |handler: &usize| !matches!(self.state(*handler), NodeState::Pending | NodeState::Skipped);
        went_wrong && !node.handlers.iter().any(ran)
    }

    fn fault(&self, position: usize) -> RunFault {
        let error = self.records.get(position).and_then(|record| record.error.clone());
        let error = error.unwrap_or_else(|| NodeError {
            code: "failed".to_owned(),
            message: String::new(),
        });
        RunFault {
            code: error.code,
            message: error.message,
            node_id: self.id(position),
        }
    }

    fn abort_fault(&self, position: usize) -> RunFault {
        if self.state(position) == NodeState::Failure {
            return self.fault(position);
        }
        let output = self
            .records
            .get(position)
            .and_then(|record| record.output.as_ref());
        let reason = output
            .and_then(|output| output.get("reason"))
            .and_then(Value::as_str);
        RunFault {
            code: "aborted".to_owned(),
            message: reason.unwrap_or("the rule ended the run here").to_owned(),
            node_id: self.id(position),
        }
    }

    fn id(&self, position: usize) -> String {
        self.plan.node_id(position).unwrap_or_default().to_owned()
    }

    fn state(&self, position: usize) -> NodeState {
        self.records
            .get(position)
            .map_or(NodeState::Skipped, |record| record.state)
    }

    fn update(&mut self, position: usize, change: impl FnOnce(&mut NodeRecord)) {
        if let Some(record) = self.records.get_mut(position) {
            change(record);
        }
    }

    fn scope<'s>(&'s self, context: &Context<'s>) -> Scope<'s> {
        Scope {
            event: context.event,
            company: context.company,
            run: context.run,
            nodes: self,
        }
    }

    fn readiness(&self, node: &PlanNode) -> Readiness {
        if self.abort.is_some_and(|abort| node.wave > abort.wave) {
            return Readiness::Skip;
        }
        let (mut satisfied, mut dead) = (0_usize, 0_usize);
        for &(source, asked) in &node.edges {
            match is_satisfied(self.state(source), asked) {
                None => return Readiness::Blocked,
                Some(true) => satisfied += 1,
                Some(false) => dead += 1,
            }
        }
        let runs = match node.join {
            Quantifier::All => dead == 0,
            Quantifier::Any => satisfied > 0 || node.edges.is_empty(),
        };
        if runs { Readiness::Run } else { Readiness::Skip }
    }
}

enum Readiness {
    Blocked,
    Skip,
    Run,
}

/// Whether an edge is satisfied, or dead; none while its source has not settled.
fn is_satisfied(source: NodeState, asked: EdgeState) -> Option<bool> {
    match source {
        NodeState::Pending | NodeState::Running | NodeState::Waiting => None,
        NodeState::Skipped => Some(false),
        NodeState::Success => Some(matches!(asked, EdgeState::Success | EdgeState::Any)),
        NodeState::Failure => Some(matches!(asked, EdgeState::Failure | EdgeState::Any)),
        NodeState::Error => Some(matches!(asked, EdgeState::Error | EdgeState::Any)),
    }
}

fn into_members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

impl NodeValues for Execution<'_> {
    fn part(&self, index: usize, part: NodePart) -> Cow<'_, Value> {
        static NOTHING: Value = Value::Null;
        let Some(record) = self.records.get(index) else {
            return Cow::Borrowed(&NOTHING);
        };
        match part {
            NodePart::Output => Cow::Borrowed(record.output.as_ref().unwrap_or(&NOTHING)),
            NodePart::State => Cow::Owned(record.state.as_str().into()),
            NodePart::Error => Cow::Owned(record.error.as_ref().map_or(Value::Null, NodeError::to_json)),
            NodePart::Whole => Cow::Owned(record.context_json()),
        }
    }
}
