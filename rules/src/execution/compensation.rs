//! Undoing what a run did before it ended badly: in the reverse order of settling.

use serde::Serialize;

use super::{Compensation, Execution, NodeError, NodeState, TaskCall, TaskOutcome};
use crate::plan::{Context, PlanKind};

/// How undoing a node went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CompensationState {
    /// It is undone.
    Succeeded,
    /// It could not be undone: a person has to look.
    Failed,
}

impl<'p> Execution<'p> {
    /// The nodes that succeeded and say how they are undone, last settled first. For a run that ended badly.
    pub fn to_compensate(&self) -> Vec<usize> {
        let mut positions: Vec<usize> = (0..self.records.len())
            .filter(|&position| {
                self.state(position) == NodeState::Success
                    && self.plan.nodes.get(position).is_some_and(
                        |node| matches!(&node.kind, PlanKind::Task(task) if task.compensate.is_some()),
                    )
            })
            .collect();
        positions.sort_by_key(|&position| {
            std::cmp::Reverse(self.records.get(position).map(|record| record.settled))
        });
        positions
    }

    /// The task that undoes a node, or why its parameters cannot be had; none if nothing undoes the node.
    pub fn compensation(
        &mut self,
        position: usize,
        context: &Context<'_>,
    ) -> Option<Result<TaskCall<'p>, NodeError>> {
        let node = self.plan.nodes.get(position)?;
        let PlanKind::Task(task) = &node.kind else {
            return None;
        };
        let (task, parameters) = task.compensate.as_ref()?;
        let input = self.input(parameters, context);
        Some(input.map(|input| TaskCall {
            position,
            node_id: &node.id,
            task: *task,
            input,
        }))
    }

    /// Notes how undoing a node went. One that is still out is noted when it comes back.
    pub fn settle_compensation(&mut self, position: usize, outcome: TaskOutcome) {
        let (state, output, error) = match outcome {
            TaskOutcome::Waiting => return,
            TaskOutcome::Success(output) => (CompensationState::Succeeded, Some(output), None),
            TaskOutcome::Failure(error) => (CompensationState::Failed, None, Some(error)),
        };
        self.update(position, |record| {
            record.compensation = Some(Compensation { state, output, error });
        });
    }
}
