//! The ledger as of a moment: balances, statements, transactions.
//!
//! Transactions are dated by the clock of the process that posts them, so their dates may be out of the order in which they
//! were posted. The order of posting is what counts: within an account it is that of the entries' numbers, and between
//! accounts that of the transactions, each of which is behind another in every account that both touch. So *before a
//! moment* means: up to the last transaction, in the order of posting, of those of the company that are dated before it.
//! That takes in transactions whole, so that what stands on all accounts balances as of any moment; it is more for a later
//! moment, never less; and as of now it is what stands there now.
//!
//! Dates are expected to be out of order by no more than [`SIMULTANEOUS`]: what is further off is taken for posted when it
//! was posted.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Account, Money};
use uuid::Uuid;

use crate::{AccountFilter, Page, PageRequest, Span, StoreError, StoredEntry, StoredTransaction};

/// How far dates may be out of the order of posting: what the clocks of several machines, and the time that a transaction
/// waits for its locks, come to at most.
pub const SIMULTANEOUS: Duration = Duration::from_secs(10);

/// Which transactions of a company to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransactionFilter {
    /// The company.
    pub company_id: Uuid,
    /// Only the one of this reference.
    pub reference: Option<String>,
    /// Only those of this run.
    pub run_id: Option<Uuid>,
    /// Only those that are dated so.
    pub dated: Span,
}

/// Where an account stands after one of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The number of the entry: how many there are up to there.
    pub entries: u64,
    /// The balance that it left.
    pub balance: Money,
}

/// An account, and where it stood at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStanding {
    /// The account, as it is now.
    pub account: Account,
    /// Where it stood.
    pub standing: Standing,
}

/// Between which of its entries the statement of an account lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The account, as it is now.
    pub account: Account,
    /// Where it stood before the first of them.
    pub opening: Standing,
    /// Where it stood after the last of them.
    pub closing: Standing,
}

/// An entry in a statement, with what its transaction says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The entry.
    pub entry: StoredEntry,
    /// The reference of its transaction.
    pub reference: String,
    /// What its transaction is for.
    pub description: Option<String>,
}

/// What several entries of one account come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// All debits.
    pub debits: Money,
    /// All credits.
    pub credits: Money,
}

/// The ledger as of a moment, for reading.
#[async_trait]
pub trait LedgerReports: Send + Sync {
    /// Lists the transactions of a company, newest first: by date, and in the reverse order of posting within one.
    async fn list_transactions(
        &self,
        filter: TransactionFilter,
        page: PageRequest,
    ) -> Result<Page<StoredTransaction>, StoreError>;

    /// Lists those of a company's accounts that a filter names by id, newest first, and where each stood before a moment, or
    /// stands now. A page is read as of one moment, however long it is.
    async fn list_standings(
        &self,
        company_id: Uuid,
        filter: AccountFilter,
        before: Option<Timestamp>,
        page: PageRequest,
    ) -> Result<Page<AccountStanding>, StoreError>;

    /// The statement of an account over a stretch of time, or up to the entry of a number in place of the end of that, so
    /// that it ends where it did when it was first asked for.
    async fn find_statement(
        &self,
        account_id: Uuid,
        span: Span,
        last: Option<u64>,
    ) -> Result<Option<Statement>, StoreError>;

    /// The entries of an account behind one number and up to another, at most so many, in their order. Once read they never
    /// change.
    async fn statement_lines(
        &self,
        account_id: Uuid,
        behind: u64,
        up_to: u64,
        limit: u32,
    ) -> Result<Vec<StatementLine>, StoreError>;

    /// What the entries of an account behind one number and up to another come to; none if there is no such account.
    async fn statement_sums(
        &self,
        account_id: Uuid,
        behind: u64,
        up_to: u64,
    ) -> Result<Option<Sums>, StoreError>;
}
