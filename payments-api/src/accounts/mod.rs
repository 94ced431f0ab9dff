//! Accounts: what money is on, and what moved there.

mod balance;
mod create;
mod entries;
mod list;
mod read;
mod shape;
mod statement;
mod status;
mod terms;

use poem_openapi::OpenApi;
use service::Problem;
use store::DetailedAccount;
use uuid::Uuid;

use crate::endpoint::State;
use crate::problems;

pub(crate) use shape::{Status, pending, status};

/// The operations on accounts.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        create::CreateAccount(state.clone()),
        list::ListAccounts(state.clone()),
        read::ReadAccount(state.clone()),
        terms::ChangeAccount(state.clone()),
        status::ChangeStatus(state.clone()),
        balance::ReadBalance(state.clone()),
        entries::ListEntries(state.clone()),
        statement::ReadStatement(state.clone()),
    )
}

/// Reads an account.
///
/// # Errors
/// 404 `account_not_found`; 503.
pub(crate) async fn find(state: &State, account_id: Uuid) -> Result<DetailedAccount, Problem> {
    let found = state.store.find_account(account_id).await;
    let found = found.map_err(problems::of_store)?;
    found.ok_or_else(|| problems::account_not_found(account_id))
}
