//! Freezing an account, and taking that back.

use std::sync::Arc;

use leptos::prelude::*;

use super::super::money::{Act, ActButton, texts};
use crate::api::money::{Account, AccountStatus, account_path};

/// A button for it. A closed account stays closed.
#[component]
pub(super) fn Freezing(account: Account, on_done: Callback<()>) -> impl IntoView {
    let act = match account.status {
        AccountStatus::Open => freeze(&account),
        AccountStatus::Frozen => unfreeze(&account),
        AccountStatus::Closed => return None,
    };
    Some(view! { <ActButton act=act on_done=on_done /> })
}

fn freeze(account: &Account) -> Act {
    let name = name(account);
    Act {
        title: (texts().freeze_title)(&name),
        says: Arc::new(move |_| (texts().freeze_says)(&name)),
        action: texts().freeze,
        path: account_path(&account.id, "/freeze"),
        amount: None,
        takes_reason: false,
        done: texts().freeze_done,
        look: texts().look_at_account,
    }
}

fn unfreeze(account: &Account) -> Act {
    let name = name(account);
    Act {
        title: (texts().unfreeze_title)(&name),
        says: Arc::new(move |_| (texts().unfreeze_says)(&name)),
        action: texts().unfreeze,
        path: account_path(&account.id, "/unfreeze"),
        amount: None,
        takes_reason: false,
        done: texts().unfreeze_done,
        look: texts().look_at_account,
    }
}

/// What it is called among the accounts of its code.
fn name(account: &Account) -> String {
    format!("{} ({})", account.code, account.currency)
}
