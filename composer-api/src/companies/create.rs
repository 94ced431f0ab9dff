//! `POST /companies`: a new company.

use std::sync::Arc;

use api_types::{Company, NewCompany};
use ledger::Currency;
use poem_openapi::{ApiResponse, OpenApi, payload::Json};
use service::{FieldError, Problem, Strict};
use store::CreateCompanyError;

use super::shape::shown;
use crate::{
    Refused,
    endpoint::{State, to_its_end},
    problems,
    tags::Chapter,
};

const MAX_NAME_CHARS: usize = 120;

pub(super) struct CreateCompany(pub(super) State);

#[derive(ApiResponse)]
enum Created {
    /// The company exists now.
    #[oai(status = 201)]
    Company(
        Json<Company>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
    ),
}

#[OpenApi(tag = "Chapter::Companies")]
impl CreateCompany {
    /// Create a company
    #[oai(path = "/companies", method = "post", operation_id = "create_company")]
    async fn create(
        &self,
        /// The company.
        company: Strict<NewCompany>,
    ) -> Result<Created, Refused<409, 422>> {
        let company = read(&self.0, company.0)?;
        let state = Arc::clone(&self.0);
        let created = company.clone();
        to_its_end(async move { state.store.create_company(created).await.map_err(of_creating) }).await?;
        let location = format!("/companies/{}", company.company_id);
        Ok(Created::Company(Json(shown(company)), location))
    }
}

fn of_creating(error: CreateCompanyError) -> Problem {
    match error {
        CreateCompanyError::Exists(company_id) => Problem::conflict(
            "company_exists",
            format!("There is a company {company_id} already."),
        ),
        CreateCompanyError::Store(error) => problems::of_store(error),
    }
}

fn read(state: &State, company: NewCompany) -> Result<store::Company, Problem> {
    let NewCompany {
        company_id,
        name,
        plan,
        region,
        currency,
    } = company;
    let texts = [
        ("name", Some(&name)),
        ("plan", plan.as_ref()),
        ("region", region.as_ref()),
    ];
    let mut faults: Vec<FieldError> = texts
        .into_iter()
        .filter_map(|(member, text)| unfit(member, text?))
        .collect();
    let currency = currency.map_or(Ok(state.default_currency), |code| code.parse::<Currency>());
    let fault = currency
        .as_ref()
        .err()
        .map(|error| FieldError::new("/currency", "invalid_currency", error.to_string()));
    faults.extend(fault);
    match (currency, faults.first()) {
        (Ok(currency), None) => Ok(store::Company {
            company_id: company_id.unwrap_or_else(|| state.ids.next()),
            name,
            plan,
            region,
            currency,
            created_at: state.clock.now(),
        }),
        (_, first) => {
            let detail = first.map(|fault| fault.detail.clone()).unwrap_or_default();
            Err(Problem::unprocessable("invalid_company", detail).with_errors(faults))
        }
    }
}

fn unfit(member: &str, text: &str) -> Option<FieldError> {
    let fits =
        !text.trim().is_empty() && text.chars().count() <= MAX_NAME_CHARS && !text.contains(char::is_control);
    let detail =
        format!("`{member}` must have 1 to {MAX_NAME_CHARS} characters, none of them a control character.");
    (!fits).then(|| FieldError::new(format!("/{member}"), "bad_value", detail))
}
