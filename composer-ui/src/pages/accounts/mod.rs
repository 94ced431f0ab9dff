//! Accounts: whose they are, what is on them, and what moved on each.

mod account;
mod days;
mod freezing;
mod held;
mod list;
mod statement;

pub(crate) use account::AccountPage;
pub(crate) use list::AccountsPage;
pub(crate) use statement::StatementPage;

use leptos::prelude::*;

use super::money::texts;
use crate::{
    api::money::AccountStatus,
    parts::{Badge, Tone},
};

/// The state of an account. That one is open is nothing to look at.
fn standing(status: AccountStatus) -> AnyView {
    let word = (texts().account_statuses)(status);
    match status {
        AccountStatus::Open => view! { <span class="muted">{word}</span> }.into_any(),
        AccountStatus::Frozen => view! { <Badge tone=Tone::Failure text=word /> }.into_any(),
        AccountStatus::Closed => view! { <Badge tone=Tone::Quiet text=word /> }.into_any(),
    }
}
