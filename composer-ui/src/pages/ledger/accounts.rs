//! All accounts with what they hold, below the proof that they balance.

use api_types::Balance;
use leptos::prelude::*;

use super::{
    super::{ListPage, Listing, Look, SearchField},
    trial::Trial,
};
use crate::{
    api,
    formats::amount,
    icons::Icon,
    parts::Empty,
    routes::Page,
    words::{language, words},
};

/// The filter for an account's code.
const CODE: &str = "code";

/// The accounts of a company.
#[component]
pub(crate) fn LedgerPage(company: String) -> impl IntoView {
    let words = words();
    let look = Look {
        class: "balances-table",
        heads: vec![
            words.ledger.account,
            words.ledger.kind,
            words.ledger.debits,
            words.ledger.credits,
            words.ledger.balance,
            words.ledger.currency,
        ],
        key: |balance: &Balance| format!("{} {}", balance.account_id, balance.balance),
        cells: Callback::new(|balance| view! { <Cells balance=balance /> }.into_any()),
        empty: ViewFn::from(move || {
            view! { <Empty icon=Icon::Ledger title=words.ledger.empty_title text=words.ledger.empty /> }
        }),
    };
    let listing = Listing::searched(&company, CODE, |balance| &balance.account, api::balances);
    view! {
        <ListPage
            title=words.pages.ledger
            listing=listing
            look=look
            above=move || view! { <Trial company=company.clone() /> }
        >
            <SearchField name=CODE label=words.ledger.find_account />
        </ListPage>
    }
}

#[component]
fn Cells(balance: Balance) -> impl IntoView {
    let words = &words().ledger;
    let language = language();
    let url = Page::Account(balance.account.clone()).path();
    let title = balance.account.clone();
    // Left out only of what was asked for as of a moment that is past.
    let now = |sum: Option<&str>| sum.map(|sum| amount(sum, language));
    view! {
        <span role="cell" class="ellipsis" title=title>
            <a class="row-link" href=url>{balance.account}</a>
        </span>
        <span role="cell" class="muted">{(words.kinds)(balance.kind.name())}</span>
        <span role="cell" class="number muted">{now(balance.posted_debits.as_deref())}</span>
        <span role="cell" class="number muted">{now(balance.posted_credits.as_deref())}</span>
        <span role="cell" class="number strong">{amount(&balance.balance, language)}</span>
        <span role="cell" class="muted">{balance.currency}</span>
    }
}
