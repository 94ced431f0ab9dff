//! What all accounts hold together.

use ledger::{AccountKind, Total};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use store::KindTotal;
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::Place;

/// Sums of many full accounts do not fit 64 bits: they come as numerics, in digits.
const SUMS: &str =
    "SELECT a.currency, a.kind, count(*), sum(a.posted_debits)::text, sum(a.posted_credits)::text
    FROM accounts a WHERE TRUE";

/// Sums up the accounts of a company, or of all, by currency and kind.
pub(crate) async fn trial_balance(
    connection: &mut PgConnection,
    company_id: Option<Uuid>,
) -> Result<Vec<KindTotal>, Fault> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(SUMS);
    if let Some(company_id) = company_id {
        query.push(" AND a.company_id = ").push_bind(company_id);
    }
    query.push(" GROUP BY a.currency, a.kind");
    let rows: Vec<(String, String, i64, String, String)> =
        query.build_query_as().fetch_all(connection).await?;
    // No single row is at fault for a name that nothing has.
    let place = Place::new("accounts", Uuid::nil());
    let mut totals = rows
        .into_iter()
        .map(|(code, kind, accounts, debits, credits)| {
            let currency = place.currency(&code)?;
            let total = |digits: &str| {
                let minor = digits
                    .parse()
                    .map_err(|error: std::num::ParseIntError| place.corrupt(&error))?;
                Ok::<_, Fault>(Total::new(minor, currency))
            };
            Ok(KindTotal {
                kind: place.kind(&kind)?,
                accounts: place.number(accounts)?,
                posted_debits: total(&debits)?,
                posted_credits: total(&credits)?,
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    totals.sort_unstable_by_key(order);
    Ok(totals)
}

fn order(total: &KindTotal) -> (&'static str, AccountKind) {
    (total.posted_debits.currency().code(), total.kind)
}
