//! What a company looks like.

use poem_openapi::Object;
use uuid::Uuid;

use crate::time::Time;

/// A company.
#[derive(Debug, Object)]
#[expect(clippy::struct_field_names, reason = "the members are called so by clients")]
pub(super) struct Company {
    /// Its id.
    company_id: Uuid,
    /// How people call it.
    name: String,
    /// The plan that it pays for.
    #[oai(nullable)]
    plan: Option<String>,
    /// The region that it belongs to.
    #[oai(nullable)]
    region: Option<String>,
    /// The currency of amounts that name none (ISO 4217).
    currency: String,
    /// When it was created.
    created_at: Time,
}

impl From<store::Company> for Company {
    fn from(company: store::Company) -> Self {
        Self {
            company_id: company.company_id,
            name: company.name,
            plan: company.plan,
            region: company.region,
            currency: company.currency.code().to_owned(),
            created_at: Time(company.created_at),
        }
    }
}
