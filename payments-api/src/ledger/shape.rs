//! What accounts, balances, transactions and entries of the ledger look like.

use api_types::{Direction, Entry, LedgerTransaction, Time};
use ledger::Money;
use poem_openapi::Object;
use serde::Serialize;
use service::Problem;
use store::{AccountStanding, StoredEntry, StoredTransaction};
use uuid::Uuid;

use crate::accounts::{self, Kind, Status};
use crate::{Moment, texts};

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
    kind: Kind,
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

/// What was on an account at a moment, or is now.
#[derive(Debug, Clone, Serialize, Object)]
pub(super) struct LedgerBalance {
    /// The account.
    account_id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// The account's code.
    account: String,
    /// On which side its balance grows: `asset` and `expense` by debits, the others by credits.
    kind: Kind,
    /// The currency of all these amounts (ISO 4217).
    currency: String,
    /// As of when; null if it is now.
    #[oai(nullable)]
    as_of: Option<Time>,
    /// How many entries it had: the number of the last, 0 if there was none.
    entries: u64,
    /// Debits less credits for an asset or expense, credits less debits for the others.
    balance: String,
    /// The balance less what pending entries would take. This and what follows is known of now alone.
    #[oai(nullable)]
    available: Option<String>,
    /// All debits posted.
    #[oai(nullable)]
    posted_debits: Option<String>,
    /// All credits posted.
    #[oai(nullable)]
    posted_credits: Option<String>,
    /// All debits that holds would post.
    #[oai(nullable)]
    pending_debits: Option<String>,
    /// All credits that holds would post.
    #[oai(nullable)]
    pending_credits: Option<String>,
}

/// An account as the API shows it.
pub(super) fn account(stored: &ledger::Account) -> LedgerAccount {
    let key = stored.key();
    let shown = |minor| Money::new(minor, key.currency).to_decimal_string();
    LedgerAccount {
        id: stored.id(),
        company_id: key.company_id,
        code: key.code.as_str().to_owned(),
        kind: accounts::kind(stored.kind()),
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
pub(super) fn balance(found: &AccountStanding, as_of: Option<Moment>) -> LedgerBalance {
    let (account, key) = (&found.account, found.account.key());
    let now = |minor| {
        let shown = Money::new(minor, key.currency).to_decimal_string();
        as_of.is_none().then_some(shown)
    };
    LedgerBalance {
        account_id: account.id(),
        company_id: key.company_id,
        account: key.code.as_str().to_owned(),
        kind: accounts::kind(account.kind()),
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

/// A transaction as the API shows it.
///
/// # Errors
/// 500 if its metadata is no JSON object.
pub(super) fn transaction(stored: StoredTransaction) -> Result<LedgerTransaction, Problem> {
    let id = stored.id;
    Ok(LedgerTransaction {
        id,
        company_id: stored.company_id,
        reference: stored.reference,
        run_id: stored.run_id,
        node_id: stored.node_id,
        description: stored.description,
        metadata: texts::stored_object(stored.metadata, || format!("the metadata of transaction {id}"))?,
        reverses: stored.reverses,
        entries: stored.entries.iter().map(entry).collect(),
        created_at: Time::from(stored.created_at),
    })
}

/// An entry as the API shows it.
pub(super) fn entry(stored: &StoredEntry) -> Entry {
    Entry {
        id: stored.id,
        transaction_id: stored.transaction_id,
        run_id: stored.run_id,
        account: stored.account.as_str().to_owned(),
        number: stored.number,
        direction: match stored.direction {
            ledger::Direction::Debit => Direction::Debit,
            ledger::Direction::Credit => Direction::Credit,
        },
        amount: stored.amount.to_decimal_string(),
        currency: stored.amount.currency().code().to_owned(),
        balance_after: stored.balance_after.to_decimal_string(),
        created_at: Time::from(stored.created_at),
    }
}
