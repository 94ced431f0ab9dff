//! What accounts, their balances and their entries look like.

use api_types::{AccountKind, Direction, JsonObject, Time};
use ledger::Money;
use poem_openapi::{Enum, Object};
use serde::Serialize;
use service::Problem;
use store::{AccountDetails, StoredEntry};
use uuid::Uuid;
use views::stored_json;

/// An account of a company, in one currency.
#[derive(Debug, Clone, Serialize, Object)]
pub(crate) struct Account {
    /// Its id.
    id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// What it is called; unique within the company and the currency.
    code: String,
    /// The currency (ISO 4217).
    currency: String,
    /// On which side its balance grows: `asset` and `expense` by debits, the others by credits.
    kind: AccountKind,
    /// Whether what is available may go below zero.
    overdraft: bool,
    /// A `frozen` account refuses what would take from it, a `closed` one everything.
    status: Status,
    /// Whose it is, in the company's words.
    #[oai(nullable)]
    owner: Option<String>,
    /// What the company added.
    metadata: JsonObject,
    /// Counts the changes of all this, from 1: what `If-Match` compares.
    version: u64,
}

/// An account of a list, with what is on it now.
#[derive(Debug, Clone, Serialize, Object)]
pub(super) struct ListedAccount {
    /// Its id.
    id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// What it is called; unique within the company and the currency.
    code: String,
    /// The currency (ISO 4217).
    currency: String,
    /// On which side its balance grows: `asset` and `expense` by debits, the others by credits.
    kind: AccountKind,
    /// Whether what is available may go below zero.
    overdraft: bool,
    /// A `frozen` account refuses what would take from it, a `closed` one everything.
    status: Status,
    /// Whose it is, in the company's words.
    #[oai(nullable)]
    owner: Option<String>,
    /// What the company added.
    metadata: JsonObject,
    /// Counts the changes of all that stands above, from 1: what `If-Match` compares.
    version: u64,
    /// What was posted to it.
    balance: String,
    /// What pending holds would take from that.
    pending: String,
    /// The balance less what is pending.
    available: String,
}

#[derive(Debug, Clone, Copy, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "AccountStatus", rename_all = "snake_case")]
pub(crate) enum Status {
    /// Anything may be posted to it.
    Open,
    /// Nothing can be taken from it.
    Frozen,
    /// Nothing can be posted to it.
    Closed,
}

/// What is on an account now.
#[derive(Debug, Clone, Serialize, Object)]
pub(crate) struct AccountBalance {
    /// The account.
    account_id: Uuid,
    /// Its currency.
    currency: String,
    /// What was posted to it.
    balance: String,
    /// What pending holds would take from that.
    pending: String,
    /// The balance less what is pending.
    available: String,
}

/// An entry of an account, with the balance that it left.
#[derive(Debug, Clone, Serialize, Object)]
pub(crate) struct AccountEntry {
    /// Its id.
    id: Uuid,
    /// The ledger transaction that it belongs to: a transfer's id.
    transaction_id: Uuid,
    /// The run that posted it, if one did.
    #[oai(nullable)]
    run_id: Option<Uuid>,
    /// Its place among the account's entries, from 1.
    number: u64,
    /// On which side it stands.
    direction: Direction,
    /// How much.
    amount: String,
    /// The currency.
    currency: String,
    /// The account's balance with this entry.
    balance_after: String,
    /// When it was posted.
    created_at: Time,
}

/// A status as the API shows it.
pub(crate) fn status(status: ledger::AccountStatus) -> Status {
    match status {
        ledger::AccountStatus::Open => Status::Open,
        ledger::AccountStatus::Frozen => Status::Frozen,
        ledger::AccountStatus::Closed => Status::Closed,
    }
}

/// An account as the API shows it.
///
/// # Errors
/// 500: what is stored of it is no JSON.
pub(super) fn account(account: &ledger::Account, details: AccountDetails) -> Result<Account, Problem> {
    let (id, key) = (account.id(), account.key());
    Ok(Account {
        id,
        company_id: key.company_id,
        code: key.code.as_str().to_owned(),
        currency: key.currency.code().to_owned(),
        kind: views::ledger::kind(account.kind()),
        overdraft: account.overdraft(),
        status: status(account.status()),
        owner: details.owner,
        metadata: stored_json::object(details.metadata, || format!("the metadata of account {id}"))?,
        version: details.version,
    })
}

/// What pending holds would take from an account.
pub(crate) fn pending(account: &ledger::Account) -> Money {
    let (balance, available) = (account.balance(), account.available());
    // What is available never exceeds the balance, and both fit.
    Money::new(
        balance.minor().saturating_sub(available.minor()),
        balance.currency(),
    )
}

/// An account with what is on it, as the API shows it.
///
/// # Errors
/// As [`account`].
pub(super) fn listed(account: &ledger::Account, details: AccountDetails) -> Result<ListedAccount, Problem> {
    let on_it = balance(account);
    let account = self::account(account, details)?;
    Ok(ListedAccount {
        id: account.id,
        company_id: account.company_id,
        code: account.code,
        currency: account.currency,
        kind: account.kind,
        overdraft: account.overdraft,
        status: account.status,
        owner: account.owner,
        metadata: account.metadata,
        version: account.version,
        balance: on_it.balance,
        pending: on_it.pending,
        available: on_it.available,
    })
}

/// What is on an account, as the API shows it.
pub(super) fn balance(account: &ledger::Account) -> AccountBalance {
    let (balance, available) = (account.balance(), account.available());
    AccountBalance {
        account_id: account.id(),
        currency: balance.currency().code().to_owned(),
        balance: balance.to_decimal_string(),
        pending: pending(account).to_decimal_string(),
        available: available.to_decimal_string(),
    }
}

/// An entry as the API shows it.
pub(super) fn entry(stored: &StoredEntry) -> AccountEntry {
    AccountEntry {
        id: stored.id,
        transaction_id: stored.transaction_id,
        run_id: stored.run_id,
        number: stored.number,
        direction: views::ledger::direction(stored.direction),
        amount: stored.amount.to_decimal_string(),
        currency: stored.amount.currency().code().to_owned(),
        balance_after: stored.balance_after.to_decimal_string(),
        created_at: Time::from(stored.created_at),
    }
}
