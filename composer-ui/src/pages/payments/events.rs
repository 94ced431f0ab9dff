//! What happened to a payment, in its order.

use leptos::prelude::*;

use super::{
    super::money::{money, texts},
    tone,
};
use crate::{api::money::PaymentEvent, icons::Sign, parts::Ago, routes::Page};

/// The events of a payment, the first one first.
#[component]
pub(super) fn Events(events: Vec<PaymentEvent>, currency: String) -> impl IntoView {
    let events = events
        .into_iter()
        .map(|event| view! { <Event event=event currency=currency.clone() /> });
    view! { <ol class="events">{events.collect_view()}</ol> }
}

#[component]
fn Event(event: PaymentEvent, currency: String) -> impl IntoView {
    let tone = tone(event.status);
    let happened = (texts().happened_to)(event.status);
    let amount = event.amount.map(|decimal| {
        view! { " · " <strong>{money(&decimal, &currency)}</strong> }
    });
    let transaction = event.transaction_id.map(|id| {
        let url = Page::LedgerTransaction(id).path();
        view! { <a class="link" href=url>{texts().ledger_transaction}</a> }
    });
    let reason = event.reason.map(|reason| {
        // What declined it said why in English; a person's reason stays as it is.
        view! { <p>{(texts().told)(&reason)}</p> }
    });
    view! {
        <li class=tone.class()>
            <Sign icon=tone.icon() />
            <div>
                <p>{happened} {amount}</p>
                {reason}
                <small><Ago time=event.created_at /> {transaction}</small>
            </div>
        </li>
    }
}
