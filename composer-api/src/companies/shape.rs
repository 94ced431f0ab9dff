//! What a company looks like.

use api_types::{Company, Time};

/// A company as the API shows it.
pub(super) fn shown(company: store::Company) -> Company {
    Company {
        company_id: company.company_id,
        name: company.name,
        plan: company.plan,
        region: company.region,
        currency: company.currency.code().to_owned(),
        created_at: Time::from(company.created_at),
    }
}
