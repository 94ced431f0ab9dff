//! `GET /api/v1/ledger/totals`: whether the books balance, however many accounts there are.

use api_types::{CurrencyTotal, KindTotal, LedgerTotals};
use ledger::{Direction, Total};
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::Problem;
use uuid::Uuid;

use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Refused, problems};

pub(super) struct ReadTotals(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ReadTotals {
    /// Sum up the ledger
    ///
    /// All debits and all credits that were ever posted, at one moment, per currency and per kind of account. Debits equal
    /// credits in every currency: `difference` is zero.
    #[oai(
        path = "/api/v1/ledger/totals",
        method = "get",
        operation_id = "read_ledger_totals"
    )]
    async fn read(
        &self,
        /// Only what this company posted.
        company_id: Query<Option<Uuid>>,
    ) -> Result<Json<LedgerTotals>, Refused> {
        let totals = self.0.store.trial_balance(company_id.0).await;
        let totals = totals.map_err(problems::of_store)?;
        let currencies = totals
            .chunk_by(|one, next| one.posted_debits.currency() == next.posted_debits.currency())
            .map(currency)
            .collect::<Option<_>>()
            .ok_or_else(|| Problem::internal("the accounts of a currency do not add up"))?;
        Ok(Json(LedgerTotals { currencies }))
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
    let balance = match total.kind.normal_side() {
        Direction::Debit => debits.checked_sub(credits),
        Direction::Credit => credits.checked_sub(debits),
    };
    Some(KindTotal {
        kind: views::ledger::kind(total.kind),
        accounts: total.accounts,
        posted_debits: debits.to_decimal_string(),
        posted_credits: credits.to_decimal_string(),
        balance: balance?.to_decimal_string(),
    })
}
