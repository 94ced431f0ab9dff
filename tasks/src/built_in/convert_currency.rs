//! `convert_currency`: an amount of one currency becomes one of another, through the account `exchange`.

use ledger::{EntryDraft, Rounding, TransactionDraft};
use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{account, merged, positive_amount};
use crate::input::{
    AccountName, Amount, CurrencyCode, DecimalNumber, Parameters, RoundingMode, check_literals, parameters,
    unknown_members,
};
use crate::spec::{object, schema_of};
use crate::{Decision, Effect, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

pub(super) struct ConvertCurrency;

parameters! {
    /// What `convert_currency` takes. Other members are passed on to the transaction.
    pub(super) struct Input {
        /// The currency that is given up.
        from: CurrencyCode,
        /// The currency that is received.
        to: CurrencyCode,
        /// How much is given up, in `from`; the event's `total` unless said.
        amount: Option<Amount>,
        /// How much of `to` one unit of `from` is worth.
        rate: DecimalNumber,
        /// How the result is rounded; `half_even` unless said.
        rounding: Option<RoundingMode>,
        /// The account whose money is converted; `settlement` unless said.
        account: Option<AccountName>,
    }
}

/// What `convert_currency` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// How much was given up.
    from_amount: String,
    /// In which currency.
    from_currency: String,
    /// How much was received.
    amount: String,
    /// In which currency.
    currency: String,
    /// At which rate.
    rate: String,
    /// How it was rounded.
    rounding: String,
    /// The ledger transaction.
    transaction_id: String,
}

impl Ledgered for ConvertCurrency {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.convert_currency",
            title: "Convert",
            description: "Converts an amount at a stated rate: the account gives up one currency and receives the other, both \
                          against `exchange`. Rate and rounding stand in the transaction.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
            example: json!({"from": "USD", "to": "BRL", "rate": "5.4321"}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        check_literals::<Input>(parameters, is_dynamic)
    }

    fn decide(&self, members: &Map<String, Value>, context: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let input = Input::read_members(members)?;
        let (CurrencyCode(from), CurrencyCode(to), DecimalNumber(rate)) = (input.from, input.to, input.rate);
        if from == to {
            return Err(TaskError::invalid_input(format!(
                "`from` and `to` are both {from}: expected two currencies"
            )));
        }
        let given = positive_amount(input.amount.as_ref(), from, context)?;
        let rounding = input
            .rounding
            .map_or(Rounding::HalfEven, |RoundingMode(rounding)| rounding);
        let received = given.convert(rate, to, rounding)?.require_positive()?;
        let owner = input
            .account
            .map_or_else(|| account("settlement"), |AccountName(code)| Ok(code))?;
        let exchange = account("exchange")?;
        let entries = vec![
            EntryDraft::credit(owner.clone(), given),
            EntryDraft::debit(exchange.clone(), given),
            EntryDraft::debit(owner, received),
            EntryDraft::credit(exchange, received),
        ];
        let stated = object([
            ("rate", rate.to_string().into()),
            ("rounding", rounding.to_string().into()),
        ]);
        let draft = TransactionDraft::new(entries)?
            .with_description("Conversion")
            .with_metadata(merged(stated, unknown_members::<Input>(members)));
        let output = object([
            ("from_amount", given.to_decimal_string().into()),
            ("from_currency", from.code().into()),
            ("amount", received.to_decimal_string().into()),
            ("currency", to.code().into()),
            ("rate", rate.to_string().into()),
            ("rounding", rounding.to_string().into()),
        ]);
        Ok(Decision::of(output).with(Effect::Post(draft)))
    }
}
