//! Companies: whose rules, runs and accounts these are.

mod create;
mod list;
mod read;
mod shape;

use poem_openapi::OpenApi;

use crate::endpoint::State;

/// The operations on companies.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        create::CreateCompany(state.clone()),
        list::ListCompanies(state.clone()),
        read::ReadCompany(state.clone()),
    )
}
