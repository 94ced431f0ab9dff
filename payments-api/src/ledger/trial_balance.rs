//! `GET /api/v1/ledger/trial-balance`: whether the books balance, account by account, now or as of a moment.

use api_types::Time;
use ledger::{AccountKind, Currency, Direction, Money, Total};
use poem::http::HeaderMap;
use poem_openapi::{ApiResponse, Object, OpenApi, ResponseContent, param::Query};
use serde::Serialize;
use service::{Problem, RawJson};
use store::{AccountFilter, AccountStanding, PageRequest};
use uuid::Uuid;
use views::stored_json;

use crate::csv::{Csv, Format, Lines, text};
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, problems, spans};

/// How many accounts a trial balance has at most: it is read at one moment, and so in one piece.
const MAX_ACCOUNTS: u32 = 50_000;

pub(super) struct ReadTrialBalance(pub(super) State);

/// Every account with its balance on the side where it stands: proof that debits equal credits.
#[derive(Debug, Clone, Serialize, Object)]
struct TrialBalance {
    /// The company.
    company_id: Uuid,
    /// As of when; null if it is now.
    #[oai(nullable)]
    as_of: Option<Time>,
    /// Per currency, by its code.
    currencies: Vec<TrialCurrency>,
}

/// The accounts in one currency.
#[derive(Debug, Clone, Serialize, Object)]
struct TrialCurrency {
    /// The currency of all these amounts (ISO 4217).
    currency: String,
    /// The sum of the debit column.
    debit: String,
    /// The sum of the credit column.
    credit: String,
    /// The one less the other: zero, or the books do not balance.
    difference: String,
    /// Whether the two are equal.
    balanced: bool,
    /// The accounts that anything was posted to, by kind and code.
    accounts: Vec<TrialAccount>,
}

/// An account's balance, in the one column or the other.
#[derive(Debug, Clone, Serialize, Object)]
struct TrialAccount {
    /// The account.
    account_id: Uuid,
    /// Its code.
    account: String,
    /// Its kind.
    kind: api_types::AccountKind,
    /// What stands on its debit side; zero if it stands on the other.
    debit: String,
    /// What stands on its credit side; zero if it stands on the other.
    credit: String,
}

#[derive(ResponseContent)]
enum Content {
    Json(RawJson<TrialBalance>),
    Csv(Csv),
}

#[derive(ApiResponse)]
enum Answer {
    /// The trial balance.
    #[oai(status = 200)]
    TrialBalance(Content),
}

#[OpenApi(tag = "Chapter::Ledger")]
impl ReadTrialBalance {
    /// Read the trial balance
    ///
    /// Every account that anything was posted to, with its balance in the debit or the credit column, and their sums, per
    /// currency; all of it at one moment: now, or as of another, that moment included. As JSON, or as CSV: by `format`, or
    /// by the header `Accept: text/csv`. For up to 50,000 accounts.
    #[oai(
        path = "/api/v1/ledger/trial-balance",
        method = "get",
        operation_id = "read_ledger_trial_balance"
    )]
    async fn read(
        &self,
        /// The company.
        company_id: Query<Uuid>,
        /// As of this moment; now, if it is left out.
        as_of: Query<Option<Moment>>,
        /// How it is written.
        format: Query<Option<Format>>,
        headers: &HeaderMap,
    ) -> Result<Answer, Refused<422>> {
        let all = PageRequest {
            limit: MAX_ACCOUNTS,
            after: None,
        };
        let posted_to = AccountFilter {
            posted_to: true,
            ..AccountFilter::default()
        };
        let before = as_of.0.map(spans::behind);
        let found = self
            .0
            .store
            .list_standings(company_id.0, posted_to, before, all)
            .await;
        let found = found.map_err(problems::of_store)?;
        if found.next.is_some() {
            return Err(too_many_accounts().into());
        }
        let balance = TrialBalance {
            company_id: company_id.0,
            as_of: as_of.0.map(|moment| Time::from(moment.0)),
            currencies: currencies(found.items)
                .ok_or_else(|| Problem::internal("the accounts of a currency do not add up"))?,
        };
        let content = match Format::asked(format.0, headers) {
            Format::Json => Content::Json(stored_json::write(&balance)?),
            Format::Csv => Content::Csv(csv(&balance).map_err(Problem::internal)?),
        };
        Ok(Answer::TrialBalance(content))
    }
}

