//! The tasks that come with the system and call nothing outside of it.

mod abort_flow;
mod convert_currency;
mod emit_event;
mod hold;
mod invoice;
mod notify;
mod post_transaction;
mod revenue_share;
mod shipment;
mod split_payment;

use ledger::{AccountCode, Currency, Money};
use serde_json::{Map, Value};

use crate::input::{Amount, CurrencyCode, Field, shown};
use crate::{Ledgered, TaskContext, TaskError};

/// Every built-in task, in the order of the catalogue.
pub(crate) fn all() -> Vec<Box<dyn Ledgered>> {
    vec![
        Box::new(abort_flow::AbortFlow),
        Box::new(invoice::GenerateInvoice),
        Box::new(revenue_share::RevenueShare::royalty()),
        Box::new(revenue_share::RevenueShare::commission()),
        Box::new(shipment::GenerateShipment),
        Box::new(shipment::DuplicateShipment),
        Box::new(notify::Notify),
        Box::new(post_transaction::PostTransaction),
        Box::new(split_payment::SplitPayment),
        Box::new(hold::PlaceHold),
        Box::new(hold::CaptureHold),
        Box::new(hold::ReleaseHold),
        Box::new(convert_currency::ConvertCurrency),
        Box::new(emit_event::EmitEvent),
    ]
}

/// The currency that a task works in: its parameter, else the event's, else the company's.
fn currency(parameter: Option<CurrencyCode>, context: &TaskContext<'_>) -> Result<Currency, TaskError> {
    if let Some(CurrencyCode(currency)) = parameter {
        return Ok(currency);
    }
    let from_event = context
        .event
        .as_object()
        .filter(|event| event.get("currency").is_some_and(|currency| !currency.is_null()))
        .map(|event| <Option<CurrencyCode> as Field>::take(event, "currency"));
    let from_event = from_event
        .transpose()
        .map_err(|error| TaskError::new("invalid_currency", format!("the event's {error}")))?
        .flatten();
    Ok(from_event.map_or(context.currency, |CurrencyCode(currency)| currency))
}

/// The amount that a task works with, zero or more: its parameter, else the event's total.
fn amount(
    parameter: Option<&Amount>,
    currency: Currency,
    context: &TaskContext<'_>,
) -> Result<Money, TaskError> {
    if let Some(amount) = parameter {
        return amount.in_currency(currency);
    }
    let Some(total) = context.event.get("total") else {
        return Err(TaskError::invalid_amount(
            "there is no `amount`, and the event has no `total`",
        ));
    };
    Amount(total.clone()).in_currency(currency)
}

/// The same, and above zero.
fn positive_amount(
    parameter: Option<&Amount>,
    currency: Currency,
    context: &TaskContext<'_>,
) -> Result<Money, TaskError> {
    Ok(amount(parameter, currency, context)?.require_positive()?)
}

/// A code that stands in this program.
fn account(code: &'static str) -> Result<AccountCode, TaskError> {
    AccountCode::new(code).map_err(|error| TaskError::invalid_input(error.to_string()))
}

/// An account with a holder: `code:holder`.
fn account_of(code: &'static str, holder: Option<&str>) -> Result<AccountCode, TaskError> {
    let Some(holder) = holder else {
        return account(code);
    };
    let wrong = |reason: String| {
        let holder = shown(&Value::from(holder));
        TaskError::invalid_input(format!("`beneficiary` is {holder}: {reason}"))
    };
    if holder.is_empty() {
        return Err(wrong(
            "expected somebody, or no such member where it is owed to nobody by name".to_owned(),
        ));
    }
    AccountCode::new(format!("{code}:{holder}")).map_err(|error| wrong(error.to_string()))
}

/// Two objects in one; what the first says stands.
fn merged(mut first: Map<String, Value>, second: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in second {
        first.entry(name).or_insert(value);
    }
    first
}

#[cfg(test)]
mod tests;
