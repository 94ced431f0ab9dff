//! What the pages read of the payments API's answers. What else those hold is passed over.

use api_types::{Direction, JsonObject, Time};
use serde::Deserialize;

/// A payment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) company_id: String,
    pub(crate) status: PaymentStatus,
    pub(crate) source_account_id: String,
    pub(crate) destination_account_id: Option<String>,
    pub(crate) amount: String,
    pub(crate) captured_amount: String,
    pub(crate) refunded_amount: String,
    pub(crate) currency: String,
    pub(crate) exchange: Option<Exchange>,
    pub(crate) provider: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: JsonObject,
    pub(crate) error: Option<Decline>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// At which rate a payment's amount becomes one of another currency, and what that comes to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) currency: String,
    pub(crate) rate: String,
    pub(crate) rounding: Rounding,
    pub(crate) amount: String,
    pub(crate) captured_amount: String,
    pub(crate) refunded_amount: String,
}

/// How a worth with more digits than its currency has is rounded. No worth is below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rounding {
    HalfEven,
    HalfUp,
    HalfDown,
    #[serde(alias = "ceiling")]
    Up,
    #[serde(alias = "floor")]
    Down,
}

/// Why a payment was declined.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Decline {
    pub(crate) detail: String,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentStatus {
    Pending,
    Processing,
    Authorized,
    Captured,
    PartiallyRefunded,
    Refunded,
    Declined,
    Failed,
    Cancelled,
}

impl PaymentStatus {
    /// All, in the order of a payment's life.
    pub(crate) const ALL: [Self; 9] = [
        Self::Pending,
        Self::Processing,
        Self::Authorized,
        Self::Captured,
        Self::PartiallyRefunded,
        Self::Refunded,
        Self::Declined,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Its name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Declined => "declined",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The one of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// Something that happened to a payment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct PaymentEvent {
    pub(crate) number: u64,
    pub(crate) status: PaymentStatus,
    pub(crate) amount: Option<String>,
    pub(crate) transaction_id: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) created_at: Time,
}

/// An account with what is on it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) currency: String,
    pub(crate) kind: String,
    pub(crate) status: AccountStatus,
    pub(crate) owner: Option<String>,
    pub(crate) balance: String,
    pub(crate) pending: String,
    pub(crate) available: String,
}

/// What the search says of a payment, an account or a hold.
#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    pub(crate) company_id: String,
    pub(crate) code: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) amount: Option<String>,
    pub(crate) currency: String,
    pub(crate) source_account_id: Option<String>,
}

/// What an account is called.
#[derive(Deserialize)]
pub(super) struct AccountName {
    pub(super) code: String,
}

/// Whether an account may be posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountStatus {
    Open,
    Frozen,
    Closed,
}

/// What an account opened and closed with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Statement {
    pub(crate) currency: String,
    pub(crate) opening_balance: String,
    pub(crate) closing_balance: String,
    pub(crate) entries: u64,
    pub(crate) total_debits: Option<String>,
    pub(crate) total_credits: Option<String>,
}

/// An entry of a statement.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct StatementEntry {
    pub(crate) id: String,
    pub(crate) transaction_id: String,
    pub(crate) reference: String,
    pub(crate) description: Option<String>,
    pub(crate) direction: Direction,
    pub(crate) amount: String,
    pub(crate) balance_after: String,
    pub(crate) created_at: Time,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Hold {
    pub(crate) id: String,
    pub(crate) source_account_id: String,
    pub(crate) destination_account_id: String,
    pub(crate) amount: String,
    pub(crate) captured_amount: Option<String>,
    pub(crate) currency: String,
    pub(crate) status: HoldStatus,
    pub(crate) expires_at: Option<Time>,
}

/// Where a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HoldStatus {
    Pending,
    Captured,
    Released,
    Expired,
}

impl HoldStatus {
    /// All, in the order in which they are offered.
    pub(crate) const ALL: [Self; 4] = [Self::Pending, Self::Captured, Self::Released, Self::Expired];

    /// Its name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Captured => "captured",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    /// The one of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_by_its_name() {
        for status in PaymentStatus::ALL {
            let read: PaymentStatus = serde_json::from_str(&format!("\"{}\"", status.name())).unwrap();
            assert_eq!(
                (read, PaymentStatus::named(status.name())),
                (status, Some(status))
            );
        }
        for status in HoldStatus::ALL {
            let read: HoldStatus = serde_json::from_str(&format!("\"{}\"", status.name())).unwrap();
            assert_eq!((read, HoldStatus::named(status.name())), (status, Some(status)));
        }
        assert_eq!(PaymentStatus::named("lost"), None);
        assert_eq!(HoldStatus::named("lost"), None);
    }

    #[test]
    fn a_rounding_is_read_by_its_name() {
        for (name, rounding) in [
            ("half_even", Rounding::HalfEven),
            ("half_up", Rounding::HalfUp),
            ("half_down", Rounding::HalfDown),
            ("up", Rounding::Up),
            ("ceiling", Rounding::Up),
            ("down", Rounding::Down),
            ("floor", Rounding::Down),
        ] {
            let read: Rounding = serde_json::from_str(&format!("\"{name}\"")).unwrap();
            assert_eq!(read, rounding, "{name}");
        }
    }
}
