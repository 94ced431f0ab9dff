//! A hold: money reserved on an account until it is captured for another, or freed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AccountCode, AccountKey, Money};

/// Where a hold stands. Only a pending one can still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldStatus {
    /// The amount is reserved.
    Pending,
    /// It was posted, in full or in part, and the rest freed.
    Captured,
    /// It was freed.
    Released,
    /// It was freed because its time ran out.
    Expired,
}

impl HoldStatus {
    /// Its name, such as `pending`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Captured => "captured",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }
}

/// A hold as a caller asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldDraft {
    /// The id that the hold gets.
    pub id: Uuid,
    /// The account that the amount is reserved on.
    pub account: AccountCode,
    /// The account that a capture posts it to.
    pub to: AccountCode,
    /// How much is reserved.
    pub amount: Money,
    /// When it expires, in milliseconds since the Unix epoch. Only kept here: whoever has a clock expires it.
    pub expires_at_ms: Option<i64>,
}

/// The fields of a hold as a store keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldState {
    /// The hold's id.
    pub id: Uuid,
    /// The company whose accounts it is between.
    pub company_id: Uuid,
    /// The account that the amount is reserved on.
    pub account: AccountCode,
    /// The account that a capture posts it to.
    pub to: AccountCode,
    /// How much is reserved.
    pub amount: Money,
    /// How much of it was captured: said if and only if the status is captured.
    pub captured: Option<Money>,
    /// Where it stands.
    pub status: HoldStatus,
    /// When it expires, in milliseconds since the Unix epoch.
    pub expires_at_ms: Option<i64>,
}

/// Fields that no hold can have: what was stored is corrupt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HoldError {
    /// Nothing, or less, is held.
    #[error("hold {hold_id} is of {amount}: expected an amount above zero")]
    NotPositive {
        /// The hold.
        hold_id: Uuid,
        /// Its amount.
        amount: Money,
    },
    /// The hold is from an account to itself.
    #[error("hold {hold_id} is from {account} to itself: expected two accounts")]
    SameAccount {
        /// The hold.
        hold_id: Uuid,
        /// The account.
        account: AccountCode,
    },
    /// What was captured does not go with the amount or the status.
    #[error("hold {hold_id} of {amount} is {status} with {captured:?} captured: expected an amount up to what was held if captured, else none", status = .status.name())]
    Captured {
        /// The hold.
        hold_id: Uuid,
        /// How much was held.
        amount: Money,
        /// How much is said to be captured.
        captured: Option<Money>,
        /// Its status.
        status: HoldStatus,
    },
}

impl HoldError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        "corrupt_hold"
    }
}

/// An amount reserved on one account of a company, meant for another.
///
/// A hold is a transaction of two entries that is still pending: one takes from `account`, on the side opposite
/// to the normal one of its kind, the other stands on the other side of `to`. Both count as pending on their
/// accounts until the hold is captured or freed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold(HoldState);

impl Hold {
    /// The hold that a store kept.
    ///
    /// # Errors
    ///
    /// The fields contradict each other.
    pub fn from_state(state: HoldState) -> Result<Self, HoldError> {
        let HoldState {
            id: hold_id,
            amount,
            captured,
            status,
            ..
        } = state;
        if !amount.is_positive() {
            return Err(HoldError::NotPositive { hold_id, amount });
        }
        if state.account == state.to {
            return Err(HoldError::SameAccount {
                hold_id,
                account: state.account,
            });
        }
        let consistent = match (status, captured) {
            (HoldStatus::Captured, Some(captured)) => {
                captured.currency() == amount.currency()
                    && captured.is_positive()
                    && captured.minor() <= amount.minor()
            }
            (HoldStatus::Captured, None) => false,
            (HoldStatus::Pending | HoldStatus::Released | HoldStatus::Expired, captured) => {
                captured.is_none()
            }
        };
        if consistent {
            Ok(Self(state))
        } else {
            Err(HoldError::Captured {
                hold_id,
                amount,
                captured,
                status,
            })
        }
    }

