//! Transactions, entries, accounts and balances.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{JsonObject, Time};

/// A ledger transaction: entries whose debits equal its credits in every currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct LedgerTransaction {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Unique within the company.
    pub reference: String,
    /// The run that posted it, if one did.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub run_id: Option<Uuid>,
    /// The node that posted it, if one did.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub node_id: Option<String>,
    /// What it is for.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub description: Option<String>,
    /// What its author added.
    pub metadata: JsonObject,
    /// The transaction that this one takes back, if it does.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub reverses: Option<Uuid>,
    /// Its entries, in their order.
    pub entries: Vec<Entry>,
    /// When it was posted.
    pub created_at: Time,
}

/// One entry of a ledger transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// The transaction that it belongs to.
    pub transaction_id: Uuid,
    /// The run that posted it, if one did.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub run_id: Option<Uuid>,
    /// The account's code.
    pub account: String,
    /// Its place among the account's entries, from 1.
    pub number: u64,
    /// On which side it stands.
    pub direction: Direction,
    /// How much, with all of the currency's digits.
    pub amount: String,
    /// The currency (ISO 4217).
    pub currency: String,
    /// The account's balance with this entry.
    pub balance_after: String,
    /// When it was posted.
    pub created_at: Time,
}

/// The sides of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
#[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
pub enum Direction {
    /// The left.
    Debit,
    /// The right.
    Credit,
}

/// An account of one company in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Its name; unique within company and currency.
    pub code: String,
    /// Its currency (ISO 4217).
    pub currency: String,
    /// `asset`, `liability`, `equity`, `revenue` or `expense`.
    pub kind: String,
    /// Whether what is available may go below zero.
    pub overdraft: bool,
    /// `open`, `frozen` or `closed`.
    pub status: String,
}

/// What an account holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Balance {
    /// The account's id.
    pub account_id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// The account's code.
    pub account: String,
    /// `asset`, `liability`, `equity`, `revenue` or `expense`.
    pub kind: String,
    /// The currency of all these amounts (ISO 4217).
    pub currency: String,
    /// Debits less credits for an asset or expense, credits less debits for the others.
    pub balance: String,
    /// The balance less what pending entries would take.
    pub available: String,
    /// All debits posted.
    pub posted_debits: String,
    /// All credits posted.
    pub posted_credits: String,
    /// All debits that holds would post.
    pub pending_debits: String,
    /// All credits that holds would post.
    pub pending_credits: String,
}

/// What all accounts hold together, at one moment: proof that debits equal credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct TrialBalance {
    /// Per currency, by its code.
    pub currencies: Vec<CurrencyTotal>,
}

/// What all accounts in one currency hold together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct CurrencyTotal {
    /// The currency of all these amounts (ISO 4217).
    pub currency: String,
    /// How many accounts there are.
    pub accounts: u64,
    /// All debits posted.
    pub posted_debits: String,
    /// All credits posted.
    pub posted_credits: String,
    /// Debits less credits: zero, or the books do not balance.
    pub difference: String,
    /// The same per kind of account, only where there are accounts.
    pub kinds: Vec<KindTotal>,
}

/// What all accounts of one kind in one currency hold together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct KindTotal {
    /// `asset`, `liability`, `equity`, `revenue` or `expense`.
    pub kind: String,
    /// How many accounts there are.
    pub accounts: u64,
    /// All debits posted.
    pub posted_debits: String,
    /// All credits posted.
    pub posted_credits: String,
    /// Debits less credits for an asset or expense, credits less debits for the others.
    pub balance: String,
}
