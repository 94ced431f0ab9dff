//! `POST /companies`: a new company.

use std::sync::Arc;

use ledger::Currency;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json, types::Example};
use service::{FieldError, Problem, Strict};
use store::CreateCompanyError;
use uuid::Uuid;

use super::shape::Company;
use crate::{
    endpoint::{State, to_its_end},
    problems,
    refused::Refused,
    tags::Chapter,
};

const MAX_NAME_CHARS: usize = 120;

pub(super) struct CreateCompany(pub(super) State);

/// A company to create.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
struct NewCompany {
    /// Any UUID; made unless said.
    company_id: Option<Uuid>,
    /// How people call it.
    name: String,
    /// The plan that it pays for.
    plan: Option<String>,
    /// The region that it belongs to.
    region: Option<String>,
    /// The currency of amounts that name none (ISO 4217).
    currency: Option<String>,
}

impl Example for NewCompany {
    fn example() -> Self {
        Self {
            company_id: Some(Uuid::from_u128(0xb5aa_9687_d61f_467c_973e_f55d_4469_81dc)),
            name: "Padaria Central".to_owned(),
            plan: Some("pro".to_owned()),
            region: Some("sa-east".to_owned()),
            currency: Some("BRL".to_owned()),
        }
    }
}

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
        Ok(Created::Company(Json(company.into()), location))
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
