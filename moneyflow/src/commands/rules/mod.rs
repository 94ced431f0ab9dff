//! `moneyflow rules …`.

use ledger::Currency;
use tasks::Company;
use uuid::Uuid;

pub(crate) mod push;
pub(crate) mod simulate;
pub(crate) mod test;
pub(crate) mod validate;

/// A company for rules that are tried without a system: what is not in the rule is the usual.
fn company(company_id: Uuid) -> anyhow::Result<Company> {
    let currency: Currency = crate::system::DEFAULT_CURRENCY.parse()?;
    Ok(Company {
        company_id,
        name: "Example".to_owned(),
        plan: None,
        region: None,
        currency,
    })
}
