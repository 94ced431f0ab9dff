//! All accounts of a company with what is on them.

use leptos::prelude::*;

use super::{
    super::{ListPage, Listing, Look, SearchField, money::texts},
    standing,
};
use crate::{
    api::money::{self as api, Account},
    formats::{amount, is_zero},
    icons::Icon,
    parts::Empty,
    routes::Page,
    words::{language, words},
};

/// The filter for an account's code.
const CODE: &str = "code";

/// The accounts of a company.
#[component]
pub(crate) fn AccountsPage(company: String) -> impl IntoView {
    let (words, texts) = (words(), texts());
    let look = Look {
        class: "accounts-table",
        heads: vec![
            words.ledger.account,
            texts.owner,
            words.ledger.kind,
            words.runs.status,
            words.ledger.balance,
            texts.pending,
            words.ledger.available,
            words.ledger.currency,
        ],
        key: |account: &Account| format!("{} {} {}", account.id, account.balance, account.available),
        cells: Callback::new(|account| view! { <Cells account=account /> }.into_any()),
        empty: ViewFn::from(move || {
            view! { <Empty icon=Icon::Accounts title=words.ledger.empty_title text=texts.no_accounts /> }
        }),
    };
    let listing = Listing::searched(&company, CODE, |account| &account.code, api::accounts);
    view! {
        <ListPage title=words.pages.accounts listing=listing look=look>
            <SearchField name=CODE label=words.ledger.find_account />
        </ListPage>
    }
}

#[component]
fn Cells(account: Account) -> impl IntoView {
    let (words, language) = (words(), language());
    let url = Page::Account(account.code.clone()).path();
    let title = account.code.clone();
    let owner = account.owner.unwrap_or_default();
    // What holds take is of interest only where they take something.
    let is_free = is_zero(&account.pending);
    let pending = (!is_free).then(|| amount(&account.pending, language));
    view! {
        <span role="cell" class="ellipsis" title=title>
            <a class="row-link" href=url>{account.code}</a>
        </span>
        <span role="cell" class="ellipsis muted" title=owner.clone()>{owner.clone()}</span>
        <span role="cell" class="muted">{(words.ledger.kinds)(&account.kind)}</span>
        <span role="cell">{standing(account.status)}</span>
        <span role="cell" class="number strong">{amount(&account.balance, language)}</span>
        <span role="cell" class="number">{pending}</span>
        <span role="cell" class="number" class:muted=is_free>{amount(&account.available, language)}</span>
        <span role="cell" class="muted">{account.currency}</span>
    }
}
