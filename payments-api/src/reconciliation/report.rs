//! What a comparison comes to.

use api_types::Time;
use ledger::{Money, PaymentState};
use poem_openapi::{Enum, Object};
use serde::Serialize;
use store::PaymentRecord;
use uuid::Uuid;

use super::settlement::Settlement;
use crate::payments::PaymentStatus;

/// How many rows of a class are shown.
const SHOWN: usize = 1_000;

/// Where a payment stands by a provider's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub(super) enum SettlementStatus {
    /// The money was taken.
    Captured,
    /// A part of it was given back.
    PartiallyRefunded,
    /// All of it was given back.
    Refunded,
    /// It was turned down.
    Declined,
    /// It could not be carried out.
    Failed,
    /// It was given up.
    Cancelled,
}

impl SettlementStatus {
    /// Reads a status.
    ///
    /// # Errors
    /// It is none that a settlement has.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let state = PaymentState::from_name(text).and_then(Self::of);
        state.ok_or_else(|| {
            format!(
                "{text:?} is no status of a settlement: expected captured, partially_refunded, refunded, declined, failed \
                 or cancelled"
            )
        })
    }

    /// That of a payment which stands there; none if it is still under way.
    pub(super) fn of(state: PaymentState) -> Option<Self> {
        match state {
            PaymentState::Captured => Some(Self::Captured),
            PaymentState::PartiallyRefunded => Some(Self::PartiallyRefunded),
            PaymentState::Refunded => Some(Self::Refunded),
            PaymentState::Declined => Some(Self::Declined),
            PaymentState::Failed => Some(Self::Failed),
            PaymentState::Cancelled => Some(Self::Cancelled),
            PaymentState::Pending | PaymentState::Processing | PaymentState::Authorized => None,
        }
    }

    /// Whether money was taken, some of which may have been given back: whether there is an amount to compare.
    pub(super) fn took_money(self) -> bool {
        match self {
            Self::Captured | Self::PartiallyRefunded | Self::Refunded => true,
            Self::Declined | Self::Failed | Self::Cancelled => false,
        }
    }
}

/// How a provider's settlements and the payments that are kept here compare. Every line is in one class.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(rename = "Reconciliation")]
pub(crate) struct Report {
    /// How many lines say what is kept here.
    matched: u64,
    /// Whether there is nothing but such lines.
    reconciled: bool,
    /// How many rows each class has, shown or not.
    counts: Counts,
    /// Of which classes only the first 1,000 rows are shown.
    cut: Vec<String>,
    /// Lines whose payments are not here: not in this company, or not of this provider.
    missing_here: Vec<SettlementRow>,
    /// Payments that took money, and that no line names.
    missing_there: Vec<PaymentRow>,
    /// Lines with another amount or currency, but the same status.
    amount_differs: Vec<DifferenceRow>,
    /// Lines with another status.
    status_differs: Vec<DifferenceRow>,
    /// Lines that name a payment which an earlier line named.
    duplicate: Vec<DuplicateRow>,
    /// Lines that cannot be read.
    invalid: Vec<InvalidRow>,
}

/// How many rows each class has.
#[derive(Debug, Clone, Copy, Default, Serialize, Object)]
#[oai(rename = "ReconciliationCounts")]
struct Counts {
    /// All lines of the file that say something.
    lines: u64,
    /// Those of `matched`.
    matched: u64,
    /// Those of `missing_here`.
    missing_here: u64,
    /// Those of `missing_there`, which are no lines.
    missing_there: u64,
    /// Those of `amount_differs`.
    amount_differs: u64,
    /// Those of `status_differs`.
    status_differs: u64,
    /// Those of `duplicate`.
    duplicate: u64,
    /// Those of `invalid`.
    invalid: u64,
}

/// A line whose payment is not here.
#[derive(Debug, Clone, Serialize, Object)]
struct SettlementRow {
    /// The line, from 1; the one that names the columns counts.
    line: u64,
    /// The payment that it names.
    payment_id: Uuid,
    /// The amount, if it says one.
    #[oai(nullable)]
    amount: Option<String>,
    /// The currency.
    currency: String,
    /// The status.
    status: SettlementStatus,
}

/// A payment that no line names.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(rename = "UnsettledPayment")]
struct PaymentRow {
    /// Its id.
    payment_id: Uuid,
    /// What was captured less what was refunded.
    amount: String,
    /// The currency.
    currency: String,
    /// Where it stands.
    status: PaymentStatus,
    /// When it was taken.
    created_at: Time,
}

/// A line that says something else than what is kept here.
#[derive(Debug, Clone, Serialize, Object)]
struct DifferenceRow {
    /// The line, from 1.
    line: u64,
    /// The payment.
    payment_id: Uuid,
    /// As it is kept here.
    here: Side,
    /// As the line says.
    there: Side,
}

/// A payment as one side says.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(rename = "ReconciledSide")]
struct Side {
    /// What was captured less what was refunded, if anything is said of it.
    #[oai(nullable)]
    amount: Option<String>,
    /// The currency.
    currency: String,
    /// Where it stands.
    status: PaymentStatus,
}

/// A line that names a payment once more.
#[derive(Debug, Clone, Serialize, Object)]
struct DuplicateRow {
    /// The line, from 1.
    line: u64,
    /// The line that named the payment first.
    first_line: u64,
    /// The payment.
    payment_id: Uuid,
}

/// A line that cannot be read.
#[derive(Debug, Clone, Serialize, Object)]
struct InvalidRow {
    /// The line, from 1.
    line: u64,
    /// Why not.
    detail: String,
}

