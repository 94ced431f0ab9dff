//! `hold`, `capture_hold` and `release_hold`: an amount reserved, then posted or freed.

use jiff::SignedDuration;
use ledger::HoldDraft;
use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{currency, positive_amount};
use crate::effect::amount_members;
use crate::input::{
    AccountName, Amount, CurrencyCode, Identifier, Parameters, Seconds, check_literals, parameters,
    unknown_members,
};
use crate::spec::{object, schema_of};
use crate::{Decision, Effect, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

/// A year: nobody reserves for longer.
const MAX_EXPIRY_S: u32 = 366 * 24 * 60 * 60;

pub(super) struct PlaceHold;
pub(super) struct CaptureHold;
pub(super) struct ReleaseHold;

parameters! {
    /// What `hold` takes.
    pub(super) struct HoldInput {
        /// The account that the amount is reserved on.
        account: AccountName,
        /// The account that a capture posts it to.
        to: AccountName,
        /// How much; the event's `total` unless said.
        amount: Option<Amount>,
        /// In which currency; the event's, else the company's, unless said.
        currency: Option<CurrencyCode>,
        /// In how many seconds from acceptance the hold expires; never unless said.
        expires_in_s: Option<Seconds>,
    }
}

parameters! {
    /// What `capture_hold` takes. Other members are passed on to the transaction.
    pub(super) struct CaptureInput {
        /// The hold, such as `$context.nodes['hold-1'].output.hold_id`.
        hold_id: Identifier,
        /// How much of it; all of it unless said. The rest is freed.
        amount: Option<Amount>,
    }
}

parameters! {
    /// What `release_hold` takes.
    pub(super) struct ReleaseInput {
        /// The hold, such as `$context.nodes['hold-1'].output.hold_id`.
        hold_id: Identifier,
    }
}

/// What `hold` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct HoldOutput {
    /// The hold.
    hold_id: String,
    /// How much is reserved.
    amount: String,
    /// In which currency.
    currency: String,
    /// When it expires, if it does (RFC 3339).
    expires_at: Option<String>,
}

/// What `capture_hold` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct CaptureOutput {
    /// The hold.
    hold_id: String,
    /// How much was posted.
    amount: String,
    /// In which currency.
    currency: String,
    /// The ledger transaction.
    transaction_id: String,
}

/// What `release_hold` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct ReleaseOutput {
    /// The hold.
    hold_id: String,
}

impl Ledgered for PlaceHold {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.hold",
            title: "Hold",
            description: "Reserves an amount on one account for another: it no longer counts as available.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<HoldInput>(),
            output_schema: schema_of::<HoldOutput>(),
            example: json!({"account": "wallet:7", "to": "merchant:42:payable", "expires_in_s": 604_800}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        check_literals::<HoldInput>(parameters, is_dynamic)
    }

    fn decide(&self, members: &Map<String, Value>, context: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let input = HoldInput::read_members(members)?;
        let currency = currency(input.currency, context)?;
        let amount = positive_amount(input.amount.as_ref(), currency, context)?;
        let expires_at = input
            .expires_in_s
            .map(|Seconds(seconds)| expiry(seconds, context))
            .transpose()?;
        let draft = HoldDraft {
            id: context.new_id,
            account: input.account.0,
            to: input.to.0,
            amount,
            expires_at_ms: expires_at.map(jiff::Timestamp::as_millisecond),
        };
        let mut output = object([("hold_id", draft.id.to_string().into())]);
        output.extend(amount_members(amount));
        output.insert(
            "expires_at".to_owned(),
            expires_at.map(|moment| moment.to_string()).into(),
        );
        Ok(Decision::of(output).with(Effect::PlaceHold(draft)))
    }
}

fn expiry(seconds: u32, context: &TaskContext<'_>) -> Result<jiff::Timestamp, TaskError> {
    if seconds == 0 || seconds > MAX_EXPIRY_S {
        return Err(TaskError::invalid_input(format!(
            "`expires_in_s` is {seconds}: expected 1 to {MAX_EXPIRY_S}"
        )));
    }
    let moment = context
        .accepted_at
        .checked_add(SignedDuration::from_secs(i64::from(seconds)));
    moment.map_err(|error| TaskError::invalid_input(error.to_string()))
}

impl Ledgered for CaptureHold {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.capture_hold",
            title: "Capture hold",
            description: "Posts what a hold reserved, or a part of it, and frees the rest.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<CaptureInput>(),
            output_schema: schema_of::<CaptureOutput>(),
            example: json!({"hold_id": "$context.nodes['hold-1'].output.hold_id"}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        check_literals::<CaptureInput>(parameters, is_dynamic)
    }

    fn decide(&self, members: &Map<String, Value>, _: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let CaptureInput {
            hold_id: Identifier(hold_id),
            amount,
        } = CaptureInput::read_members(members)?;
        let output = object([("hold_id", hold_id.to_string().into())]);
        Ok(Decision::of(output).with(Effect::CaptureHold {
            hold_id,
            amount: amount.map(|Amount(amount)| amount),
            metadata: unknown_members::<CaptureInput>(members),
        }))
    }
}

impl Ledgered for ReleaseHold {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.release_hold",
            title: "Release hold",
            description: "Frees what a hold reserved.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<ReleaseInput>(),
            output_schema: schema_of::<ReleaseOutput>(),
            example: json!({"hold_id": "$context.nodes['hold-1'].output.hold_id"}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        check_literals::<ReleaseInput>(parameters, is_dynamic)
    }

    fn decide(&self, members: &Map<String, Value>, _: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let ReleaseInput {
            hold_id: Identifier(hold_id),
        } = ReleaseInput::read_members(members)?;
        let output = object([("hold_id", hold_id.to_string().into())]);
        Ok(Decision::of(output).with(Effect::ReleaseHold { hold_id }))
    }
}
