//! A payment: what it is, where it stands, what happened to it, and what can still happen.

use leptos::prelude::*;

use super::{
    super::money::{AccountName, Names, money, texts},
    act::Acts,
    events::Events,
    exchanged::Exchanged,
    tone,
};
use crate::{
    api::money::{self as api, Payment, PaymentEvent},
    companies::companies,
    formats::{is_zero, pretty},
    navigation::navigation,
    parts::{Ago, Badge, Code, CopyableId, Tone, toasts},
    reading::Reading,
    routes::Page,
    words::words,
};

/// A payment with what happened to it.
#[derive(Clone, PartialEq)]
struct Told {
    payment: Payment,
    events: Vec<PaymentEvent>,
}

/// The payment that the address names.
#[component]
pub(crate) fn PaymentPage() -> impl IntoView {
    Names::provide();
    let navigation = navigation();
    let opened = Memo::new(move |_| match navigation.page() {
        Page::Payment(id) => id,
        _ => String::new(),
    });
    move || {
        let id = opened.get();
        let reading = Reading::start(move || {
            let id = id.clone();
            async move {
                let payment = api::payment(&id).await?;
                let events = api::payment_events(&id).await?;
                Ok(Told { payment, events })
            }
        });
        let again = Callback::new(move |()| reading.again());
        view! {
            <div class="page">
                {reading.show(move |told| view! { <Shown told=told on_change=again /> })}
            </div>
        }
    }
}

#[component]
fn Shown(told: Told, on_change: Callback<()>) -> impl IntoView {
    let Told { payment, events } = told;
    let (companies, toasts, company) = (companies(), toasts(), payment.company_id.clone());
    // Whoever was handed the address alone may stand at another company, or at none yet.
    Effect::new(move |_| {
        if let Some(name) = companies.turn_to(&company) {
            toasts.say(Tone::Quiet, (texts().of_company)(&name));
        }
    });
    let words = words();
    let title = payment.description.clone();
    let title = title.unwrap_or_else(|| money(&payment.amount, &payment.currency));
    let status = (texts().payment_statuses)(payment.status);
    let declined = payment.error.as_ref().map(|error| {
        let said = (texts().told)(&error.detail);
        view! { <p class="note tone-failure run-why">{said} " " {texts().declined_moved_nothing}</p> }
    });
    let metadata = (payment.metadata.text() != "{}").then(|| {
        view! {
            <h2>{words.ledger.metadata}</h2>
            <Code text=pretty(payment.metadata.text()) />
        }
    });
    let exchanged = payment.exchange.clone().map(|exchange| {
        view! { <Exchanged payment=payment.clone() exchange=exchange /> }
    });
    view! {
        <header class="page-head">
            <div class="run-title">
                <a class="back" href=Page::Payments.path()>{words.pages.payments}</a>
                <h1 class="ellipsis" title=title.clone()>{title.clone()}</h1>
                <Badge tone=tone(payment.status) text=status />
            </div>
            <div class="actions"><Acts payment=payment.clone() on_done=on_change /></div>
        </header>
        {declined}
        <Facts payment=payment.clone() />
        <div class="transaction">
            {exchanged}
            <h2>{texts().happened}</h2>
            <Events events=events currency=payment.currency />
            {metadata}
        </div>
    }
}

#[component]
fn Facts(payment: Payment) -> impl IntoView {
    let texts = texts();
    // What a payment in two currencies comes to, and from whom to whom, its table says.
    let sums = payment
        .exchange
        .is_none()
        .then(|| view! { <Sums payment=payment.clone() /> });
    view! {
        <dl class="facts">
            {sums}
            {payment.provider.map(|name| view! { <div><dt>{texts.provider}</dt><dd>{name}</dd></div> })}
            <div>
                <dt>{texts.taken}</dt>
                <dd><Ago time=payment.created_at /></dd>
            </div>
            <div>
                <dt>{words().dead_letters.id}</dt>
                <dd><CopyableId id=payment.id /></dd>
            </div>
        </dl>
    }
}

/// How much, how far it got, from whom and to whom.
#[component]
fn Sums(payment: Payment) -> impl IntoView {
    let texts = texts();
    let amount = |term: &'static str, decimal: &str| {
        let shown = money(decimal, &payment.currency);
        view! { <div><dt>{term}</dt><dd>{shown}</dd></div> }
    };
    let captured = !is_zero(&payment.captured_amount);
    let refunded = !is_zero(&payment.refunded_amount);
    view! {
        {amount(texts.amount, &payment.amount)}
        {captured.then(|| amount(texts.captured, &payment.captured_amount))}
        {refunded.then(|| amount(texts.refunded, &payment.refunded_amount))}
        <div>
            <dt>{texts.from}</dt>
            <dd><AccountName id=payment.source_account_id /></dd>
        </div>
        {payment.destination_account_id.map(|id| {
            view! { <div><dt>{texts.to}</dt><dd><AccountName id=id /></dd></div> }
        })}
    }
}
