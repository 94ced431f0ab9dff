//! Payments: money on its way from one account to another, and everything that happened to each.
//!
//! They are written by [`Movements`](crate::Movements) alone, in the database transaction that moves their money. A payment
//! is what its events make of it; it is kept beside them as it is now, and [`verify_payments`](crate::verify_payments)
//! compares the two, and both with the ledger.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Account, AccountKey, Exchange, Hold, Payment, PaymentEvent, PaymentState, reference};
use uuid::Uuid;

use crate::{AnswerKey, Page, PageRequest, Span, StoreError, StoredTransaction};

/// What a payment goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentType {
    /// From one account to another, in the ledger alone.
    Internal,
    /// Through a provider.
    External,
}

impl PaymentType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Internal, Self::External];

    /// The type as it is written in databases.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Whether a step is taken by itself or when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// As soon as it can be.
    Automatic,
    /// When somebody asks for it.
    Manual,
}

impl Step {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Automatic, Self::Manual];

    /// The step as it is written in databases.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }
}

/// Why a payment was declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    /// A stable name of the reason.
    pub code: String,
    /// What happened, in a sentence.
    pub detail: String,
}

/// A payment, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRecord {
    /// Its id (`UUIDv7`).
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// What it goes through.
    pub payment_type: PaymentType,
    /// The account that pays.
    pub source_account_id: Uuid,
    /// The account that is paid, unless it is paid outside.
    pub destination_account_id: Option<Uuid>,
    /// Whether it is authorized by itself.
    pub authorization: Step,
    /// Whether it is captured by itself once it is authorized.
    pub capture: Step,
    /// The provider that it goes through.
    pub provider: Option<String>,
    /// How its amount becomes one of another currency, if it does.
    pub exchange: Option<Exchange>,
    /// What it is for.
    pub description: Option<String>,
    /// What the company added, as a JSON object.
    pub metadata: String,
    /// How much it is of, and where it stands.
    pub life: Payment,
    /// The hold that reserved its amount. It belongs to the payment.
    pub hold_id: Option<Uuid>,
    /// The ledger transaction that captured it.
    pub transaction_id: Option<Uuid>,
    /// Why it was declined, if it was.
    pub decline: Option<Decline>,
    /// When it was taken.
    pub created_at: Timestamp,
    /// When something last happened to it.
    pub updated_at: Timestamp,
}

impl PaymentRecord {
    /// Its accounts.
    pub fn accounts(&self) -> impl Iterator<Item = Uuid> + '_ {
        std::iter::once(self.source_account_id).chain(self.destination_account_id)
    }

    /// The accounts through which its amount becomes one of another currency, if it does.
    pub fn exchange_accounts(&self) -> impl Iterator<Item = AccountKey> + '_ {
        let from = self.life.amount().currency();
        let accounts = self
            .exchange
            .map(|exchange| exchange.accounts(self.company_id, from));
        accounts.into_iter().flatten()
    }

    /// What one of its ledger transactions is posted as: under its own name, and an id that makes that unique.
    pub fn reference(&self, unique: Uuid) -> String {
        format!("{}{unique}", self.references())
    }

    /// Whether that is what a transaction of this payment is posted as.
    pub fn is_reference(&self, reference: &str) -> bool {
        reference.starts_with(&self.references())
    }

    fn references(&self) -> String {
        format!("{}{}/", reference::PAYMENTS, self.id)
    }

    /// Its hold, as a [`Footprint`](crate::Footprint) names it.
    pub fn hold(&self) -> Option<(Uuid, Uuid)> {
        self.hold_id.map(|hold_id| (self.company_id, hold_id))
    }
}

/// Something that happened to a payment, as stored. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPaymentEvent {
    /// Its id (`UUIDv7`).
    pub id: Uuid,
    /// The payment.
    pub payment_id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Its place among the payment's events, from 1.
    pub number: u64,
    /// What happened.
    pub event: PaymentEvent,
    /// The ledger transaction that it posted.
    pub transaction_id: Option<Uuid>,
    /// Why it happened, in the words of whoever asked for it, or of what declined it.
    pub reason: Option<String>,
    /// What asked for it, where the same may be asked for once: a request's key is good for ever.
    pub request: Option<KeptRequest>,
    /// When it happened.
    pub created_at: Timestamp,
}

