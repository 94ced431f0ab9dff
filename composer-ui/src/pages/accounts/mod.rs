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

use crate::{api::money::AccountStatus, parts::Tone};

/// What the state of an account means.
fn tone(status: AccountStatus) -> Tone {
    match status {
        AccountStatus::Open => Tone::Success,
        AccountStatus::Frozen => Tone::Failure,
        AccountStatus::Closed => Tone::Quiet,
    }
}
