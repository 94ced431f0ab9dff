//! What transactions, entries, accounts and balances look like.

use ledger::Money;
use poem_openapi::{Enum, Object};
use serde::Serialize;
use service::Problem;
use store::{StoredEntry, StoredTransaction};
use uuid::Uuid;

use crate::{json_text::JsonText, time::Time};

/// A ledger transaction: entries whose debits equal its credits in every currency.
#[derive(Debug, Object, Serialize)]
pub(crate) struct LedgerTransaction {
    /// Its id.
    id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// Unique within the company.
    reference: String,
    /// The run that posted it, if one did.
    #[oai(nullable)]
    run_id: Option<Uuid>,
    /// The node that posted it, if one did.
    #[oai(nullable)]
    node_id: Option<String>,
    /// What it is for.
    #[oai(nullable)]
    description: Option<String>,
    /// What its author added.
    metadata: JsonText,
    /// The transaction that this one takes back, if it does.
    #[oai(nullable)]
    reverses: Option<Uuid>,
    /// Its entries, in their order.
    entries: Vec<Entry>,
    /// When it was posted.
    created_at: Time,
}

/// One entry of a ledger transaction.
#[derive(Debug, Object, Serialize)]
pub(crate) struct Entry {
    /// Its id.
    id: Uuid,
    /// The transaction that it belongs to.
    transaction_id: Uuid,
    /// The run that posted it, if one did.
    #[oai(nullable)]
    run_id: Option<Uuid>,
    /// The account's code.
    account: String,
    /// Its place among the account's entries, from 1.
    number: u64,
    /// On which side it stands.
    direction: Direction,
    /// How much, with all of the currency's digits.
    amount: String,
    /// The currency (ISO 4217).
    currency: String,
    /// The account's balance with this entry.
    balance_after: String,
    /// When it was posted.
    created_at: Time,
}

/// The sides of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// The left.
    Debit,
    /// The right.
    Credit,
}

/// An account of one company in one currency.
#[derive(Debug, Object)]
pub(crate) struct Account {
    /// Its id.
    id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// Its name; unique within company and currency.
    code: String,
    /// Its currency (ISO 4217).
    currency: String,
    /// `asset`, `liability`, `equity`, `revenue` or `expense`.
    kind: String,
    /// Whether what is available may go below zero.
    overdraft: bool,
    /// `open`, `frozen` or `closed`.
    status: String,
}

/// What an account holds.
#[derive(Debug, Object)]
#[expect(clippy::struct_field_names, reason = "the members are called so by clients")]
pub(crate) struct Balance {
    /// The account's id.
    account_id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// The account's code.
    account: String,
    /// `asset`, `liability`, `equity`, `revenue` or `expense`.
    kind: String,
    /// The currency of all these amounts (ISO 4217).
    currency: String,
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

impl LedgerTransaction {
    /// A transaction as the API shows it.
    ///
    /// # Errors
    /// 500 if its metadata is not JSON.
    pub(crate) fn of(transaction: StoredTransaction) -> Result<Self, Problem> {
        let id = transaction.id;
        Ok(Self {
            id,
            company_id: transaction.company_id,
            reference: transaction.reference,
            run_id: transaction.run_id,
            node_id: transaction.node_id,
            description: transaction.description,
            metadata: JsonText::stored(transaction.metadata, || {
                format!("the metadata of transaction {id}")
            })?,
            reverses: transaction.reverses,
            entries: transaction.entries.into_iter().map(Entry::from).collect(),
            created_at: Time(transaction.created_at),
        })
    }
}

impl From<StoredEntry> for Entry {
    fn from(entry: StoredEntry) -> Self {
        Self {
            id: entry.id,
            transaction_id: entry.transaction_id,
            run_id: entry.run_id,
            account: entry.account.as_str().to_owned(),
            number: entry.number,
            direction: entry.direction.into(),
            amount: entry.amount.to_decimal_string(),
            currency: entry.amount.currency().code().to_owned(),
            balance_after: entry.balance_after.to_decimal_string(),
            created_at: Time(entry.created_at),
        }
    }
}

impl From<ledger::Direction> for Direction {
    fn from(direction: ledger::Direction) -> Self {
        match direction {
            ledger::Direction::Debit => Self::Debit,
            ledger::Direction::Credit => Self::Credit,
        }
    }
}

impl From<ledger::Account> for Account {
    fn from(account: ledger::Account) -> Self {
        let key = account.key();
        Self {
            id: account.id(),
            company_id: key.company_id,
            code: key.code.as_str().to_owned(),
            currency: key.currency.code().to_owned(),
            kind: account.kind().name().to_owned(),
            overdraft: account.overdraft(),
            status: account.status().name().to_owned(),
        }
    }
}

impl From<ledger::Account> for Balance {
    fn from(account: ledger::Account) -> Self {
        let key = account.key();
        let shown = |minor| Money::new(minor, key.currency).to_decimal_string();
        Self {
            account_id: account.id(),
            company_id: key.company_id,
            account: key.code.as_str().to_owned(),
            kind: account.kind().name().to_owned(),
            currency: key.currency.code().to_owned(),
            balance: account.balance().to_decimal_string(),
            available: account.available().to_decimal_string(),
            posted_debits: shown(account.posted_debits()),
            posted_credits: shown(account.posted_credits()),
            pending_debits: shown(account.pending_debits()),
            pending_credits: shown(account.pending_credits()),
        }
    }
}
