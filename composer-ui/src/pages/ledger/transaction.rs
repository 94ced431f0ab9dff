//! A ledger transaction: its sides, what it is for, and the run that posted it.

use api_types::{Direction, Entry, LedgerTransaction};
use leptos::prelude::*;

use super::super::money::{payment_of, purpose, texts};
use crate::{
    api,
    formats::{amount, pretty},
    navigation::navigation,
    parts::{Ago, Code, CopyableId},
    reading::Reading,
    routes::Page,
    words::{language, words},
};

/// The ledger transaction that the address names.
#[component]
pub(crate) fn LedgerTransactionPage() -> impl IntoView {
    let navigation = navigation();
    let opened = Memo::new(move |_| match navigation.page() {
        Page::LedgerTransaction(id) => id,
        _ => String::new(),
    });
    move || {
        let id = opened.get();
        let reading = Reading::start(move || {
            let id = id.clone();
            async move { api::ledger_transaction(&id).await }
        });
        view! { <div class="page">{reading.show(|found| view! { <Shown found=found /> })}</div> }
    }
}

#[component]
fn Shown(found: LedgerTransaction) -> impl IntoView {
    let words = words();
    let title = purpose(found.description.clone(), found.reference.clone());
    view! {
        <header class="page-head">
            <div class="run-title">
                <a class="back" href=Page::Ledger.path()>{words.pages.ledger}</a>
                <h1 class="ellipsis">{title}</h1>
            </div>
        </header>
        <Facts found=found.clone() />
        <div class="transaction">
            <Sides entries=found.entries />
            {(found.metadata.text() != "{}").then(|| {
                view! {
                    <h2>{words.ledger.metadata}</h2>
                    <Code text=pretty(found.metadata.text()) />
                }
            })}
        </div>
    }
}

#[component]
fn Facts(found: LedgerTransaction) -> impl IntoView {
    let words = &words().ledger;
    let linked = |term: &'static str, page: Page, id: String| {
        let shown: String = id.chars().skip(id.len().saturating_sub(8)).collect();
        view! { <div><dt>{term}</dt><dd><a class="link mono" href=page.path()>"…" {shown}</a></dd></div> }
    };
    view! {
        <dl class="facts">
            <div>
                <dt>{words.posted}</dt>
                <dd><Ago time=found.created_at /></dd>
            </div>
            {found.run_id.map(|id| linked(words.run, Page::Run(id.to_string()), id.to_string()))}
            {payment_of(&found.reference).map(|id| {
                linked(texts().the_payment, Page::Payment(id.to_owned()), id.to_owned())
            })}
            {found.node_id.map(|node| view! { <div><dt>{words.node}</dt><dd>{node}</dd></div> })}
            {found.reverses.map(|id| {
                linked(words.reverses, Page::LedgerTransaction(id.to_string()), id.to_string())
            })}
            <div>
                <dt>{words.reference}</dt>
                <dd class="mono">{found.reference}</dd>
            </div>
            <div>
                <dt>{words.transaction}</dt>
                <dd><CopyableId id=found.id.to_string() /></dd>
            </div>
        </dl>
    }
}

/// Debits on the left, credits on the right, and the balance that each left.
#[component]
fn Sides(entries: Vec<Entry>) -> impl IntoView {
    let words = &words().ledger;
    view! {
        <table class="sides wide">
            <thead>
                <tr>
                    <th>{words.account}</th>
                    <th class="number">{words.debit}</th>
                    <th class="number">{words.credit}</th>
                    <th>{words.currency}</th>
                    <th class="number">{words.balance}</th>
                </tr>
            </thead>
            <tbody>{entries.into_iter().map(side).collect_view()}</tbody>
        </table>
    }
}

fn side(entry: Entry) -> impl IntoView {
    let language = language();
    let written = amount(&entry.amount, language);
    let (debit, credit) = match entry.direction {
        Direction::Debit => (Some(written), None),
        Direction::Credit => (None, Some(written)),
    };
    let url = Page::Account(entry.account.clone()).path();
    view! {
        <tr>
            <td><a class="link" href=url>{entry.account}</a></td>
            <td class="number">{debit}</td>
            <td class="number">{credit}</td>
            <td class="muted">{entry.currency}</td>
            <td class="number muted">{amount(&entry.balance_after, language)}</td>
        </tr>
    }
}