/// The accounts that anything was posted to, by currency, kind and code.
fn currencies(mut standings: Vec<AccountStanding>) -> Option<Vec<TrialCurrency>> {
    standings.retain(|found| found.standing.entries > 0);
    standings.sort_unstable_by(|one, other| order(one).cmp(&order(other)));
    standings
        .chunk_by(|one, other| currency_of(one) == currency_of(other))
        .map(|chunk| total(currency_of(chunk.first()?), chunk))
        .collect()
}

fn currency_of(found: &AccountStanding) -> Currency {
    found.account.key().currency
}

fn order(found: &AccountStanding) -> (&str, AccountKind, &str) {
    let key = found.account.key();
    (key.currency.code(), found.account.kind(), key.code.as_str())
}

fn total(currency: Currency, standings: &[AccountStanding]) -> Option<TrialCurrency> {
    let (mut debit, mut credit) = (Total::new(0, currency), Total::new(0, currency));
    let mut accounts = Vec::with_capacity(standings.len());
    for found in standings {
        let columns = columns(found)?;
        debit = debit.checked_add(columns.0)?;
        credit = credit.checked_add(columns.1)?;
        accounts.push(TrialAccount {
            account_id: found.account.id(),
            account: found.account.key().code.as_str().to_owned(),
            kind: views::ledger::kind(found.account.kind()),
            debit: columns.0.to_decimal_string(),
            credit: columns.1.to_decimal_string(),
        });
    }
    Some(TrialCurrency {
        currency: currency.code().to_owned(),
        debit: debit.to_decimal_string(),
        credit: credit.to_decimal_string(),
        difference: debit.checked_sub(credit)?.to_decimal_string(),
        balanced: debit == credit,
        accounts,
    })
}

/// An account's balance as (debit, credit): on the side that it grows on, or on the other if it is below zero.
fn columns(found: &AccountStanding) -> Option<(Money, Money)> {
    let balance = found.standing.balance;
    let zero = Money::new(0, balance.currency());
    let (side, amount) = match found.account.kind().normal_side() {
        side if balance.is_negative() => (side.opposite(), balance.checked_neg().ok()?),
        side => (side, balance),
    };
    Some(match side {
        Direction::Debit => (amount, zero),
        Direction::Credit => (zero, amount),
    })
}

fn csv(balance: &TrialBalance) -> std::io::Result<Csv> {
    let mut lines = Lines::new();
    lines.add(
        &[
            "record",
            "currency",
            "account",
            "kind",
            "debit",
            "credit",
            "account_id",
        ]
        .map(Into::into),
    )?;
    for currency in &balance.currencies {
        let code = || currency.currency.as_str().into();
        for account in &currency.accounts {
            lines.add(&[
                "account".into(),
                code(),
                text(&account.account),
                account.kind.name().into(),
                account.debit.as_str().into(),
                account.credit.as_str().into(),
                account.account_id.to_string().into(),
            ])?;
        }
        let (debit, credit) = (currency.debit.as_str().into(), currency.credit.as_str().into());
        lines.add(&[
            "total".into(),
            code(),
            "".into(),
            "".into(),
            debit,
            credit,
            "".into(),
        ])?;
    }
    let file = format!("trial-balance-{}", balance.company_id);
    Ok(Csv::whole(file, lines.into_bytes()?))
}

fn too_many_accounts() -> Problem {
    let detail = format!(
        "The company has posted to more than {MAX_ACCOUNTS} accounts. List their balances page by page, as of one moment, instead."
    );
    Problem::unprocessable("too_many_accounts", detail)
}
