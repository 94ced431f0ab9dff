//! The ledger, for reading: a company's accounts, what was posted, what stands where now or stood there at a moment.

mod accounts;
mod balances;
mod entries;
mod shape;
mod totals;
mod transactions;
mod trial_balance;

use ledger::{AccountCode, Currency};
use poem_openapi::OpenApi;
use service::Problem;

use crate::endpoint::State;
use crate::problems;

/// The operations on the ledger.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        accounts::ListLedgerAccounts(state.clone()),
        entries::ListLedgerEntries(state.clone()),
        transactions::ListTransactions(state.clone()),
        transactions::ReadTransaction(state.clone()),
        balances::ListBalances(state.clone()),
        trial_balance::ReadTrialBalance(state.clone()),
        totals::ReadTotals(state.clone()),
    )
}

/// Reads the code of an account, or what one begins with, from a parameter.
///
/// # Errors
/// 400 for what no account can be called.
fn code(name: &str, text: Option<String>) -> Result<Option<AccountCode>, Problem> {
    let code = text.map(AccountCode::new).transpose();
    code.map_err(|error| problems::invalid_parameter(name, &error.to_string()))
}

/// Reads a currency from a parameter.
///
/// # Errors
/// 400 for what is none.
fn currency(name: &str, text: Option<&str>) -> Result<Option<Currency>, Problem> {
    let currency = text.map(str::parse).transpose();
    currency.map_err(|error: ledger::CurrencyError| problems::invalid_parameter(name, &error.to_string()))
}