/// A request that is known for ever by the key that its caller chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRequest {
    /// The key.
    pub key: AnswerKey,
    /// SHA-256 of the request.
    pub fingerprint: [u8; 32],
}

/// A request that was carried out before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRequest {
    /// The request.
    pub request: KeptRequest,
    /// The payment that it made or changed.
    pub payment_id: Uuid,
}

/// Which payments to list. What is not said does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentFilter {
    /// Those of a company.
    pub company_id: Option<Uuid>,
    /// Those that stand there.
    pub state: Option<PaymentState>,
    /// Those from or to an account.
    pub account_id: Option<Uuid>,
    /// Those through a provider.
    pub provider: Option<String>,
    /// Those that were taken then.
    pub created: Span,
}

/// A payment with all of its events, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentHistory {
    /// The payment, as it is kept.
    pub payment: PaymentRecord,
    /// What happened to it.
    pub events: Vec<StoredPaymentEvent>,
}

impl PaymentHistory {
    /// The transactions that its events name.
    pub fn transaction_ids(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.events.iter().filter_map(|event| event.transaction_id)
    }
}

/// Some payments with all that the ledger says of them, as everything was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPage {
    /// The payments, in the order of their ids.
    pub histories: Vec<PaymentHistory>,
    /// Their accounts that are there, in no order.
    pub accounts: Vec<Account>,
    /// Their holds that are there, in no order.
    pub holds: Vec<Hold>,
    /// The transactions of their events that are there, in no order.
    pub transactions: Vec<StoredTransaction>,
}

impl PaymentPage {
    /// How many events there may be on a page before another payment.
    pub const EVENTS_AT_ONCE: u64 = 5_000;

    /// So many of these payments, from the first on, that a page of them is of bounded size: fewer where they have many
    /// events, and one at least.
    pub fn bounded(mut payments: Vec<PaymentRecord>) -> Vec<PaymentRecord> {
        let mut events: u64 = 0;
        let fits = |payment: &&PaymentRecord| {
            let before = events;
            events = events.saturating_add(payment.life.figures().events);
            before < Self::EVENTS_AT_ONCE
        };
        let count = payments.iter().take_while(fits).count();
        payments.truncate(count);
        payments
    }
}

/// Payments, as stored.
#[async_trait]
pub trait Payments: Send + Sync {
    /// Reads a payment, as it is now.
    async fn find_payment(&self, payment_id: Uuid) -> Result<Option<PaymentRecord>, StoreError>;

    /// Reads those of some payments that are there, in no order.
    async fn find_payments(&self, payment_ids: BTreeSet<Uuid>) -> Result<Vec<PaymentRecord>, StoreError>;

    /// Lists payments by when they were taken, newest first; those of one moment by id. An id that is not there ends the list.
    async fn list_payments(
        &self,
        filter: PaymentFilter,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, StoreError>;

    /// Lists what happened to a payment, newest first.
    async fn list_payment_events(
        &self,
        payment_id: Uuid,
        page: PageRequest,
    ) -> Result<Page<StoredPaymentEvent>, StoreError>;

    /// The payments behind an id, at most so many, with all that happened to them and what the ledger says of that. There are
    /// fewer if they have [many events](PaymentPage::bounded), and none only if none is left.
    async fn payment_page(&self, behind: Option<Uuid>, limit: u32) -> Result<PaymentPage, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PaymentRow;
    use crate::payment_row::tests::row;

    #[test]
    fn a_page_has_few_payments_of_many_events() {
        let payment = |events| {
            let stored = PaymentRow { events, ..row() };
            PaymentRecord::try_from(stored).unwrap()
        };
        let on_a_page = |events: &[i64]| {
            let payments = events.iter().map(|events| payment(*events));
            PaymentPage::bounded(payments.collect()).len()
        };
        assert_eq!(on_a_page(&[]), 0);
        assert_eq!(on_a_page(&[4, 4, 4]), 3);
        assert_eq!(on_a_page(&[4_990, 9, 4, 4]), 3);
        assert_eq!(on_a_page(&[1_000_000, 4]), 1);
    }
}
