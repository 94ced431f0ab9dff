//! `generate_shipment` and `duplicate_shipment`: something is to be sent.

use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::merged;
use crate::input::{Free, Parameters, check_literals, parameters, unknown_members};
use crate::spec::{object, schema_of};
use crate::{Decision, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

pub(super) struct GenerateShipment;
pub(super) struct DuplicateShipment;

parameters! {
    /// What `generate_shipment` takes. Other members are passed on to the event.
    pub(super) struct Shipment {
        /// What is sent.
        product_id: Option<String>,
        /// Where it is sent: a text or an object.
        address: Option<Free>,
        /// How many; 1 unless said.
        quantity: Option<u32>,
    }
}

parameters! {
    /// What `duplicate_shipment` takes. Other members are passed on to the event.
    pub(super) struct Duplicate {
        /// What is sent.
        product_id: Option<String>,
        /// Where it is sent: a text or an object.
        address: Option<Free>,
        /// How many; 1 unless said.
        quantity: Option<u32>,
        /// How many copies of the shipment; 1 unless said.
        copies: Option<u32>,
    }
}

/// What a shipment yields: the same as its event says.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// What is sent.
    product_id: Option<String>,
    /// Where it is sent.
    address: Value,
    /// How many.
    quantity: u32,
    /// Whether this is a copy of a shipment that was asked for before.
    copy: bool,
    /// How many copies, if it is one.
    copies: Option<u32>,
}

impl Ledgered for GenerateShipment {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.generate_shipment",
            title: "Shipment",
            description: "Sends `shipment.requested`.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Shipment>(),
            output_schema: schema_of::<Output>(),
            example: json!({"product_id": "$context.event.product.id", "address": "$context.event.address"}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        check_literals::<Shipment>(parameters, is_dynamic)
    }

    fn decide(&self, members: &Map<String, Value>, _: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let Shipment {
            product_id,
            address,
            quantity,
        } = Shipment::read_members(members)?;
        let output = object([
            ("product_id", product_id.into()),
            ("address", address.map_or(Value::Null, |Free(address)| address)),
            ("quantity", at_least_one("quantity", quantity)?.into()),
            ("copy", false.into()),
        ]);
        let data = merged(output.clone(), unknown_members::<Shipment>(members));
        Ok(Decision::of(output).telling("shipment.requested", data))
    }
}

impl Ledgered for DuplicateShipment {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.duplicate_shipment",
            title: "Duplicate shipment",
            description: "Sends `shipment.requested` once more, marked as a copy.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Duplicate>(),
            output_schema: schema_of::<Output>(),
            example: json!({"product_id": "$context.event.product.id", "copies": 1}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        check_literals::<Duplicate>(parameters, is_dynamic)
    }

    fn decide(&self, members: &Map<String, Value>, _: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let Duplicate {
            product_id,
            address,
            quantity,
            copies,
        } = Duplicate::read_members(members)?;
        let output = object([
            ("product_id", product_id.into()),
            ("address", address.map_or(Value::Null, |Free(address)| address)),
            ("quantity", at_least_one("quantity", quantity)?.into()),
            ("copy", true.into()),
            ("copies", at_least_one("copies", copies)?.into()),
        ]);
        let data = merged(output.clone(), unknown_members::<Duplicate>(members));
        Ok(Decision::of(output).telling("shipment.requested", data))
    }
}

fn at_least_one(name: &str, number: Option<u32>) -> Result<u32, TaskError> {
    match number.unwrap_or(1) {
        0 => Err(TaskError::invalid_input(format!(
            "`{name}` is 0: expected at least 1"
        ))),
        number => Ok(number),
    }
}
