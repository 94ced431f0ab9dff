//! What is answered, in the shapes of the `.proto`.

use jiff::Timestamp;
use ledger::PaymentState;
use prost_types::Timestamp as ProtoTimestamp;
use store::{Decline, PaymentRecord, Step};

use super::proto::{
    AuthorizePaymentResponse, CaptureMode, GetAccountBalanceResponse, Payment, PaymentError, PaymentStatus,
};
use crate::accounts;
use crate::payments::FirstOutcome;

pub(super) fn outcome(first: FirstOutcome) -> AuthorizePaymentResponse {
    AuthorizePaymentResponse {
        payment_id: first.payment_id.to_string(),
        status: status(first.state).into(),
        error: first.decline.map(error),
        processed_at: Some(time(first.at)),
    }
}

pub(super) fn payment(payment: PaymentRecord) -> Payment {
    let life = payment.life.figures();
    let payee = payment.destination_account_id;
    Payment {
        payment_id: payment.id.to_string(),
        company_id: payment.company_id.to_string(),
        payer_account_id: payment.source_account_id.to_string(),
        payee_account_id: payee.map(|id| id.to_string()).unwrap_or_default(),
        amount_cents: life.amount.minor(),
        captured_cents: life.captured.minor(),
        refunded_cents: life.refunded.minor(),
        currency: life.amount.currency().code().to_owned(),
        status: status(life.state).into(),
        error: payment.decline.map(error),
        capture: capture(payment.capture).into(),
        description: payment.description.unwrap_or_default(),
        created_at: Some(time(payment.created_at)),
        updated_at: Some(time(payment.updated_at)),
    }
}

pub(super) fn balance(account: &ledger::Account) -> GetAccountBalanceResponse {
    GetAccountBalanceResponse {
        account_id: account.id().to_string(),
        currency: account.key().currency.code().to_owned(),
        balance: account.balance().minor(),
        available: account.available().minor(),
        pending: accounts::pending(account).minor(),
    }
}

fn error(decline: Decline) -> PaymentError {
    PaymentError {
        code: decline.code,
        message: decline.detail,
    }
}

fn capture(step: Step) -> CaptureMode {
    match step {
        Step::Automatic => CaptureMode::Automatic,
        Step::Manual => CaptureMode::Manual,
    }
}

fn status(state: PaymentState) -> PaymentStatus {
    match state {
        PaymentState::Pending => PaymentStatus::Pending,
        PaymentState::Processing => PaymentStatus::Processing,
        PaymentState::Authorized => PaymentStatus::Authorized,
        PaymentState::Declined => PaymentStatus::Declined,
        PaymentState::Captured => PaymentStatus::Captured,
        PaymentState::Failed => PaymentStatus::Failed,
        PaymentState::Cancelled => PaymentStatus::Cancelled,
        PaymentState::PartiallyRefunded => PaymentStatus::PartiallyRefunded,
        PaymentState::Refunded => PaymentStatus::Refunded,
    }
}

fn time(at: Timestamp) -> ProtoTimestamp {
    ProtoTimestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}
