//! Providers: the outside that external payments will go through. This is their seam, and there is no kind of them yet, so
//! that an external payment is refused, and nothing pretends to have carried it out.
//!
//! A call to a provider is made between database transactions, never within one: the payment is stored `processing` first,
//! and what the provider answers is an order at the desk like any other. The states for that are there
//! ([`PaymentState`](ledger::PaymentState)).

use async_trait::async_trait;
use ledger::Money;
use service::{FieldError, Problem};
use uuid::Uuid;

/// A payment as a provider is asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRequest {
    /// The payment.
    pub payment_id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// How much is to be authorized, captured or refunded.
    pub amount: Money,
    /// The same for every attempt at the same thing, so that the provider does it once.
    pub idempotency_key: String,
}

/// What a provider answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderAnswer {
    /// It is done; this is what the provider calls it.
    Done {
        /// The provider's name for it, which settlements will have.
        provider_reference: String,
    },
    /// It was turned down, for good.
    Declined {
        /// A stable name of the reason.
        code: String,
        /// What happened, in a sentence.
        detail: String,
    },
}

/// Why a provider did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It did nothing. It may be asked again.
    #[error("the provider is not to be had: {0}")]
    Unavailable(String),
    /// Whether it did anything is not known. It is asked again under the same key, and never under another.
    #[error("what the provider did is not known: {0}")]
    Unknown(String),
}

/// A provider of payments. Each call may be repeated under its key, and cancelled at any moment.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What requests call it.
    fn name(&self) -> &str;

    /// Reserves an amount with the payer.
    async fn authorize(&self, request: &ProviderRequest) -> Result<ProviderAnswer, ProviderError>;

    /// Takes what was reserved, in full or in part.
    async fn capture(&self, request: &ProviderRequest) -> Result<ProviderAnswer, ProviderError>;

    /// Gives back of what was taken.
    async fn refund(&self, request: &ProviderRequest) -> Result<ProviderAnswer, ProviderError>;

    /// Frees what was reserved.
    async fn cancel(&self, request: &ProviderRequest) -> Result<ProviderAnswer, ProviderError>;
}

/// 422: no provider is there that an external payment could go through.
pub(super) fn not_available(named: Option<&String>) -> Problem {
    let (pointer, detail) = match named {
        Some(name) => ("/provider", format!("There is no provider {name:?}.")),
        None => (
            "/payment_type",
            "There is no provider that an external payment could go through.".to_owned(),
        ),
    };
    let fault = FieldError::new(pointer, "provider_not_available", detail.clone());
    Problem::unprocessable("provider_not_available", detail).with_errors([fault])
}
