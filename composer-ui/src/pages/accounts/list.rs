//! All accounts of a company with what is on them.

use leptos::prelude::*;

use super::{
    super::{PageHead, SearchField, money::texts},
    standing,
};
use crate::{
    api::{
        ListRequest,
        money::{self as api, Account},
    },
    feed::Feed,
    formats::{amount, is_zero},
    icons::Icon,
    navigation::navigation,
    parts::{Empty, Only, RowsOf, Table},
    routes::Page,
    words::{language, words},
};

/// The filter for an account's code.
const CODE: &str = "code";

/// The accounts of a company.
#[component]
pub(crate) fn AccountsPage(company: String) -> impl IntoView {
    let (words, texts) = (words(), texts());
    let navigation = navigation();
    let request = move || ListRequest::default().only("company_id", &company);
    let feed = Feed::new(request, |request, cursor| async move {
        api::accounts(&request, cursor.as_deref()).await
    });
    let wanted = Memo::new(move |_| navigation.filter(CODE).unwrap_or_default().trim().to_lowercase());
    let only: Only<Account> = std::sync::Arc::new(move |account| {
        wanted.with(|wanted| account.code.to_lowercase().contains(wanted))
    });
    let rows = RowsOf {
        feed,
        key: |account: &Account| format!("{} {} {}", account.id, account.balance, account.available),
        cells: Callback::new(|account| view! { <Cells account=account /> }.into_any()),
    };
    let empty = move || {
        view! { <Empty icon=Icon::Accounts title=words.ledger.empty_title text=texts.no_accounts /> }
    };
    view! {
        <div class="page">
            <PageHead title=words.pages.accounts>
                <SearchField name=CODE label=words.ledger.find_account />
            </PageHead>
            <Table
                label=words.pages.accounts
                class="accounts-table"
                heads=vec![
                    words.ledger.account,
                    texts.owner,
                    words.ledger.kind,
                    words.runs.status,
                    words.ledger.balance,
                    texts.pending,
                    words.ledger.available,
                    words.ledger.currency,
                ]
                rows=rows
                only=only
                is_filtered=Signal::derive(move || wanted.with(|wanted| !wanted.is_empty()))
                empty=ViewFn::from(empty)
            />
        </div>
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
