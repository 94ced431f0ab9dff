//! Companies, as far as accounts need them.

use service::Problem;
use store::{Company, CreateCompanyError};
use uuid::Uuid;

use crate::endpoint::State;
use crate::problems;

/// Makes sure that there is a company. While nobody has to sign in, one that is not there is created with the defaults, as
/// it is for its first rule.
///
/// # Errors
/// 404 `unknown_company`; 503.
pub(crate) async fn expect(state: &State, company_id: Uuid) -> Result<(), Problem> {
    let found = state.store.find_company(company_id).await;
    if found.map_err(problems::of_store)?.is_some() {
        return Ok(());
    }
    if !state.allow_unknown_company {
        let detail = format!("There is no company {company_id}.");
        return Err(Problem::not_found("unknown_company", detail));
    }
    let (store, company) = (state.store.clone(), default_company(state, company_id));
    let created = tokio::spawn(async move { store.create_company(company).await });
    match created.await.map_err(Problem::internal)? {
        Ok(()) | Err(CreateCompanyError::Exists(_)) => Ok(()),
        Err(CreateCompanyError::Store(error)) => Err(problems::of_store(error)),
    }
}

fn default_company(state: &State, company_id: Uuid) -> Company {
    let id = company_id.to_string();
    Company {
        company_id,
        name: format!("Company {}", id.get(..8).unwrap_or(&id)),
        plan: None,
        region: None,
        currency: state.default_currency,
        created_at: state.clock.now(),
    }
}
