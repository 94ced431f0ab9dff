//! The payments of a company.

use leptos::prelude::*;

use super::{
    super::{
        ListPage, Listing, Look,
        money::{FilterByAccount, Names, money, texts},
    },
    filters::{Filters, narrowed},
    tone,
};
use crate::{
    api::money::{self as api, Payment},
    formats::amount,
    icons::Icon,
    parts::{Ago, Badge, Code, Empty},
    routes::Page,
    words::{language, words},
};

/// The payments of a company.
#[component]
pub(crate) fn PaymentsPage(company: String) -> impl IntoView {
    Names::provide();
    let (words, texts) = (words(), texts());
    let listing = {
        let company = company.clone();
        Listing::narrowed(move |navigation| narrowed(&company, navigation), api::payments)
    };
    let example = example_payment(&company);
    let empty = move || {
        let example = example.clone();
        view! {
            <Empty icon=Icon::Payments title=texts.no_payments_title text=texts.no_payments>
                <Code text=example />
            </Empty>
        }
    };
    let look = Look {
        class: "payments-table",
        heads: vec![
            words.runs.status,
            texts.amount,
            words.ledger.currency,
            texts.from,
            texts.to,
            texts.for_what,
            texts.taken,
        ],
        key: |payment: &Payment| format!("{} {}", payment.id, payment.updated_at),
        cells: Callback::new(|payment| view! { <Cells payment=payment /> }.into_any()),
        empty: ViewFn::from(empty),
    };
    view! {
        <ListPage title=words.pages.payments listing=listing look=look>
            <Filters company=company />
        </ListPage>
    }
}

#[component]
fn Cells(payment: Payment) -> impl IntoView {
    let status = (texts().payment_statuses)(payment.status);
    let url = Page::Payment(payment.id).path();
    let destination = payment
        .destination_account_id
        .map(|id| view! { <FilterByAccount id=id /> });
    // Of a payment that was declined it says why; the others, what they are for.
    let declined = payment.error.map(|error| (texts().told)(&error.detail));
    let said = declined.or(payment.description).unwrap_or_default();
    // What arrives in another currency stands below, its digits and its currency each in their column.
    let arrives = payment.exchange.map(|exchange| {
        let title = (texts().arrives_as)(&money(&exchange.amount, &exchange.currency));
        let amount = amount(&exchange.amount, language());
        (
            view! { <small title=title>"→ " {amount}</small> },
            view! { <small>{exchange.currency}</small> },
        )
    });
    let (other_amount, other_currency) = arrives.unzip();
    view! {
        <span role="cell">
            <a class="row-link" href=url><Badge tone=tone(payment.status) text=status /></a>
        </span>
        <span role="cell" class="number two-lines">
            <span class="strong">{amount(&payment.amount, language())}</span>
            {other_amount}
        </span>
        <span role="cell" class="muted two-lines">
            <span>{payment.currency}</span>
            {other_currency}
        </span>
        <span role="cell" class="ellipsis"><FilterByAccount id=payment.source_account_id /></span>
        <span role="cell" class="ellipsis">{destination}</span>
        <span role="cell" class="ellipsis" title=said.clone()>{said.clone()}</span>
        <span role="cell" class="muted"><Ago time=payment.created_at /></span>
    }
}

/// A command that makes an account, for the payments API where `moneyflow up` puts it: with two of them there can be a
/// payment.
fn example_payment(company: &str) -> String {
    let host = window().location().hostname().unwrap_or_default();
    format!(
        "curl http://{host}:8002/api/v1/accounts -H 'Content-Type: application/json' \\\n  \
         -d '{{\"company_id\":\"{company}\",\"code\":\"alice\",\"currency\":\"BRL\",\"initial_balance\":\"100\"}}'"
    )
}
