//! `generate_invoice`: what the customer owes becomes revenue, under a gapless number.

use jiff::SignedDuration;
use ledger::{EntryDraft, TransactionDraft};
use rules::ParameterFault;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{account, amount, currency, merged};
use crate::effect::amount_members;
use crate::input::{Amount, CurrencyCode, Parameters, check_literals, parameters, unknown_members};
use crate::spec::schema_of;
use crate::{Decision, Effect, EventDraft, Ledgered, Numbering, TaskContext, TaskError, TaskKind, TaskSpec};

/// Ten years: a due date beyond is a mistake.
const MAX_DUE_DAYS: u32 = 3_660;

pub(super) struct GenerateInvoice;

parameters! {
    /// What `generate_invoice` takes. Other members are passed on to the transaction and the event.
    pub(super) struct Input {
        /// How much; the event's `total` unless said.
        amount: Option<Amount>,
        /// In which currency; the event's, else the company's, unless said.
        currency: Option<CurrencyCode>,
        /// In how many days the invoice is due, from acceptance.
        due_days: Option<u32>,
    }
}

/// What `generate_invoice` yields.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "stands for its schema")]
struct Output {
    /// The invoice's number: gapless within the company, from 1.
    invoice_number: u64,
    /// How much.
    amount: String,
    /// In which currency.
    currency: String,
    /// When it is due, if that was said (RFC 3339).
    due_at: Option<String>,
    /// The ledger transaction; none for an invoice of zero.
    transaction_id: Option<String>,
}

impl Ledgered for GenerateInvoice {
    fn spec(&self) -> TaskSpec {
        TaskSpec {
            name: "payment.tasks.generate_invoice",
            title: "Invoice",
            description: "Debits receivables and credits revenue, and sends `invoice.generated` with the company's next \
                          invoice number.",
            kind: TaskKind::Ledgered,
            ends_run: false,
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
            example: json!({"amount": "$context.event.total", "due_days": 30}),
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
        let amount = amount(input.amount.as_ref(), currency, context)?;
        let mut output: Map<String, Value> = amount_members(amount).into_iter().collect();
        if let Some(days) = input.due_days {
            output.insert("due_at".to_owned(), due_at(days, context)?.into());
        }
        let extra = unknown_members::<Input>(members);
        let mut decision = Decision::of(output.clone());
        if amount.is_positive() {
            let entries = vec![
                EntryDraft::debit(account("receivables")?, amount),
                EntryDraft::credit(account("revenue")?, amount),
            ];
            let draft = TransactionDraft::new(entries)?
                .with_description("Invoice")
                .with_metadata(extra.clone());
            decision = decision.with(Effect::Post(draft));
        }
        Ok(decision.with(Effect::Event(EventDraft {
            event_type: "invoice.generated".to_owned(),
            data: merged(output, extra),
            numbering: Numbering::Invoice,
        })))
    }
}

fn due_at(days: u32, context: &TaskContext<'_>) -> Result<String, TaskError> {
    if days > MAX_DUE_DAYS {
        return Err(TaskError::invalid_input(format!(
            "`due_days` is {days}: expected at most {MAX_DUE_DAYS}"
        )));
    }
    let due = context
        .accepted_at
        .checked_add(SignedDuration::from_hours(i64::from(days) * 24));
    due.map(|due| due.to_string())
        .map_err(|error| TaskError::invalid_input(error.to_string()))
}
