//! All accounts with what they hold, below the proof that they balance.

use api_types::Balance;
use leptos::prelude::*;

use super::{super::SearchField, trial::Trial};
use crate::{
    api::{self, ListRequest},
    feed::Feed,
    formats::amount,
    icons::Icon,
    navigation::navigation,
    pages::PageHead,
    parts::{Empty, Only, RowsOf, Table},
    routes::Page,
    words::{language, words},
};

/// The filter for an account's code.
const CODE: &str = "code";

/// The accounts of a company.
#[component]
pub(crate) fn LedgerPage(company: String) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let request = {
        let company = company.clone();
        move || ListRequest::default().only("company_id", &company)
    };
    let feed = Feed::new(request, |request, cursor| async move {
        api::balances(&request, cursor.as_deref()).await
    });
    let wanted = Memo::new(move |_| navigation.filter(CODE).unwrap_or_default().trim().to_lowercase());
    let only: Only<Balance> = std::sync::Arc::new(move |balance| {
        wanted.with(|wanted| balance.account.to_lowercase().contains(wanted))
    });
    let rows = RowsOf {
        feed,
        key: |balance: &Balance| format!("{} {}", balance.account_id, balance.balance),
        cells: Callback::new(|balance| view! { <Cells balance=balance /> }.into_any()),
    };
    let empty = move || {
        view! { <Empty icon=Icon::Ledger title=words.ledger.empty_title text=words.ledger.empty /> }
    };
    view! {
        <div class="page">
            <PageHead title=words.pages.ledger>
                <SearchField name=CODE label=words.ledger.find_account />
            </PageHead>
            <Trial company=company />
            <Table
                label=words.pages.ledger
                class="balances-table"
                heads=vec![
                    words.ledger.account,
                    words.ledger.kind,
                    words.ledger.debits,
                    words.ledger.credits,
                    words.ledger.balance,
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
