//! `post_transaction`: any balanced entries.

use ledger::reference::reserved_beginning;
use ledger::{EntryDraft, TransactionDraft};
use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::currency;
use crate::input::{
    AccountName, AccountType, Amount, CurrencyCode, Name, Parameters, Side, check_literals, parameters,
    shown, unknown_members,
};
use crate::spec::{object, schema_of};
use crate::{Decision, Effect, Ledgered, TaskContext, TaskError, TaskKind, TaskSpec};

const MAX_REFERENCE_BYTES: usize = 200;

pub(super) struct PostTransaction;

parameters! {
    /// What `post_transaction` takes. Other members are passed on to the transaction.
    pub(super) struct Input {
        /// The entries: at least two, debits equal to credits in every currency.
        #[schemars(length(min = 2))]
        entries: Vec<Entry>,
        /// What the transaction is for.
        description: Option<String>,
        /// A name for the transaction, unique in the company: posting the same again under it posts nothing.
        reference: Option<Name>,
    }
}

parameters! {
    /// One entry.
    pub(super) struct Entry {
        /// The account's code; a first mention opens it.
        account: AccountName,
        /// The side.
        direction: Side,
        /// How much; above zero.
        amount: Amount,
        /// In which currency; the event's, else the company's, unless said.
        currency: Option<CurrencyCode>,
        /// The kind that the account opens with, or must have.
        kind: Option<AccountType>,
        /// Whether the account may be overdrawn: what it opens with, or must have.
        overdraft: Option<bool>,
    }
}

/// What `post_transaction` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// The reference, if one was given.
    reference: Option<String>,
    /// The ledger transaction.
    transaction_id: String,
}

impl Ledgered for PostTransaction {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.post_transaction",
            title: "Transaction",
            description: "Posts entries of your own to the ledger. Debits must equal credits in every currency.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
            example: json!({"description": "fee", "entries": [
                {"account": "fees", "direction": "debit", "amount": "1.50"},
                {"account": "settlement", "direction": "credit", "amount": "1.50"},
            ]}),
        }
    }

    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        let mut faults = check_literals::<Input>(parameters, is_dynamic);
        faults.extend(reserved_reference(parameters));
        faults
    }

    fn decide(&self, members: &Map<String, Value>, context: &TaskContext<'_>) -> Result<Decision, TaskError> {
        let input = Input::read_members(members)?;
        let entries: Vec<EntryDraft> = input
            .entries
            .into_iter()
            .map(|entry| entry.draft(context))
            .collect::<Result<_, _>>()?;
        let mut draft = TransactionDraft::new(entries)?.with_metadata(unknown_members::<Input>(members));
        if let Some(description) = input.description {
            draft = draft.with_description(description);
        }
        let reference = input.reference.map(|Name(reference)| reference);
        if let Some(reference) = &reference {
            if reference.is_empty() || reference.len() > MAX_REFERENCE_BYTES {
                return Err(TaskError::invalid_input(format!(
                    "`reference` has {} bytes: expected 1 to {MAX_REFERENCE_BYTES}",
                    reference.len()
                )));
            }
            draft = draft.with_reference(reference.clone());
        }
        Ok(Decision::of(object([("reference", reference.into())])).with(Effect::Post(draft)))
    }
}

/// A reference that is refused whatever is filled in behind its beginning.
fn reserved_reference(parameters: &Map<String, Value>) -> Option<ParameterFault> {
    let reference = parameters.get("reference")?;
    // What is filled in begins with braces or `$`, so this is what stands there when the rule runs, too.
    let beginning = reserved_beginning(reference.as_str()?)?;
    Some(ParameterFault {
        pointer: "/reference".to_owned(),
        detail: format!(
            "{} is not what is expected: a text that does not begin with {beginning:?}, as the references of the payments \
             API do.",
            shown(reference)
        ),
    })
}

impl Entry {
    fn draft(self, context: &TaskContext<'_>) -> Result<EntryDraft, TaskError> {
        let currency = currency(self.currency, context)?;
        Ok(EntryDraft {
            account: self.account.0,
            direction: self.direction.0,
            amount: self.amount.in_currency(currency)?.require_positive()?,
            kind: self.kind.map(|AccountType(kind)| kind),
            overdraft: self.overdraft,
        })
    }
}