/// What is left of a payment: what was captured less what was refunded.
pub(super) fn left(payment: &PaymentRecord) -> Money {
    let figures = payment.life.figures();
    let (captured, refunded) = (figures.captured, figures.refunded);
    // Never below zero: a payment refunds no more than it captured.
    Money::new(
        captured.minor().saturating_sub(refunded.minor()),
        captured.currency(),
    )
}

/// Rows of a class, of which the first are shown.
struct Class<R> {
    count: u64,
    rows: Vec<R>,
}

impl<R> Class<R> {
    fn new() -> Self {
        Self {
            count: 0,
            rows: Vec::new(),
        }
    }

    fn add(&mut self, row: R) {
        self.count = self.count.saturating_add(1);
        if self.rows.len() < SHOWN {
            self.rows.push(row);
        }
    }

    fn is_cut(&self) -> bool {
        u64::try_from(self.rows.len()).is_ok_and(|shown| shown < self.count)
    }
}

/// A report that is being written.
pub(super) struct Writing {
    lines: u64,
    matched: u64,
    missing_here: Class<SettlementRow>,
    missing_there: Class<PaymentRow>,
    amount_differs: Class<DifferenceRow>,
    status_differs: Class<DifferenceRow>,
    duplicate: Class<DuplicateRow>,
    invalid: Class<InvalidRow>,
}

impl Writing {
    pub(super) fn new() -> Self {
        Self {
            lines: 0,
            matched: 0,
            missing_here: Class::new(),
            missing_there: Class::new(),
            amount_differs: Class::new(),
            status_differs: Class::new(),
            duplicate: Class::new(),
            invalid: Class::new(),
        }
    }

    pub(super) fn invalid(&mut self, line: u64, detail: String) {
        self.line();
        self.invalid.add(InvalidRow { line, detail });
    }

    pub(super) fn duplicate(&mut self, line: u64, first_line: u64, payment_id: Uuid) {
        self.line();
        self.duplicate.add(DuplicateRow {
            line,
            first_line,
            payment_id,
        });
    }

    pub(super) fn missing_here(&mut self, line: u64, settlement: &Settlement) {
        self.line();
        self.missing_here.add(SettlementRow {
            line,
            payment_id: settlement.payment_id,
            amount: settlement.amount.map(Money::to_decimal_string),
            currency: settlement.currency.code().to_owned(),
            status: settlement.status,
        });
    }

    pub(super) fn missing_there(&mut self, payment: &PaymentRecord) {
        let amount = left(payment);
        self.missing_there.add(PaymentRow {
            payment_id: payment.id,
            amount: amount.to_decimal_string(),
            currency: amount.currency().code().to_owned(),
            status: payment.life.state().into(),
            created_at: Time::from(payment.created_at),
        });
    }

    /// A line whose payment is here: whether both say the same.
    pub(super) fn found(&mut self, line: u64, settlement: &Settlement, payment: &PaymentRecord) {
        self.line();
        let (status, amount) = (SettlementStatus::of(payment.life.state()), left(payment));
        let is_equal = !settlement.status.took_money() || settlement.amount == Some(amount);
        if status == Some(settlement.status) && is_equal && settlement.currency == amount.currency() {
            self.matched = self.matched.saturating_add(1);
            return;
        }
        let row = DifferenceRow {
            line,
            payment_id: payment.id,
            here: Side {
                amount: Some(amount.to_decimal_string()),
                currency: amount.currency().code().to_owned(),
                status: payment.life.state().into(),
            },
            there: Side {
                amount: settlement.amount.map(Money::to_decimal_string),
                currency: settlement.currency.code().to_owned(),
                status: settlement.status.into(),
            },
        };
        if status == Some(settlement.status) {
            self.amount_differs.add(row);
        } else {
            self.status_differs.add(row);
        }
    }

    fn line(&mut self) {
        self.lines = self.lines.saturating_add(1);
    }

    pub(super) fn report(self) -> Report {
        let counts = Counts {
            lines: self.lines,
            matched: self.matched,
            missing_here: self.missing_here.count,
            missing_there: self.missing_there.count,
            amount_differs: self.amount_differs.count,
            status_differs: self.status_differs.count,
            duplicate: self.duplicate.count,
            invalid: self.invalid.count,
        };
        let cut = [
            ("missing_here", self.missing_here.is_cut()),
            ("missing_there", self.missing_there.is_cut()),
            ("amount_differs", self.amount_differs.is_cut()),
            ("status_differs", self.status_differs.is_cut()),
            ("duplicate", self.duplicate.is_cut()),
            ("invalid", self.invalid.is_cut()),
        ];
        Report {
            matched: self.matched,
            reconciled: self.matched == self.lines && counts.missing_there == 0,
            counts,
            cut: cut
                .into_iter()
                .filter(|(_, is_cut)| *is_cut)
                .map(|(class, _)| class.to_owned())
                .collect(),
            missing_here: self.missing_here.rows,
            missing_there: self.missing_there.rows,
            amount_differs: self.amount_differs.rows,
            status_differs: self.status_differs.rows,
            duplicate: self.duplicate.rows,
            invalid: self.invalid.rows,
        }
    }
}

impl From<SettlementStatus> for PaymentStatus {
    fn from(status: SettlementStatus) -> Self {
        Self::from(match status {
            SettlementStatus::Captured => PaymentState::Captured,
            SettlementStatus::PartiallyRefunded => PaymentState::PartiallyRefunded,
            SettlementStatus::Refunded => PaymentState::Refunded,
            SettlementStatus::Declined => PaymentState::Declined,
            SettlementStatus::Failed => PaymentState::Failed,
            SettlementStatus::Cancelled => PaymentState::Cancelled,
        })
    }
}
