//! What a run left behind: ledger transactions, events, and the event that it came from.

use api_types::{Direction, Entry, LedgerTransaction, RunDetails, SentEvent};
use leptos::prelude::*;

use crate::{
    formats::{amount, pretty},
    parts::Code,
    routes::Page,
    words::{language, words},
};

/// All that a run left behind, as far as it has come. What did not change stays as the reader unfolded it.
#[component]
pub(super) fn Outcome(run: Memo<RunDetails>) -> impl IntoView {
    let words = &words().run;
    let transactions = Memo::new(move |_| run.with(|run| run.transactions.clone()));
    let events = Memo::new(move |_| run.with(|run| run.events.clone()));
    let event = Memo::new(move |_| run.with(|run| run.event.clone()));
    let posted = move || match transactions.get() {
        none if none.is_empty() => view! { <p class="muted">{words.nothing_posted}</p> }.into_any(),
        transactions => view! { <Posted transactions=transactions /> }.into_any(),
    };
    let sent = move || match events.get() {
        none if none.is_empty() => view! { <p class="muted">{words.nothing_sent}</p> }.into_any(),
        events => view! { <Sent events=events /> }.into_any(),
    };
    let event = move || match event.get() {
        Some(event) => view! { <Code text=pretty(event.text()) /> }.into_any(),
        None => view! { <p class="muted">{words.event_erased}</p> }.into_any(),
    };
    view! {
        <p class="muted">{words.choose_node}</p>
        <section><h3>{words.posted}</h3>{posted}</section>
        <section><h3>{words.sent}</h3>{sent}</section>
        <section><h3>{words.event}</h3>{event}</section>
    }
}

/// Ledger transactions, each with its sides.
#[component]
pub(super) fn Posted(transactions: Vec<LedgerTransaction>) -> impl IntoView {
    transactions.into_iter().map(transaction).collect_view()
}

fn transaction(transaction: LedgerTransaction) -> impl IntoView {
    let url = Page::LedgerTransaction(transaction.id.to_string()).path();
    let title = transaction.description.unwrap_or(transaction.reference);
    view! {
        <table class="sides">
            <caption>
                <a class="link" href=url>{title}</a>
            </caption>
            <thead class="unseen">
                <tr>
                    <th>{words().ledger.account}</th>
                    <th>{words().ledger.debit}</th>
                    <th>{words().ledger.credit}</th>
                    <th>{words().ledger.currency}</th>
                </tr>
            </thead>
            <tbody>{transaction.entries.into_iter().map(side).collect_view()}</tbody>
        </table>
    }
}

fn side(entry: Entry) -> impl IntoView {
    let url = Page::Account(entry.account.clone()).path();
    let written = amount(&entry.amount, language());
    let (debit, credit) = match entry.direction {
        Direction::Debit => (Some(written), None),
        Direction::Credit => (None, Some(written)),
    };
    view! {
        <tr>
            <td><a class="link" href=url>{entry.account}</a></td>
            <td class="number">{debit}</td>
            <td class="number">{credit}</td>
            <td class="muted">{entry.currency}</td>
        </tr>
    }
}

/// Events that were sent, each to be unfolded.
#[component]
pub(super) fn Sent(events: Vec<SentEvent>) -> impl IntoView {
    let events = events.into_iter().map(|event| {
        view! {
            <details class="sent">
                <summary>{event.event_type} <small class="muted">" · " {event.number}</small></summary>
                <Code text=pretty(event.data.text()) />
            </details>
        }
    });
    events.collect_view()
}
