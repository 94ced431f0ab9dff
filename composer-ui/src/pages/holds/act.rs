//! What can happen to a hold: its amount is captured, or freed.

use std::sync::Arc;

use leptos::prelude::*;

use super::super::money::{Act, ActButton, AmountField, Names, capture_says, money, texts};
use crate::api::money::{Hold, hold_path};

/// Buttons for what can happen to it.
#[component]
pub(super) fn Acts(hold: Hold, on_done: Callback<()>) -> impl IntoView {
    let names = expect_context::<Names>();
    view! {
        <ActButton act=release(&hold, names) on_done=on_done />
        <ActButton act=capture(&hold, names) on_done=on_done />
    }
}

fn capture(hold: &Hold, names: Names) -> Act {
    let (source, destination) = (
        hold.source_account_id.clone(),
        hold.destination_account_id.clone(),
    );
    let (all, currency) = (hold.amount.clone(), hold.currency.clone());
    let field = AmountField {
        all: all.clone(),
        at_most: texts().capture_at_most,
        currency: currency.clone(),
    };
    Act {
        title: texts().capture_hold_title.to_owned(),
        says: Arc::new(move |typed| {
            let (from, to) = (names.shown(&source), names.shown(&destination));
            capture_says(typed, &all, &currency, &from, &to)
        }),
        action: texts().capture,
        path: hold_path(&hold.id, "/capture"),
        amount: Some(field),
        takes_reason: false,
        done: texts().capture_done,
        look: texts().look_at_holds,
    }
}

fn release(hold: &Hold, names: Names) -> Act {
    let (source, reserved) = (
        hold.source_account_id.clone(),
        money(&hold.amount, &hold.currency),
    );
    Act {
        title: texts().release_title.to_owned(),
        says: Arc::new(move |_| (texts().release_says)(&reserved, &names.shown(&source))),
        action: texts().release,
        path: hold_path(&hold.id, "/release"),
        amount: None,
        takes_reason: false,
        done: texts().release_done,
        look: texts().look_at_holds,
    }
}
