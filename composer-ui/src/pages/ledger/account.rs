//! The accounts of a code: what they hold in each currency, and every entry with the balance that it left.

use api_types::{Balance, Direction, Entry, Page as Listed};
use leptos::prelude::*;

use crate::{
    api::{self, ListRequest},
    feed::Feed,
    formats::amount,
    icons::Icon,
    navigation::navigation,
    parts::{Ago, Empty, RowsOf, Table},
    reading::Reading,
    routes::Page,
    words::{language, words},
};

/// How much of an id tells it from its neighbours: its end.
const ID_CHARS: usize = 8;

/// The accounts of the code that the address names.
#[component]
pub(crate) fn AccountPage(company: String) -> impl IntoView {
    let navigation = navigation();
    let opened = Memo::new(move |_| match navigation.page() {
        Page::Account(code) => code,
        _ => String::new(),
    });
    move || view! { <Account company=company.clone() code=opened.get() /> }
}

#[component]
fn Account(company: String, code: String) -> impl IntoView {
    let words = words();
    let request = ListRequest::default()
        .only("company_id", &company)
        .only("account", &code);
    let balances = {
        let request = request.clone();
        Reading::start(move || {
            let request = request.clone();
            async move { api::balances(&request, None).await }
        })
    };
    let feed = Feed::new(
        move || request.clone(),
        |request, cursor| async move { api::entries(&request, cursor.as_deref()).await },
    );
    let rows = RowsOf {
        feed,
        key: |entry: &Entry| entry.id.to_string(),
        cells: Callback::new(|entry| view! { <Cells entry=entry /> }.into_any()),
    };
    let empty = move || {
        view! { <Empty icon=Icon::Ledger title=words.ledger.no_entries_title text=words.ledger.no_entries /> }
    };
    view! {
        <div class="page">
            <header class="page-head">
                <div class="run-title">
                    <a class="back" href=Page::Ledger.path()>{words.pages.ledger}</a>
                    <h1 class="ellipsis" title=code.clone()>{code.clone()}</h1>
                </div>
            </header>
            {balances.show(|listed: Listed<Balance>| {
                view! { <div class="totals">{listed.items.into_iter().map(held).collect_view()}</div> }
            })}
            <Table
                label=words.pages.ledger
                class="entries-table"
                heads=vec![
                    words.ledger.posted,
                    words.ledger.transaction,
                    words.ledger.run,
                    words.ledger.debit,
                    words.ledger.credit,
                    words.ledger.balance,
                    words.ledger.currency,
                ]
                rows=rows
                is_filtered=Signal::stored(false)
                empty=ViewFn::from(empty)
            />
        </div>
    }
}

/// What it holds in one currency.
fn held(balance: Balance) -> impl IntoView {
    let words = &words().ledger;
    let language = language();
    view! {
        <dl class="total">
            <div class="of">
                <dt>{balance.currency}</dt>
                <dd class="muted">{(words.kinds)(&balance.kind)}</dd>
            </div>
            <div>
                <dt>{words.debits}</dt>
                <dd>{amount(&balance.posted_debits, language)}</dd>
            </div>
            <div>
                <dt>{words.credits}</dt>
                <dd>{amount(&balance.posted_credits, language)}</dd>
            </div>
            <div class="difference">
                <dt>{words.balance}</dt>
                <dd>{amount(&balance.balance, language)}</dd>
            </div>
            <div>
                <dt>{words.available}</dt>
                <dd>{amount(&balance.available, language)}</dd>
            </div>
        </dl>
    }
}

#[component]
fn Cells(entry: Entry) -> impl IntoView {
    let language = language();
    let written = amount(&entry.amount, language);
    let (debit, credit) = match entry.direction {
        Direction::Debit => (Some(written), None),
        Direction::Credit => (None, Some(written)),
    };
    let transaction = entry.transaction_id.to_string();
    let run = entry.run_id.map(|id| {
        let id = id.to_string();
        view! { <a class="link mono above" href=Page::Run(id.clone()).path()>{short(&id)}</a> }
    });
    view! {
        <span role="cell" class="muted"><Ago time=entry.created_at /></span>
        <span role="cell">
            <a class="row-link mono" href=Page::LedgerTransaction(transaction.clone()).path()>{short(&transaction)}</a>
        </span>
        <span role="cell">{run}</span>
        <span role="cell" class="number">{debit}</span>
        <span role="cell" class="number">{credit}</span>
        <span role="cell" class="number strong">{amount(&entry.balance_after, language)}</span>
        <span role="cell" class="muted">{entry.currency}</span>
    }
}

fn short(id: &str) -> String {
    let start = id.len().saturating_sub(ID_CHARS);
    format!("…{}", id.get(start..).unwrap_or(id))
}
