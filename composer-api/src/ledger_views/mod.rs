//! The ledger, for reading.

mod accounts;
mod balances;
mod entries;
mod shape;
mod transactions;
mod trial_balance;

use ledger::AccountCode;
use poem_openapi::OpenApi;
use service::Problem;

use crate::{endpoint::State, problems};

pub(crate) use shape::transaction;

/// The views of the ledger.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        accounts::ListAccounts(state.clone()),
        entries::ListEntries(state.clone()),
        balances::ListBalances(state.clone()),
        transactions::ReadTransaction(state.clone()),
        trial_balance::ReadTrialBalance(state.clone()),
    )
}

/// Reads the code of an account, from the parameter `name`.
///
/// # Errors
/// 400 for what no account can be called.
fn code(name: &str, text: Option<String>) -> Result<Option<AccountCode>, Problem> {
    let code = text.map(AccountCode::new).transpose();
    code.map_err(|error| problems::invalid_parameter(name, &error.to_string()))
}
