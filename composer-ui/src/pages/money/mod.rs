//! What the pages of payments, accounts and holds share.

mod act;
mod filters;
mod form;
mod names;
mod texts;
mod typed;

pub(super) use act::{Act, ActButton, AmountField};
pub(super) use filters::{ACCOUNT, ByAccount, ByStatus, STATUS};
pub(super) use names::{AccountName, FilterByAccount, Names};
pub(super) use texts::{Texts, texts};
pub(super) use typed::less;

use std::cmp::Ordering;

use crate::{formats::amount, words::language};

/// The payment that a ledger transaction was posted for, by the transaction's reference.
pub(super) fn payment_of(reference: &str) -> Option<&str> {
    let (id, _) = reference.strip_prefix("payments/")?.split_once('/')?;
    Some(id)
}

/// What a ledger transaction is for: what it says itself, else the payment behind it, else its reference.
pub(super) fn purpose(description: Option<String>, reference: String) -> String {
    const END: usize = 8;
    // The one description that no person wrote.
    const INITIAL: &str = "initial balance";
    if description.as_deref() == Some(INITIAL) {
        return texts().initial_balance.to_owned();
    }
    description.unwrap_or_else(|| match payment_of(&reference) {
        Some(id) => (texts().payment)(id.get(id.len().saturating_sub(END)..).unwrap_or(id)),
        None => reference,
    })
}

/// An amount with its currency, as a sentence has it.
pub(super) fn money(decimal: &str, currency: &str) -> String {
    format!("{} {currency}", amount(decimal, language()))
}

/// What capturing so much of all that is reserved will do; all of it, if it is not said how much.
pub(super) fn capture_says(taken: Option<&str>, all: &str, currency: &str, from: &str, to: &str) -> String {
    let taken = taken.unwrap_or(all);
    let says = (texts().capture_says)(&money(taken, currency), from, to);
    match typed::compare(taken, all) {
        Ordering::Less => format!("{says} {}", (texts().rest_is_freed)(&money(all, currency))),
        Ordering::Equal | Ordering::Greater => says,
    }
}

#[cfg(test)]
mod tests {
    use super::payment_of;

    #[test]
    fn a_reference_names_its_payment() {
        assert_eq!(payment_of("payments/7/9"), Some("7"));
        for other in ["payments/7", "holds/7/capture", "order-1", ""] {
            assert_eq!(payment_of(other), None, "{other}");
        }
    }
}
