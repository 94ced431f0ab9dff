//! What the pages of payments, accounts and holds share.

mod act;
mod names;
mod texts;
mod typed;

pub(super) use act::{Act, ActButton, AmountField};
pub(super) use names::{AccountName, FilterByAccount, Names, account_options};
pub(super) use texts::{Texts, texts};
pub(super) use typed::less;

use crate::{formats::amount, words::language};

/// An amount with its currency, as a sentence has it.
pub(super) fn money(decimal: &str, currency: &str) -> String {
    format!("{} {currency}", amount(decimal, language()))
}
