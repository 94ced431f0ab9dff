//! The texts of the pages of payments, accounts and holds, in every language: no other program carries them.

mod english;
mod portuguese;

use crate::{
    api::money::{AccountStatus, HoldStatus, PaymentStatus, Rounding},
    words::{Language, language},
};

/// The texts in the language of the page.
pub(crate) fn texts() -> &'static Texts {
    match language() {
        Language::English => &english::TEXTS,
        Language::Portuguese => &portuguese::TEXTS,
    }
}

/// All texts of these pages.
pub(crate) struct Texts {
    pub(crate) amount: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) for_what: &'static str,
    pub(crate) taken: &'static str,
    pub(crate) captured: &'static str,
    pub(crate) refunded: &'static str,
    /// A payment's exchange of one currency for another.
    pub(crate) exchange: &'static str,
    pub(crate) rate: &'static str,
    pub(crate) rounding: &'static str,
    /// How a worth is rounded, and to what: the smallest amount of its currency.
    pub(crate) rounded: fn(Rounding, &str) -> String,
    /// What arrives, where it is in another currency.
    pub(crate) arrives_as: fn(&str) -> String,
    pub(crate) provider: &'static str,
    pub(crate) any_account: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) pending: &'static str,
    pub(crate) actions: &'static str,
    pub(crate) payment_statuses: fn(PaymentStatus) -> &'static str,
    pub(crate) account_statuses: fn(AccountStatus) -> &'static str,
    pub(crate) hold_statuses: fn(HoldStatus) -> &'static str,
    pub(crate) no_payments_title: &'static str,
    pub(crate) no_payments: &'static str,
    pub(crate) no_accounts: &'static str,
    pub(crate) no_holds_title: &'static str,
    pub(crate) no_holds: &'static str,
    pub(crate) holds_meaning: &'static str,
    pub(crate) the_payment: &'static str,
    /// A payment by the end of its id.
    pub(crate) payment: fn(&str) -> String,
    /// To whom a payment belongs, where that is another company than the one shown before.
    pub(crate) of_company: fn(&str) -> String,
    /// How an account's first posting is described by the payments API.
    pub(crate) initial_balance: &'static str,
    pub(crate) statement: &'static str,
    pub(crate) from_day: &'static str,
    pub(crate) to_day: &'static str,
    pub(crate) csv: &'static str,
    pub(crate) opening: &'static str,
    pub(crate) closing: &'static str,
    pub(crate) entries: fn(u64) -> String,
    pub(crate) nothing_moved: &'static str,
    pub(crate) happened: &'static str,
    pub(crate) happened_to: fn(PaymentStatus) -> &'static str,
    pub(crate) ledger_transaction: &'static str,
    pub(crate) declined_moved_nothing: &'static str,
    pub(crate) reserved_on: &'static str,
    pub(crate) reserved_for: &'static str,
    pub(crate) expires: &'static str,
    pub(crate) never: &'static str,
    pub(crate) of_it_captured: fn(&str) -> String,
    pub(crate) of_it_refunded: fn(&str) -> String,
    /// How much was refunded of how much.
    pub(crate) refunded_of: fn(&str, &str) -> String,
    /// Why nothing was paid.
    pub(crate) not_paid: fn(&str) -> String,
    /// What the payments API says, of a refusal or of a payment that was declined.
    pub(crate) told: fn(&str) -> String,
    // Dialogs.
    pub(crate) reason: &'static str,
    pub(crate) go_back: &'static str,
    pub(crate) no_amount: &'static str,
    /// What is said beside an error that leaves open what became of the request.
    pub(crate) not_known: &'static str,
    /// What is said to whoever looks, instead of sending it again.
    pub(crate) may_be_done: &'static str,
    pub(crate) look_at_payment: &'static str,
    pub(crate) look_at_holds: &'static str,
    pub(crate) look_at_account: &'static str,
    /// The rate of a payment in two currencies.
    pub(crate) rate_holds: fn(&str) -> String,
    pub(crate) refund: &'static str,
    pub(crate) refund_title: &'static str,
    /// How much, from whom, to whom, and how much is left to be refunded.
    pub(crate) refund_says: fn(&str, &str, &str, &str) -> String,
    pub(crate) refund_at_most: fn(&str) -> String,
    pub(crate) refund_done: &'static str,
    pub(crate) capture: &'static str,
    pub(crate) capture_title: &'static str,
    pub(crate) capture_hold_title: &'static str,
    /// How much, from whom, and to whom.
    pub(crate) capture_says: fn(&str, &str, &str) -> String,
    /// What becomes of the rest of so much that is reserved.
    pub(crate) rest_is_freed: fn(&str) -> String,
    pub(crate) capture_at_most: fn(&str) -> String,
    pub(crate) capture_done: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) cancel_title: &'static str,
    /// How much is reserved, and on whose account.
    pub(crate) cancel_says: fn(&str, &str) -> String,
    pub(crate) cancel_pending_says: &'static str,
    pub(crate) cancel_done: &'static str,
    pub(crate) release: &'static str,
    pub(crate) release_title: &'static str,
    /// How much is reserved, and on whose account.
    pub(crate) release_says: fn(&str, &str) -> String,
    pub(crate) release_done: &'static str,
    pub(crate) freeze: &'static str,
    pub(crate) freeze_title: fn(&str) -> String,
    pub(crate) freeze_says: fn(&str) -> String,
    pub(crate) freeze_done: &'static str,
    pub(crate) unfreeze: &'static str,
    pub(crate) unfreeze_title: fn(&str) -> String,
    pub(crate) unfreeze_says: fn(&str) -> String,
    pub(crate) unfreeze_done: &'static str,
}
