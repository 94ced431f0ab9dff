//! Runs a plan to its end, in one of the orders in which its tasks' answers may come.

use rules::{Context, EndStatus, Execution, NodeError, Plan, Progress, RunFault, TaskCall, TaskOutcome};

use super::cases::{Answer, Case};
use super::genes::Genes;

/// A run that has ended.
pub(crate) struct Ended<'p> {
    pub(crate) execution: Execution<'p>,
    /// The tasks, in the order in which they were called.
    pub(crate) calls: Vec<TaskCall<'p>>,
    /// How often it was asked what comes next.
    pub(crate) steps: usize,
}

impl Ended<'_> {
    pub(crate) fn end(&self) -> (EndStatus, Option<RunFault>) {
        self.execution.end()
    }
}

impl Case {
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            event: &self.event,
            company: &self.company,
            run: &self.run,
        }
    }

    pub(crate) fn outcome(&self, node_id: &str) -> TaskOutcome {
        match &self.answers[node_id] {
            Answer::Ok(output) => TaskOutcome::Success(output.clone()),
            Answer::Err(code) => TaskOutcome::Failure(NodeError {
                code: code.clone(),
                message: format!("{node_id} failed"),
            }),
        }
    }
}

/// Steps a plan to its end. The genes decide whether a task answers at once, later without a word, or later
/// and says that it is out; and whose answer comes next. Without genes every task answers at once.
pub(crate) fn step<'p>(plan: &'p Plan, case: &Case, order: &mut Genes<'_>) -> Ended<'p> {
    let context = case.context();
    let mut ended = Ended {
        execution: Execution::new(plan),
        calls: Vec::new(),
        steps: 0,
    };
    let mut out: Vec<usize> = Vec::new();
    loop {
        ended.steps += 1;
        let execution = &mut ended.execution;
        match execution.advance(&context) {
            Progress::Ended => return ended,
            Progress::Waiting => assert!(!out.is_empty(), "nothing is out, so there is nothing to wait for"),
            Progress::Task(call) => {
                match order.below(3) {
                    0 => execution.settle(call.position, case.outcome(call.node_id)),
                    1 => out.push(call.position),
                    _ => {
                        execution.settle(call.position, TaskOutcome::Waiting);
                        out.push(call.position);
                    }
                }
                ended.calls.push(call);
                if !order.once_in(4) {
                    continue;
                }
            }
        }
        if !out.is_empty() {
            let position = out.swap_remove(order.below(out.len()));
            let node_id = plan.node_id(position).unwrap();
            ended.execution.settle(position, case.outcome(node_id));
        }
    }
}
