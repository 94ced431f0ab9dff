//! `emit_event`: any event.

use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::merged;
use crate::input::{EventType, Free, Parameters, check_literals, parameters, unknown_members};
use crate::spec::{object, schema_of};
use crate::{Decision, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

pub(super) struct EmitEvent;

parameters! {
    /// What `emit_event` takes. Other members are passed on to the event.
    pub(super) struct Input {
        /// The event's type: dotted lower-case words, such as `order.paid`.
        r#type: EventType,
        /// What the event says.
        data: Option<Free>,
    }
}

/// What `emit_event` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// The event's type.
    r#type: String,
}

impl Ledgered for EmitEvent {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.emit_event",
            title: "Event",
            description: "Sends an event of your own type.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
            example: json!({"type": "order.paid", "data": {"order": "$context.event.order_id"}}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        check_literals::<Input>(parameters, is_dynamic)
    }

    fn decide(&self, members: &Map<String, Value>, _: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let Input {
            r#type: EventType(event_type),
            data,
        } = Input::read_members(members)?;
        let extra = unknown_members::<Input>(members);
        let data = match data {
            None | Some(Free(Value::Null)) => extra,
            Some(Free(Value::Object(data))) => merged(data, extra),
            Some(Free(other)) => merged(object([("data", other)]), extra),
        };
        let output = object([("type", event_type.clone().into())]);
        Ok(Decision::of(output).telling(&event_type, data))
    }
}
