//! What all accounts hold together.

use std::collections::BTreeMap;

use ledger::{AccountKind, Currency, Total};
use rusqlite::{Connection, Row};
use store::KindTotal;
use uuid::Uuid;

use crate::fault::Fault;
use crate::query::Query;
use crate::value::{Place, UuidBytes};

/// The sums of one kind in one currency. Wider than a row's, so that no sum of rows is too large for it.
struct Sums {
    currency: Currency,
    accounts: u64,
    debits: i128,
    credits: i128,
}

struct AccountRow {
    id: UuidBytes,
    currency: String,
    kind: String,
    debits: i64,
    credits: i64,
}

impl AccountRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            currency: row.get(1)?,
            kind: row.get(2)?,
            debits: row.get(3)?,
            credits: row.get(4)?,
        })
    }
}

/// Sums up the accounts of a company, or of all, by currency and kind.
pub(crate) fn trial_balance(
    connection: &Connection,
    company_id: Option<Uuid>,
) -> Result<Vec<KindTotal>, Fault> {
    let (company_id, no_limit) = (company_id.map(Uuid::into_bytes), i64::MAX);
    let columns = "id, currency, kind, posted_debits, posted_credits";
    let rows = Query::new(format!("SELECT {columns} FROM accounts"))
        .and_if("company_id = ?", company_id.as_ref())
        .ordered("NULL", &no_limit)
        .fetch(connection, AccountRow::read)?;
    let mut sums: BTreeMap<(&'static str, AccountKind), Sums> = BTreeMap::new();
    for row in rows {
        let place = Place::new("accounts", row.id);
        let (currency, kind) = (place.currency(&row.currency)?, place.kind(&row.kind)?);
        let sum = sums.entry((currency.code(), kind)).or_insert(Sums {
            currency,
            accounts: 0,
            debits: 0,
            credits: 0,
        });
        sum.accounts = sum.accounts.saturating_add(1);
        sum.debits = sum.debits.saturating_add(row.debits.into());
        sum.credits = sum.credits.saturating_add(row.credits.into());
    }
    let totals = sums.into_iter().map(|((_, kind), sums)| KindTotal {
        kind,
        accounts: sums.accounts,
        posted_debits: Total::new(sums.debits, sums.currency),
        posted_credits: Total::new(sums.credits, sums.currency),
    });
    Ok(totals.collect())
}
