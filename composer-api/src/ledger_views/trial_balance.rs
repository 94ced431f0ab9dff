//! `GET /api/v1/ledger/trial-balance`: whether the books balance.

use api_types::{CurrencyTotal, KindTotal, TrialBalance};
use ledger::{AccountKind, Total};
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::Problem;
use uuid::Uuid;

use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct ReadTrialBalance(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ReadTrialBalance {
    /// Read the trial balance
    ///
    /// The sums over all accounts at one moment, per currency and per kind of account. Debits equal credits in every
    /// currency: `difference` is zero.
    #[oai(
        path = "/api/v1/ledger/trial-balance",
        method = "get",
        operation_id = "read_trial_balance"
    )]
    async fn read(
        &self,
        /// Only this company's accounts.
        company_id: Query<Option<Uuid>>,
    ) -> Result<Json<TrialBalance>, Refused> {
        let totals = self.0.store.trial_balance(company_id.0).await;
        let totals = totals.map_err(problems::of_store)?;
        let currencies = totals
            .chunk_by(|one, next| one.posted_debits.currency() == next.posted_debits.currency())
            .map(currency)
            .collect::<Option<_>>()
            .ok_or_else(|| Problem::internal("the accounts of a currency do not add up"))?;
        Ok(Json(TrialBalance { currencies }))
    }
}

/// The kinds of one currency, and their sums; none if there are no kinds, or they do not add up.
fn currency(kinds: &[store::KindTotal]) -> Option<CurrencyTotal> {
    let currency = kinds.first()?.posted_debits.currency();
    let (mut debits, mut credits) = (Total::new(0, currency), Total::new(0, currency));
    let mut accounts: u64 = 0;
    for kind in kinds {
        debits = debits.checked_add(kind.posted_debits)?;
        credits = credits.checked_add(kind.posted_credits)?;
        accounts = accounts.saturating_add(kind.accounts);
    }
    Some(CurrencyTotal {
        currency: currency.code().to_owned(),
        accounts,
        posted_debits: debits.to_decimal_string(),
        posted_credits: credits.to_decimal_string(),
        difference: debits.checked_sub(credits)?.to_decimal_string(),
        kinds: kinds.iter().map(shown).collect::<Option<_>>()?,
    })
}

fn shown(total: &store::KindTotal) -> Option<KindTotal> {
    let (debits, credits) = (total.posted_debits, total.posted_credits);
    let balance = match total.kind {
        AccountKind::Asset | AccountKind::Expense => debits.checked_sub(credits),
        AccountKind::Liability | AccountKind::Equity | AccountKind::Revenue => credits.checked_sub(debits),
    };
    Some(KindTotal {
        kind: total.kind.name().to_owned(),
        accounts: total.accounts,
        posted_debits: debits.to_decimal_string(),
        posted_credits: credits.to_decimal_string(),
        balance: balance?.to_decimal_string(),
    })
}
