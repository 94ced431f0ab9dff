//! `notify`: somebody is to be told.

use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::merged;
use crate::input::{Free, Parameters, check_literals, parameters, unknown_members};
use crate::spec::{object, schema_of};
use crate::{Decision, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

pub(super) struct Notify;

parameters! {
    /// What `notify` takes. Other members are passed on to the event.
    pub(super) struct Input {
        /// Who is to be told: a person, a department, an address.
        recipient: String,
        /// The message's template, by the name that the sender of messages knows.
        template: Option<String>,
        /// What the template is filled in with.
        data: Option<Free>,
    }
}

/// What `notify` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// Who is to be told.
    recipient: String,
    /// The message's template, if one was named.
    template: Option<String>,
}

impl Ledgered for Notify {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.notify",
            title: "Notify",
            description: "Sends `notification.requested`, for whoever sends the messages.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
            example: json!({"recipient": "royalties@example.com", "template": "book-sold", "data": {"total": "$context.event.total"}}),
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
            recipient,
            template,
            data,
        } = Input::read_members(members)?;
        let output = object([("recipient", recipient.into()), ("template", template.into())]);
        let mut event = output.clone();
        event.insert("data".to_owned(), data.map_or(Value::Null, |Free(data)| data));
        let event = merged(event, unknown_members::<Input>(members));
        Ok(Decision::of(output).telling("notification.requested", event))
    }
}
