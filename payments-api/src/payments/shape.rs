//! What payments and what happened to them look like.

use api_types::{JsonObject, Time};
use ledger::{Money, PaymentState};
use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use store::{PaymentRecord, PaymentType, Step, StoredPaymentEvent};
use uuid::Uuid;

use super::exchange::PaymentExchange;
use crate::desk::PaymentNews;

/// An amount on its way from one account to another.
#[derive(Debug, Clone, Serialize, Object)]
#[expect(
    clippy::struct_field_names,
    reason = "clients know the member as `payment_type`"
)]
pub(super) struct Payment {
    /// Its id.
    id: Uuid,
    /// Whose accounts they are.
    company_id: Uuid,
    /// What it goes through.
    payment_type: Kind,
    /// Where it stands. A payment that was declined moved nothing: `error` says why.
    status: PaymentStatus,
    /// The account that pays.
    source_account_id: Uuid,
    /// The account that is paid.
    #[oai(nullable)]
    destination_account_id: Option<Uuid>,
    /// How much.
    amount: String,
    /// How much of that was captured.
    captured_amount: String,
    /// How much of that was refunded.
    refunded_amount: String,
    /// The currency.
    currency: String,
    /// At which rate it becomes an amount of the destination's currency, if that is another.
    #[oai(nullable)]
    exchange: Option<PaymentExchange>,
    /// Whether it is authorized by itself.
    authorization: Mode,
    /// Whether it is captured by itself once it is authorized.
    capture: Mode,
    /// The provider that it goes through.
    #[oai(nullable)]
    provider: Option<String>,
    /// What it is for.
    #[oai(nullable)]
    description: Option<String>,
    /// What the company added.
    metadata: JsonObject,
    /// Why it was declined, if it was.
    #[oai(nullable)]
    error: Option<PaymentDecline>,
    /// The ledger transaction that captured it.
    #[oai(nullable)]
    transaction_id: Option<Uuid>,
    /// When it was taken.
    created_at: Time,
    /// When something last happened to it.
    updated_at: Time,
}

/// Why a payment was declined.
#[derive(Debug, Clone, Serialize, Object)]
struct PaymentDecline {
    /// A stable name of the reason, such as `insufficient_funds`.
    code: String,
    /// What happened, in a sentence.
    detail: String,
}

/// Something that happened to a payment.
#[derive(Debug, Clone, Serialize, Object)]
pub(super) struct PaymentEvent {
    /// Its id.
    id: Uuid,
    /// The payment.
    payment_id: Uuid,
    /// Its place among the payment's events, from 1.
    number: u64,
    /// `payment.` and where the payment stood then.
    r#type: String,
    /// Where the payment stood then.
    status: PaymentStatus,
    /// How much was captured or refunded by it.
    #[oai(nullable)]
    amount: Option<String>,
    /// The currency.
    currency: String,
    /// The ledger transaction that it posted.
    #[oai(nullable)]
    transaction_id: Option<Uuid>,
    /// Why it happened, where anybody said so.
    #[oai(nullable)]
    reason: Option<String>,
    /// When it happened.
    created_at: Time,
}

/// What a payment goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "PaymentType", rename_all = "snake_case")]
pub(super) enum Kind {
    /// From one account to another, in the ledger alone.
    Internal,
    /// Through a provider.
    External,
}

/// Whether a step is taken by itself or when it is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "PaymentStep", rename_all = "snake_case")]
pub(super) enum Mode {
    /// As soon as it can be.
    #[default]
    Automatic,
    /// When it is asked for.
    Manual,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub(crate) enum PaymentStatus {
    /// It was taken, and nothing was done.
    Pending,
    /// A provider was asked, and has not answered.
    Processing,
    /// Its amount is reserved.
    Authorized,
    /// It was turned down, and moved nothing.
    Declined,
    /// It was taken from the source, in full or in part; the rest is free.
    Captured,
    /// A provider could not carry it out.
    Failed,
    /// It was given up before it was captured.
    Cancelled,
    /// A part of what was captured was given back.
    PartiallyRefunded,
    /// All that was captured was given back.
    Refunded,
}

impl From<PaymentState> for PaymentStatus {
    fn from(state: PaymentState) -> Self {
        match state {
            PaymentState::Pending => Self::Pending,
            PaymentState::Processing => Self::Processing,
            PaymentState::Authorized => Self::Authorized,
            PaymentState::Declined => Self::Declined,
            PaymentState::Captured => Self::Captured,
            PaymentState::Failed => Self::Failed,
            PaymentState::Cancelled => Self::Cancelled,
            PaymentState::PartiallyRefunded => Self::PartiallyRefunded,
            PaymentState::Refunded => Self::Refunded,
        }
    }
}

impl From<PaymentStatus> for PaymentState {
    fn from(status: PaymentStatus) -> Self {
        match status {
            PaymentStatus::Pending => Self::Pending,
            PaymentStatus::Processing => Self::Processing,
            PaymentStatus::Authorized => Self::Authorized,
            PaymentStatus::Declined => Self::Declined,
            PaymentStatus::Captured => Self::Captured,
            PaymentStatus::Failed => Self::Failed,
            PaymentStatus::Cancelled => Self::Cancelled,
            PaymentStatus::PartiallyRefunded => Self::PartiallyRefunded,
            PaymentStatus::Refunded => Self::Refunded,
        }
    }
}

impl From<Mode> for Step {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Automatic => Self::Automatic,
            Mode::Manual => Self::Manual,
        }
    }
}

