//! `abort_flow`: ends the run.

use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::input::{Parameters, check_literals, parameters};
use crate::spec::{object, schema_of};
use crate::{Decision, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

pub(super) struct AbortFlow;

parameters! {
    /// What `abort_flow` takes.
    pub(super) struct Input {
        /// Why the run ends, for the people who look at it.
        reason: Option<String>,
    }
}

/// What `abort_flow` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// The reason, if one was given.
    reason: Option<String>,
}

impl Ledgered for AbortFlow {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.abort_flow",
            title: "Abort",
            description: "Ends the run as aborted: what is in this wave finishes, all later nodes are skipped.",
            kind: TaskKind::Ledgered,
            ends_run: true,
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
            example: json!({"reason": "not a product"}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        check_literals::<Input>(parameters, is_dynamic)
    }

    fn decide(&self, input: &Map<String, Value>, _: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let Input { reason } = Input::read_members(input)?;
        Ok(Decision::of(object([("reason", reason.into())])))
    }
}
