//! `generate_royalty` and `generate_commission`: a share of the amount becomes an expense that is owed to
//! somebody.

use ledger::{Decimal, EntryDraft, Rounding, TransactionDraft};
use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{account, account_of, amount, currency, merged};
use crate::effect::amount_members;
use crate::input::{
    Amount, CurrencyCode, DecimalNumber, Name, Parameters, check_literals, parameters, unknown_members,
};
use crate::spec::{object, schema_of};
use crate::{Decision, Effect, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

/// A share of revenue of one kind.
pub(super) struct RevenueShare {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    usual_percent: Decimal,
    expense: &'static str,
    payable: &'static str,
}

impl RevenueShare {
    pub(super) fn royalty() -> Self {
        Self {
            name: "payment.tasks.generate_royalty",
            title: "Royalty",
            description: "Debits royalty_expense and credits royalties_payable (of the beneficiary, if one is named) with \
                          a percentage of the amount, 10 unless said, rounded half to even.",
            usual_percent: Decimal::TEN,
            expense: "royalty_expense",
            payable: "royalties_payable",
        }
    }

    pub(super) fn commission() -> Self {
        Self {
            name: "payment.tasks.generate_commission",
            title: "Commission",
            description: "Debits commission_expense and credits commissions_payable (of the beneficiary, if one is named) \
                          with a percentage of the amount, 5 unless said, rounded half to even.",
            usual_percent: Decimal::from_parts(5, 0, 0, false, 0),
            expense: "commission_expense",
            payable: "commissions_payable",
        }
    }
}

parameters! {
    /// What a share of revenue takes. Other members are passed on to the transaction.
    pub(super) struct Input {
        /// The amount that the share is of; the event's `total` unless said.
        amount: Option<Amount>,
        /// In which currency; the event's, else the company's, unless said.
        currency: Option<CurrencyCode>,
        /// How many percent of it.
        percent: Option<DecimalNumber>,
        /// Who it is owed to: a part of the account's code.
        beneficiary: Option<Name>,
    }
}

/// What a share of revenue yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// The share.
    amount: String,
    /// Its currency.
    currency: String,
    /// How many percent it is.
    percent: String,
    /// Who it is owed to, if that was said.
    beneficiary: Option<String>,
    /// The ledger transaction; none where the share rounds to zero.
    transaction_id: Option<String>,
}

impl Ledgered for RevenueShare {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: self.name,
            title: self.title,
            description: self.description,
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
            example: json!({"percent": "12.5", "beneficiary": "$context.event.product.author"}),
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
        let currency = currency(input.currency, context)?;
        let base = amount(input.amount.as_ref(), currency, context)?;
        let percent = input
            .percent
            .map_or(self.usual_percent, |DecimalNumber(percent)| percent);
        let share = base.percent(percent, Rounding::HalfEven)?;
        let beneficiary = input.beneficiary.map(|Name(beneficiary)| beneficiary);
        let payable = account_of(self.payable, beneficiary.as_deref())?;
        let mut output: Map<String, Value> = amount_members(share).into_iter().collect();
        output.insert("percent".to_owned(), percent.normalize().to_string().into());
        output.insert("beneficiary".to_owned(), beneficiary.into());
        let decision = Decision::of(output);
        if share.is_zero() {
            return Ok(decision);
        }
        let entries = vec![
            EntryDraft::debit(account(self.expense)?, share),
            EntryDraft::credit(payable, share),
        ];
        let stated = object([
            ("base", base.to_decimal_string().into()),
            ("percent", percent.normalize().to_string().into()),
            ("rounding", "half_even".into()),
        ]);
        let draft = TransactionDraft::new(entries)?
            .with_description(self.title)
            .with_metadata(merged(stated, unknown_members::<Input>(members)));
        Ok(decision.with(Effect::Post(draft)))
    }
}
