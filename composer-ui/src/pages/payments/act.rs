//! What can happen to a payment where it stands: capture, refund, cancel. Each says the amounts before it is done.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    super::money::{Act, ActButton, AmountField, Names, capture_says, less, money, texts},
    exchanged,
};
use crate::api::money::{Payment, PaymentStatus, payment_path};

/// Buttons for what can happen to it.
#[component]
pub(super) fn Acts(payment: Payment, on_done: Callback<()>) -> impl IntoView {
    let ends = Ends::of(&payment, expect_context::<Names>());
    match payment.status {
        PaymentStatus::Pending => {
            view! { <ActButton act=cancel(&payment, &ends) on_done=on_done /> }.into_any()
        }
        PaymentStatus::Authorized => view! {
            <ActButton act=cancel(&payment, &ends) on_done=on_done />
            <ActButton act=capture(&payment, &ends) is_primary=true on_done=on_done />
        }
        .into_any(),
        PaymentStatus::Captured | PaymentStatus::PartiallyRefunded => {
            view! { <ActButton act=refund(&payment, &ends) on_done=on_done /> }.into_any()
        }
        PaymentStatus::Processing
        | PaymentStatus::Refunded
        | PaymentStatus::Declined
        | PaymentStatus::Failed
        | PaymentStatus::Cancelled => ().into_any(),
    }
}

/// The accounts of a payment, by their names once those are known, and the rate between them if there is one.
#[derive(Clone)]
struct Ends {
    names: Names,
    source: String,
    destination: String,
    rate: Option<String>,
}

impl Ends {
    fn of(payment: &Payment, names: Names) -> Self {
        Self {
            names,
            source: payment.source_account_id.clone(),
            destination: payment.destination_account_id.clone().unwrap_or_default(),
            rate: payment
                .exchange
                .as_ref()
                .map(|exchange| exchanged::rate(&payment.currency, exchange)),
        }
    }

    /// A sentence on how money comes from one to the other, with at which rate, if there is one.
    fn at_rate(&self, said: String) -> String {
        match &self.rate {
            Some(rate) => format!("{said} {}", (texts().rate_holds)(rate)),
            None => said,
        }
    }

    fn source(&self) -> String {
        self.names.shown(&self.source)
    }

    fn destination(&self) -> String {
        self.names.shown(&self.destination)
    }
}

fn refund(payment: &Payment, ends: &Ends) -> Act {
    let left = less(&payment.captured_amount, &payment.refunded_amount);
    let left = left.unwrap_or_else(|| payment.captured_amount.clone());
    let (ends, currency) = (ends.clone(), payment.currency.clone());
    let field = AmountField {
        all: left.clone(),
        at_most: texts().refund_at_most,
        currency: currency.clone(),
    };
    Act {
        title: texts().refund_title.to_owned(),
        says: Arc::new(move |typed| {
            let back = money(typed.unwrap_or(&left), &currency);
            let all = money(&left, &currency);
            ends.at_rate((texts().refund_says)(
                &back,
                &ends.destination(),
                &ends.source(),
                &all,
            ))
        }),
        action: texts().refund,
        path: payment_path(&payment.id, "/refund"),
        amount: Some(field),
        takes_reason: true,
        done: texts().refund_done,
        look: texts().look_at_payment,
    }
}

fn capture(payment: &Payment, ends: &Ends) -> Act {
    let (ends, currency, all) = (ends.clone(), payment.currency.clone(), payment.amount.clone());
    let field = AmountField {
        all: all.clone(),
        at_most: texts().capture_at_most,
        currency: currency.clone(),
    };
    Act {
        title: texts().capture_title.to_owned(),
        says: Arc::new(move |typed| {
            let (from, to) = (ends.source(), ends.destination());
            ends.at_rate(capture_says(typed, &all, &currency, &from, &to))
        }),
        action: texts().capture,
        path: payment_path(&payment.id, "/capture"),
        amount: Some(field),
        takes_reason: false,
        done: texts().capture_done,
        look: texts().look_at_payment,
    }
}

fn cancel(payment: &Payment, ends: &Ends) -> Act {
    let (ends, reserved) = (ends.clone(), money(&payment.amount, &payment.currency));
    let is_reserved = payment.status == PaymentStatus::Authorized;
    Act {
        title: texts().cancel_title.to_owned(),
        says: Arc::new(move |_| {
            if is_reserved {
                (texts().cancel_says)(&reserved, &ends.source())
            } else {
                texts().cancel_pending_says.to_owned()
            }
        }),
        action: texts().cancel,
        path: payment_path(&payment.id, "/cancel"),
        amount: None,
        takes_reason: true,
        done: texts().cancel_done,
        look: texts().look_at_payment,
    }
}