    /// A pending hold; the draft is known to be positive and between two accounts.
    pub(crate) fn pending(company_id: Uuid, draft: &HoldDraft) -> Self {
        Self(HoldState {
            id: draft.id,
            company_id,
            account: draft.account.clone(),
            to: draft.to.clone(),
            amount: draft.amount,
            captured: None,
            status: HoldStatus::Pending,
            expires_at_ms: draft.expires_at_ms,
        })
    }

    /// The fields as a store keeps them.
    pub const fn state(&self) -> &HoldState {
        &self.0
    }

    /// The hold's id.
    pub const fn id(&self) -> Uuid {
        self.0.id
    }

    /// The company whose accounts it is between.
    pub const fn company_id(&self) -> Uuid {
        self.0.company_id
    }

    /// How much is reserved, or was.
    pub const fn amount(&self) -> Money {
        self.0.amount
    }

    /// How much was captured.
    pub const fn captured(&self) -> Option<Money> {
        self.0.captured
    }

    /// Where it stands.
    pub const fn status(&self) -> HoldStatus {
        self.0.status
    }

    /// The account that the amount is reserved on.
    pub fn account(&self) -> AccountKey {
        AccountKey::new(
            self.0.company_id,
            self.0.account.clone(),
            self.0.amount.currency(),
        )
    }

    /// The account that a capture posts to.
    pub fn to(&self) -> AccountKey {
        AccountKey::new(self.0.company_id, self.0.to.clone(), self.0.amount.currency())
    }

    /// When it expires, in milliseconds since the Unix epoch.
    pub const fn expires_at_ms(&self) -> Option<i64> {
        self.0.expires_at_ms
    }

    /// What changes over a hold's life.
    pub(crate) const fn standing(&self) -> (HoldStatus, Option<Money>) {
        (self.0.status, self.0.captured)
    }

    pub(crate) const fn set_standing(&mut self, (status, captured): (HoldStatus, Option<Money>)) {
        self.0.status = status;
        self.0.captured = captured;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> HoldState {
        HoldState {
            id: Uuid::nil(),
            company_id: Uuid::nil(),
            account: "a".parse().unwrap(),
            to: "b".parse().unwrap(),
            amount: brl(100),
            captured: None,
            status: HoldStatus::Pending,
            expires_at_ms: None,
        }
    }

    fn brl(minor: i64) -> Money {
        Money::new(minor, "BRL".parse().unwrap())
    }

    #[test]
    fn consistent_fields_are_a_hold() {
        assert!(Hold::from_state(state()).is_ok());
        for captured in [1, 100] {
            let captured = Some(brl(captured));
            assert!(
                Hold::from_state(HoldState {
                    captured,
                    status: HoldStatus::Captured,
                    ..state()
                })
                .is_ok()
            );
        }
    }

    #[test]
    fn inconsistent_fields_are_not() {
        assert!(
            Hold::from_state(HoldState {
                amount: brl(0),
                ..state()
            })
            .is_err()
        );
        assert!(
            Hold::from_state(HoldState {
                to: "a".parse().unwrap(),
                ..state()
            })
            .is_err()
        );
        assert!(
            Hold::from_state(HoldState {
                status: HoldStatus::Captured,
                ..state()
            })
            .is_err()
        );
        for captured in [0, 101] {
            let captured = Some(brl(captured));
            assert!(
                Hold::from_state(HoldState {
                    captured,
                    status: HoldStatus::Captured,
                    ..state()
                })
                .is_err()
            );
        }
        for status in [HoldStatus::Pending, HoldStatus::Released, HoldStatus::Expired] {
            let captured = Some(brl(1));
            assert!(
                Hold::from_state(HoldState {
                    captured,
                    status,
                    ..state()
                })
                .is_err(),
                "{status:?}"
            );
        }
    }
}