impl From<Step> for Mode {
    fn from(step: Step) -> Self {
        match step {
            Step::Automatic => Self::Automatic,
            Step::Manual => Self::Manual,
        }
    }
}

/// Where a payment is.
pub(super) fn location(payment_id: Uuid) -> String {
    format!("/api/v1/payments/{payment_id}")
}

/// A payment as the API shows it.
///
/// # Errors
/// What is stored is none.
pub(super) fn payment(payment: &PaymentRecord) -> Result<Payment, String> {
    let (id, life) = (payment.id, payment.life.figures());
    let metadata = JsonObject::new(payment.metadata.clone());
    let declined = payment.decline.clone();
    let exchange = payment
        .exchange
        .map(|exchange| PaymentExchange::of(exchange, life));
    let exchange = exchange.transpose();
    Ok(Payment {
        id,
        company_id: payment.company_id,
        payment_type: match payment.payment_type {
            PaymentType::Internal => Kind::Internal,
            PaymentType::External => Kind::External,
        },
        status: life.state.into(),
        source_account_id: payment.source_account_id,
        destination_account_id: payment.destination_account_id,
        amount: life.amount.to_decimal_string(),
        captured_amount: life.captured.to_decimal_string(),
        refunded_amount: life.refunded.to_decimal_string(),
        currency: life.amount.currency().code().to_owned(),
        exchange: exchange.map_err(|error| format!("the exchange of payment {id}: {error}"))?,
        authorization: payment.authorization.into(),
        capture: payment.capture.into(),
        provider: payment.provider.clone(),
        description: payment.description.clone(),
        metadata: metadata.map_err(|error| format!("the metadata of payment {id}: {error}"))?,
        error: declined.map(|store::Decline { code, detail }| PaymentDecline { code, detail }),
        transaction_id: payment.transaction_id,
        created_at: Time::from(payment.created_at),
        updated_at: Time::from(payment.updated_at),
    })
}

/// What the event that tells of it says: the payment as it is by then, and what happened to it.
#[derive(Serialize)]
struct News {
    payment: Payment,
    event: PaymentEvent,
}

/// What tells the world that something happened to a payment.
///
/// # Errors
/// As [`payment`].
pub(super) fn news(record: &PaymentRecord, happened: &StoredPaymentEvent) -> Result<PaymentNews, String> {
    let currency = record.life.amount().currency();
    let said = News {
        payment: payment(record)?,
        event: event(happened.clone(), currency),
    };
    Ok(PaymentNews {
        id: happened.id,
        company_id: record.company_id,
        payment_id: record.id,
        data: serde_json::to_string(&said).map_err(|error| error.to_string())?,
        event_type: said.event.r#type,
        created_at: happened.created_at,
    })
}

/// What happened to a payment, as the API shows it.
pub(super) fn event(stored: StoredPaymentEvent, currency: ledger::Currency) -> PaymentEvent {
    let state = stored.event.state;
    PaymentEvent {
        id: stored.id,
        payment_id: stored.payment_id,
        number: stored.number,
        r#type: format!("payment.{}", state.name()),
        status: state.into(),
        amount: stored.event.amount.map(Money::to_decimal_string),
        currency: currency.code().to_owned(),
        transaction_id: stored.transaction_id,
        reason: stored.reason,
        created_at: Time::from(stored.created_at),
    }
}
