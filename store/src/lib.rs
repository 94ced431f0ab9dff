//! What is stored, as traits, one per aggregate.
//!
//! This room owns the shapes of what is kept and the promises of whoever keeps it; it knows no SQL and
//! no database. Times are kept to the microsecond. Every kind of store passes the suite in `conformance` (a feature).
//!
//! The heart is [`Batches`]: one database transaction in which a batch of payment events is claimed,
//! decided on in memory and written. [`Movements`] does the same for what callers ask of an API. All other writes are small
//! and independent of both.

mod audit;
mod batch;
mod chain;
mod company;
#[cfg(feature = "conformance")]
pub mod conformance;
mod dead_letter;
mod error;
mod ledger_report;
mod ledger_view;
mod movement;
mod outbox;
mod page;
mod partition;
mod payment;
mod payment_row;
mod rule;
mod run;
mod statistics;

pub use audit::{Audit, ChainAudit, Difference, PaymentAudit, verify_chain, verify_ledger, verify_payments};
pub use batch::{
    BatchEnd, BatchIntent, BatchWrite, Batches, Claim, ClaimOutcome, Counter, CounterKey, Decide, Footprint,
    KnownReference, Loaded, NewTransaction, PinnedRun, Verdict,
};
pub use chain::{
    ChainHash, ChainHead, ChainLink, ChainPoint, ChainRound, ChainStretch, ChainVisitor, InvalidChainPoint,
    LedgerChain, NumberedTransaction, link_transactions,
};
pub use company::{Companies, Company, CreateCompany, CreateCompanyError};
pub use dead_letter::{DeadLetter, DeadLetterStatus, DeadLetters};
pub use error::{Outage, StoreError};
pub use ledger_report::{
    AccountStanding, LedgerReports, SIMULTANEOUS, Standing, Statement, StatementLine, Sums, TransactionFilter,
};
pub use ledger_view::{
    AccountFilter, EntryFilter, KindTotal, LedgerViews, LedgerVisitor, StoredEntry, StoredTransaction, Visit,
};
pub use movement::{
    AccountDetails, AnswerKey, DecideMovements, DetailedAccount, DueHold, HoldFilter, LoadedMovements,
    LockWait, LockedRow, MoneyStore, MovementIntent, MovementWrite, Movements, PartlyReversed, Span,
    StoredAnswer, StoredHold, TransferBatch,
};
pub use outbox::{EventSource, Leased, Outbox, OutboxEvent, OutboxLag, SentUpTo};
pub use page::{Page, PageRequest};
pub use partition::{
    Leases, PartitionLease, PartitionOwner, PartitionState, Partitions, RenewLeases, fair_share,
};
pub use payment::{
    Decline, KeptRequest, KnownRequest, PaymentFilter, PaymentHistory, PaymentPage, PaymentRecord,
    PaymentType, Payments, Step, StoredPaymentEvent,
};
pub use payment_row::{PaymentEventRow, PaymentRow};
pub use rule::{
    ChangeRuleError, PinnedRule, Publication, PublishedRule, Rule, RuleFilter, RuleStatus, RuleVersion,
    Rules, SaveRule, SaveRuleError, SavedRule, UnknownCompany,
};
pub use run::{
    ChangeCursor, RecentRun, RunChanges, RunDetails, RunError, RunFilter, RunRecord, RunStatus, Runs,
};
pub use statistics::{
    AmountTotal, LatencyPercentiles, Statistics, StatisticsQuery, StatisticsReport, StatisticsStep,
};

/// A whole store: every aggregate of one database.
#[async_trait::async_trait]
pub trait Store:
    Companies
    + Rules
    + Runs
    + Batches
    + Outbox
    + Partitions
    + LedgerViews
    + DeadLetters
    + Statistics
    + Send
    + Sync
{
    /// Asks the database something small, to learn whether it answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Finishes what was begun and closes the database. Nothing may be asked of it afterwards.
    async fn close(&self);
}
