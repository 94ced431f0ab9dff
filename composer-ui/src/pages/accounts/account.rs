//! The accounts of a code: what they hold in each currency, and every entry with the balance that it left.

use api_types::{Direction, Entry, Page as Listed};
use leptos::prelude::*;

use super::held::Held;
use crate::{
    api::{
        self, ListRequest,
        money::{self, Account as OfCurrency},
    },
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
    let accounts = {
        let request = ListRequest::default()
            .only("company_id", &company)
            .only("code", &code);
        Reading::start(move || {
            let request = request.clone();
            async move { money::accounts(&request, None).await }
        })
    };
    let changed = Callback::new(move |()| accounts.again());
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
                    <a class="back" href=Page::Accounts.path()>{words.pages.accounts}</a>
                    <h1 class="ellipsis" title=code.clone()>{code.clone()}</h1>
                </div>
            </header>
            {accounts.show(move |listed: Listed<OfCurrency>| {
                let each = listed.items.into_iter();
                let each = each.map(|account| view! { <Held account=account on_change=changed /> });
                view! { <div class="totals">{each.collect_view()}</div> }
            })}
            <Table
                label=words.pages.accounts
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
