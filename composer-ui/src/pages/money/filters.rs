//! The filters that the lists of payments and holds have alike. They stand in the address.

use leptos::prelude::*;

use super::{super::Choice, names::account_options, texts};
use crate::words::words;

/// The filter for where a payment or a hold stands.
pub(crate) const STATUS: &str = "status";
/// The filter for the account that it is from or to.
pub(crate) const ACCOUNT: &str = "account";

/// Where it stands, of all that it may.
#[component]
pub(crate) fn ByStatus(
    /// Each by its name in the address, with its words.
    statuses: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let words = &words().runs;
    let statuses = statuses
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    view! { <Choice name=STATUS label=words.status any=words.any_status options=Signal::stored(statuses) /> }
}

/// The account that it is from or to, of all that the company has.
#[component]
pub(crate) fn ByAccount(company: String) -> impl IntoView {
    view! {
        <Choice
            name=ACCOUNT
            label=words().ledger.account
            any=texts().any_account
            options=account_options(&company)
        />
    }
}
