//! What accounts and balances of the ledger look like.

use api_types::{AccountKind, Balance, Time};
use ledger::Money;
use poem_openapi::Object;
use serde::Serialize;
use store::AccountStanding;
use uuid::Uuid;

use crate::Moment;
use crate::accounts::{self, Status};

/// An account in the chart, with what it holds now.
#[derive(Debug, Clone, Serialize, Object)]
pub(super) struct LedgerAccount {
    /// Its id.
    id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// What it is called; unique within the company and the currency.
    code: String,
    /// On which side its balance grows: `asset` and `expense` by debits, the others by credits.
    kind: AccountKind,
    /// The currency of all its amounts (ISO 4217).
    currency: String,
    /// A `frozen` account refuses what would take from it, a `closed` one everything.
    status: Status,
    /// Whether what is available may go below zero.
    overdraft: bool,
    /// Debits less credits for an asset or expense, credits less debits for the others.
    balance: String,
    /// The balance less what pending entries would take.
    available: String,
    /// All debits posted.
    posted_debits: String,
    /// All credits posted.
    posted_credits: String,
    /// All debits that holds would post.
    pending_debits: String,
    /// All credits that holds would post.
    pending_credits: String,
}

/// An account as the API shows it.
pub(super) fn account(stored: &ledger::Account) -> LedgerAccount {
    let key = stored.key();
    let shown = |minor| Money::new(minor, key.currency).to_decimal_string();
    LedgerAccount {
        id: stored.id(),
        company_id: key.company_id,
        code: key.code.as_str().to_owned(),
        kind: views::ledger::kind(stored.kind()),
        currency: key.currency.code().to_owned(),
        status: accounts::status(stored.status()),
        overdraft: stored.overdraft(),
        balance: stored.balance().to_decimal_string(),
        available: stored.available().to_decimal_string(),
        posted_debits: shown(stored.posted_debits()),
        posted_credits: shown(stored.posted_credits()),
        pending_debits: shown(stored.pending_debits()),
        pending_credits: shown(stored.pending_credits()),
    }
}

/// A balance as the API shows it.
pub(super) fn balance(found: &AccountStanding, as_of: Option<Moment>) -> Balance {
    let (account, key) = (&found.account, found.account.key());
    let now = |minor| {
        let shown = Money::new(minor, key.currency).to_decimal_string();
        as_of.is_none().then_some(shown)
    };
    Balance {
        account_id: account.id(),
        company_id: key.company_id,
        account: key.code.as_str().to_owned(),
        kind: views::ledger::kind(account.kind()),
        currency: key.currency.code().to_owned(),
        as_of: as_of.map(|moment| Time::from(moment.0)),
        entries: found.standing.entries,
        balance: found.standing.balance.to_decimal_string(),
        available: now(account.available().minor()),
        posted_debits: now(account.posted_debits()),
        posted_credits: now(account.posted_credits()),
        pending_debits: now(account.pending_debits()),
        pending_credits: now(account.pending_credits()),
    }
}
