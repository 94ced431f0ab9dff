//! Transactions, entries, balances and totals.

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

/// The kinds of accounts: on which side a balance grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
#[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
pub enum AccountKind {
    /// What the company has.
    Asset,
    /// What it owes.
    Liability,
    /// What is its own.
    Equity,
    /// What it earns.
    Revenue,
    /// What it spends.
    Expense,
}

impl AccountKind {
    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Liability => "liability",
            Self::Equity => "equity",
            Self::Revenue => "revenue",
            Self::Expense => "expense",
        }
    }
}

/// What was on an account at a moment, or is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Balance {
    /// The account.
    pub account_id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// The account's code.
    pub account: String,
    /// On which side its balance grows: `asset` and `expense` by debits, the others by credits.
    pub kind: AccountKind,
    /// The currency of all these amounts (ISO 4217).
    pub currency: String,
    /// As of when; null if it is now.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub as_of: Option<Time>,
    /// How many entries it had: the number of the last, 0 if there was none.
    pub entries: u64,
    /// Debits less credits for an asset or expense, credits less debits for the others.
    pub balance: String,
    /// The balance less what pending entries would take. This and what follows is known of now alone.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub available: Option<String>,
    /// All debits posted.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub posted_debits: Option<String>,
    /// All credits posted.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub posted_credits: Option<String>,
    /// All debits that holds would post.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub pending_debits: Option<String>,
    /// All credits that holds would post.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub pending_credits: Option<String>,
}

/// All that was ever posted, summed up at one moment: proof that debits equal credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct LedgerTotals {
    /// Per currency, by its code.
    pub currencies: Vec<CurrencyTotal>,
}

/// What was posted to all accounts in one currency.
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

/// What was posted to all accounts of one kind in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct KindTotal {
    /// The kind.
    pub kind: AccountKind,
    /// How many accounts there are.
    pub accounts: u64,
    /// All debits posted.
    pub posted_debits: String,
    /// All credits posted.
    pub posted_credits: String,
    /// Debits less credits for an asset or expense, credits less debits for the others.
    pub balance: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_written_by_its_name() {
        for name in ["asset", "liability", "equity", "revenue", "expense"] {
            let read: AccountKind = serde_json::from_str(&format!("\"{name}\"")).unwrap();
            assert_eq!(read.name(), name);
        }
    }
}
