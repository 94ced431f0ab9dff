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
    formats::{amount, is_zero},
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
    let moved = moved(&payment);
    let url = Page::Payment(payment.id).path();
    let destination = payment
        .destination_account_id
        .map(|id| view! { <FilterByAccount id=id /> });
    // Of a payment that was declined it says why, below what it is for.
    let description = payment.description.map(|description| {
        let title = description.clone();
        view! { <span title=title>{description}</span> }
    });
    let not_paid = payment.error.map(|error| {
        let said = (texts().not_paid)(&(texts().told)(&error.detail));
        view! { <small title=said.clone()>{said.clone()}</small> }
    });
    // What arrives in another currency stands below, its digits and its currency each in their column, unless the line is
    // taken by how much of the amount moved.
    let arrives = payment.exchange.filter(|_| moved.is_none()).map(|exchange| {
        let title = (texts().arrives_as)(&money(&exchange.amount, &exchange.currency));
        let amount = amount(&exchange.amount, language());
        (
            view! { <small title=title>"→ " {amount}</small> },
            view! { <small>{exchange.currency}</small> },
        )
    });
    let moved = moved.map(|moved| view! { <small>{moved}</small> });
    let (other_amount, other_currency) = arrives.unzip();
    view! {
        <span role="cell">
            <a class="row-link" href=url><Badge tone=tone(payment.status) text=status /></a>
        </span>
        <span role="cell" class="number two-lines">
            <span class="strong">{amount(&payment.amount, language())}</span>
            {other_amount}
            {moved}
        </span>
        <span role="cell" class="muted two-lines">
            <span>{payment.currency}</span>
            {other_currency}
        </span>
        <span role="cell" class="ellipsis"><FilterByAccount id=payment.source_account_id /></span>
        <span role="cell" class="ellipsis">{destination}</span>
        <span role="cell" class="two-lines">{description} {not_paid}</span>
        <span role="cell" class="muted"><Ago time=payment.created_at /></span>
    }
}

/// How much was captured and refunded, where the status alone does not say that it is all of the amount.
fn moved(payment: &Payment) -> Option<String> {
    let shown = |decimal: &str| amount(decimal, language());
    let (all, captured, refunded) = (
        &payment.amount,
        &payment.captured_amount,
        &payment.refunded_amount,
    );
    if is_zero(captured) || refunded == all {
        None
    } else if is_zero(refunded) {
        (captured != all).then(|| (texts().of_it_captured)(&shown(captured)))
    } else if captured == all || refunded == captured {
        Some((texts().of_it_refunded)(&shown(refunded)))
    } else {
        Some((texts().refunded_of)(&shown(refunded), &shown(captured)))
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
