//! The ledger, for reading: accounts, transactions, entries, and the walk that verifies them.

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Account, AccountCode, AccountKind, Currency, Direction, Hold, Money, PostedEntry, Total};
use uuid::Uuid;

use crate::{Page, PageRequest, Span, StoreError};

/// A ledger transaction, as stored. Never updated, never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTransaction {
    /// Its id (`UUIDv7`).
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Unique within the company.
    pub reference: String,
    /// The run that posted it, if one did.
    pub run_id: Option<Uuid>,
    /// The node that posted it, if one did.
    pub node_id: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What its author added, as a JSON object.
    pub metadata: String,
    /// The transaction that this one takes back, if it does.
    pub reverses: Option<Uuid>,
    /// Its entries, in their order.
    pub entries: Vec<StoredEntry>,
    /// When it was posted.
    pub created_at: Timestamp,
}

impl StoredTransaction {
    /// The transaction with what was posted for it, in that order, as its entries.
    #[must_use]
    pub fn with_entries(mut self, posted: Vec<PostedEntry>, mut new_id: impl FnMut() -> Uuid) -> Self {
        let entries = posted.into_iter().zip(0..).map(|(entry, position)| StoredEntry {
            id: new_id(),
            transaction_id: self.id,
            position,
            company_id: self.company_id,
            run_id: self.run_id,
            account_id: entry.account_id,
            account: entry.key.code,
            number: entry.number,
            direction: entry.direction,
            amount: entry.amount,
            balance_after: entry.balance_after,
            created_at: self.created_at,
        });
        self.entries = entries.collect();
        self
    }
}

/// One entry of a ledger transaction, as stored. Never updated, never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its id (`UUIDv7`).
    pub id: Uuid,
    /// The transaction that it belongs to.
    pub transaction_id: Uuid,
    /// Its place among the transaction's entries, from 0.
    pub position: u32,
    /// Whose it is.
    pub company_id: Uuid,
    /// The run that posted it, if one did.
    pub run_id: Option<Uuid>,
    /// The account.
    pub account_id: Uuid,
    /// The account's code.
    pub account: AccountCode,
    /// Its place among the account's entries, from 1, without gaps.
    pub number: u64,
    /// Debit or credit.
    pub direction: Direction,
    /// How much; positive.
    pub amount: Money,
    /// The account's balance with this entry.
    pub balance_after: Money,
    /// When it was posted.
    pub created_at: Timestamp,
}

/// Which accounts to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountFilter {
    /// Only this company's.
    pub company_id: Option<Uuid>,
    /// Only those of this code (one per currency).
    pub code: Option<AccountCode>,
    /// Only those whose codes begin so.
    pub code_prefix: Option<AccountCode>,
    /// Only those of this kind.
    pub kind: Option<AccountKind>,
    /// Only those in this currency.
    pub currency: Option<Currency>,
    /// Only those that anything was posted to, by now.
    pub posted_to: bool,
}

impl AccountFilter {
    /// Between what the codes are that begin with the prefix: from the one, and before the other. No character of a code
    /// comes behind the one that ends it.
    pub fn codes(&self) -> Option<(String, String)> {
        let prefix = self.code_prefix.as_ref()?.as_str();
        Some((prefix.to_owned(), format!("{prefix}\u{7f}")))
    }
}

/// Which entries to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// Only this company's.
    pub company_id: Option<Uuid>,
    /// Only those of accounts of this code.
    pub account: Option<AccountCode>,
    /// Only those of this account.
    pub account_id: Option<Uuid>,
    /// Only those of this run.
    pub run_id: Option<Uuid>,
    /// Only those of this transaction.
    pub transaction_id: Option<Uuid>,
    /// Only those that are dated so.
    pub dated: Span,
}

/// What all accounts of one kind in one currency hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindTotal {
    /// The kind.
    pub kind: AccountKind,
    /// How many accounts there are.
    pub accounts: u64,
    /// All debits posted to them. Its currency is that of the accounts.
    pub posted_debits: Total,
    /// All credits posted to them.
    pub posted_credits: Total,
}

/// Whether to go on with a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// Show me the next.
    Next,
    /// I have seen enough.
    Stop,
}

/// Somebody who looks at the whole ledger, at one moment, in this order: every account (by id), then
/// every hold (by id), then every entry by account (by account id, then number), then every entry again
/// by transaction (by transaction id, then position), each with its transaction's company.
pub trait LedgerVisitor: Send {
    /// An account.
    fn account(&mut self, account: &Account) -> Visit;
    /// A hold.
    fn hold(&mut self, hold: &Hold) -> Visit;
    /// An entry, in its account's order.
    fn entry_of_account(&mut self, entry: &StoredEntry) -> Visit;
    /// An entry, in its transaction's order.
    fn entry_of_transaction(&mut self, entry: &StoredEntry) -> Visit;
    /// A transaction that has no entries at all: there must be none.
    fn empty_transaction(&mut self, transaction_id: Uuid) -> Visit;
}

/// The ledger, for reading. It is written by [`Batches`](crate::Batches) and [`Movements`](crate::Movements) alone.
#[async_trait]
pub trait LedgerViews {
    /// Lists accounts by id, newest first.
    async fn list_accounts(
        &self,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<Account>, StoreError>;

    /// Lists entries, newest first: in the reverse order of posting.
    async fn list_entries(
        &self,
        filter: EntryFilter,
        page: PageRequest,
    ) -> Result<Page<StoredEntry>, StoreError>;

    /// Reads one transaction.
    async fn find_transaction(&self, transaction_id: Uuid) -> Result<Option<StoredTransaction>, StoreError>;

    /// Sums up the accounts of a company, or of all, at one moment: by currency, and by kind in the order asset,
    /// liability, equity, revenue, expense; only where there are accounts.
    async fn trial_balance(&self, company_id: Option<Uuid>) -> Result<Vec<KindTotal>, StoreError>;

    /// Shows the whole ledger to a visitor, as it is at one moment, in bounded memory, and gives the
    /// visitor back.
    async fn visit_ledger(
        &self,
        visitor: Box<dyn LedgerVisitor>,
    ) -> Result<Box<dyn LedgerVisitor>, StoreError>;
}
