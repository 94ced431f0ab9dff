//! A statement: what an account opened with, what moved on it, and what it closed with.

use api_types::{Direction, Page as Listed};
use leptos::prelude::*;

use super::{
    super::money::{Texts, purpose, texts},
    days::{DayField, Days, FROM, TO},
};
use crate::{
    api::{
        ListRequest,
        money::{self as api, Account, Statement, StatementEntry},
    },
    feed::Feed,
    formats::{amount, clock},
    icons::Icon,
    navigation::navigation,
    parts::{Empty, RowsOf, Table},
    reading::Reading,
    routes::Page,
    words::{language, words},
};

/// The filter for the currency, where accounts of several have the code.
pub(super) const CURRENCY: &str = "currency";

/// The statement of the account whose code the address names.
#[component]
pub(crate) fn StatementPage(company: String) -> impl IntoView {
    let navigation = navigation();
    let opened = Memo::new(move |_| match navigation.page() {
        Page::Statement(code) => code,
        _ => String::new(),
    });
    move || view! { <OfCode company=company.clone() code=opened.get() /> }
}

#[component]
fn OfCode(company: String, code: String) -> impl IntoView {
    let request = ListRequest::default()
        .only("company_id", &company)
        .only("code", &code);
    let accounts = Reading::start(move || {
        let request = request.clone();
        async move { api::accounts(&request, None).await }
    });
    let url = Page::Account(code.clone()).path();
    view! {
        <div class="page">
            <header class="page-head">
                <div class="run-title">
                    <a class="back ellipsis" href=url title=code.clone()>{code.clone()}</a>
                    <h1>{texts().statement}</h1>
                </div>
            </header>
            {accounts.show(|listed: Listed<Account>| {
                let wanted = navigation().filter_untracked(CURRENCY);
                let is_it = |account: &&Account| Some(&account.currency) == wanted.as_ref();
                let account = listed.items.iter().find(is_it).or(listed.items.first());
                match account {
                    Some(account) => view! { <OfAccount account=account.clone() /> }.into_any(),
                    None => view! { <Nothing /> }.into_any(),
                }
            })}
        </div>
    }
}

#[component]
fn OfAccount(account: Account) -> impl IntoView {
    let navigation = navigation();
    let days = Memo::new(move |_| Days::of(navigation));
    let id = StoredValue::new(account.id);
    let figures = move || {
        let asked = days.get();
        let reading = Reading::start(move || {
            let (id, days) = (id.get_value(), asked.clone());
            async move { api::statement(&id, &days.from(), &days.to()).await }
        });
        reading.show(|statement| view! { <Figures statement=statement /> })
    };
    let file =
        move || id.with_value(|id| days.with(|days| api::statement_file(id, &days.from(), &days.to())));
    view! {
        <div class="statement-head">
            <DayField name=FROM label=texts().from_day />
            <DayField name=TO label=texts().to_day />
            <a class="button" href=file download="">{texts().csv}</a>
        </div>
        {figures}
        <Entries id=id days=days />
    }
}

#[component]
fn Figures(statement: Statement) -> impl IntoView {
    let (words, texts) = (&words().ledger, texts());
    let figure = |term: &'static str, decimal: &str| {
        let written = amount(decimal, language());
        view! { <div><dt>{term}</dt><dd>{written}</dd></div> }
    };
    let sum = |term: &'static str, decimal: Option<&String>| decimal.map(|decimal| figure(term, decimal));
    view! {
        <div class="totals">
            <dl class="total">
                <div class="of">
                    <dt>{statement.currency}</dt>
                    <dd class="muted">{(texts.entries)(statement.entries)}</dd>
                </div>
                {figure(texts.opening, &statement.opening_balance)}
                {sum(words.debits, statement.total_debits.as_ref())}
                {sum(words.credits, statement.total_credits.as_ref())}
                {figure(texts.closing, &statement.closing_balance)}
            </dl>
        </div>
    }
}

#[component]
fn Entries(id: StoredValue<String>, days: Memo<Days>) -> impl IntoView {
    let (words, texts): (_, &Texts) = (&words().ledger, texts());
    let feed = Feed::new(
        move || days.get(),
        move |days: Days, cursor| {
            let id = id.get_value();
            async move { api::statement_entries(&id, &days.from(), &days.to(), cursor.as_deref()).await }
        },
    );
    let rows = RowsOf {
        feed,
        key: |entry: &StatementEntry| entry.id.clone(),
        cells: Callback::new(|entry| view! { <Cells entry=entry /> }.into_any()),
    };
    view! {
        <Table
            label=texts.statement
            class="statement-table"
            heads=vec![words.posted, texts.for_what, words.debit, words.credit, words.balance]
            rows=rows
            is_filtered=Signal::stored(false)
            empty=ViewFn::from(|| view! { <Nothing /> })
        />
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! { <Empty icon=Icon::Ledger title=words().ledger.no_entries_title text=texts().nothing_moved /> }
}

#[component]
fn Cells(entry: StatementEntry) -> impl IntoView {
    let written = amount(&entry.amount, language());
    let (debit, credit) = match entry.direction {
        Direction::Debit => (Some(written), None),
        Direction::Credit => (None, Some(written)),
    };
    let said = purpose(entry.description, entry.reference);
    let url = Page::LedgerTransaction(entry.transaction_id).path();
    let time = entry.created_at;
    view! {
        <span role="cell" class="muted">
            <time datetime=time.to_string()>{clock().exactly(time.as_str())}</time>
        </span>
        <span role="cell" class="ellipsis" title=said.clone()>
            <a class="row-link" href=url>{said.clone()}</a>
        </span>
        <span role="cell" class="number">{debit}</span>
        <span role="cell" class="number">{credit}</span>
        <span role="cell" class="number strong">{amount(&entry.balance_after, language())}</span>
    }
}
