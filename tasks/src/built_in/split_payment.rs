//! `split_payment`: an amount divided among accounts, to the cent.

use ledger::{AccountCode, EntryDraft, Money, Share, TransactionDraft, split};
use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{account, currency, merged, positive_amount};
use crate::effect::amount_members;
use crate::input::{
    AccountName, AccountType, Amount, CurrencyCode, DecimalNumber, Parameters, check_literals, parameters,
    unknown_members,
};
use crate::spec::{object, schema_of};
use crate::{Decision, Effect, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

pub(super) struct SplitPayment;

parameters! {
    /// What `split_payment` takes. Other members are passed on to the transaction.
    pub(super) struct Input {
        /// How much is divided; the event's `total` unless said.
        amount: Option<Amount>,
        /// In which currency; the event's, else the company's, unless said.
        currency: Option<CurrencyCode>,
        /// The account that is debited; `settlement` unless said.
        from: Option<AccountName>,
        /// Who gets how much. Percentages and amounts together must cover the whole.
        #[schemars(length(min = 1))]
        shares: Vec<ShareInput>,
    }
}

parameters! {
    /// One share.
    pub(super) struct ShareInput {
        /// The account that is credited.
        account: AccountName,
        /// How many percent of the whole; this or `amount`.
        percent: Option<DecimalNumber>,
        /// How much; this or `percent`.
        amount: Option<Amount>,
        /// The kind that the account opens with, or must have.
        kind: Option<AccountType>,
    }
}

/// What `split_payment` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// The whole.
    amount: String,
    /// Its currency.
    currency: String,
    /// What each share came to, in order.
    shares: Vec<ShareOutput>,
    /// The ledger transaction.
    transaction_id: String,
}

/// What one share came to.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct ShareOutput {
    /// The account.
    account: String,
    /// How much it got.
    amount: String,
}

impl Ledgered for SplitPayment {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.split_payment",
            title: "Split",
            description: "Debits one account and credits each share; what rounding leaves goes to the largest remainders, so \
                          that the shares add up to the cent.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
            example: json!({"shares": [
                {"account": "merchant:42:payable", "percent": "85"},
                {"account": "fees_income", "percent": "15", "kind": "revenue"},
            ]}),
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
        let total = positive_amount(input.amount.as_ref(), currency, context)?;
        let shares: Vec<Share> = input
            .shares
            .iter()
            .enumerate()
            .map(|(index, share)| share.read(index, total))
            .collect::<Result<_, _>>()?;
        let amounts = split(total, &shares)?;
        let from = input
            .from
            .map_or_else(|| account("settlement"), |AccountName(from)| Ok(from))?;
        let draft = TransactionDraft::new(entries(from, total, &input.shares, &amounts))?
            .with_description("Split")
            .with_metadata(merged(
                object([("rounding", "largest_remainder".into())]),
                unknown_members::<Input>(members),
            ));
        let mut output: Map<String, Value> = amount_members(total).into_iter().collect();
        let shown = input.shares.iter().zip(&amounts).map(|(share, amount)| {
            json!({"account": share.account.0.as_str(), "amount": amount.to_decimal_string()})
        });
        output.insert("shares".to_owned(), shown.collect());
        Ok(Decision::of(output).with(Effect::Post(draft)))
    }
}

/// The debit of the whole, and a credit for every share that is not zero.
fn entries(from: AccountCode, total: Money, shares: &[ShareInput], amounts: &[Money]) -> Vec<EntryDraft> {
    let credits = shares
        .iter()
        .zip(amounts)
        .filter(|(_, amount)| amount.is_positive());
    let credits = credits.map(|(share, amount)| {
        let credit = EntryDraft::credit(share.account.0.clone(), *amount);
        match share.kind {
            Some(AccountType(kind)) => credit.of_kind(kind),
            None => credit,
        }
    });
    std::iter::once(EntryDraft::debit(from, total))
        .chain(credits)
        .collect()
}

impl ShareInput {
    fn read(&self, index: usize, total: Money) -> Result<Share, TaskError> {
        match (&self.percent, &self.amount) {
            (Some(DecimalNumber(percent)), None) => Ok(Share::Percent(*percent)),
            (None, Some(amount)) => Ok(Share::Amount(amount.in_currency(total.currency())?)),
            _ => Err(TaskError::invalid_input(format!(
                "`shares` is wrong at element {index}: expected either `percent` or `amount`"
            ))),
        }
    }
}
