//! Errors as they reach a caller when a call went wrong.

use std::time::Duration;

use queue::{PublishError, QueueError};
use store::{Outage, StoreError};

use crate::Dice;

/// An error of a port.
pub(super) trait PortError {
    /// Nothing of the call happened.
    fn before(dice: &Dice) -> Self;
    /// The answer was lost: the call may have had its effect.
    fn after() -> Self;
}

impl PortError for StoreError {
    fn before(dice: &Dice) -> Self {
        let outages = [
            Outage::Connection,
            Outage::Contention,
            Outage::Exhausted,
            Outage::Other,
        ];
        Self::Unavailable {
            outage: dice.pick(outages),
            message: "it failed before it did anything".to_owned(),
        }
    }

    fn after() -> Self {
        Self::Unavailable {
            outage: Outage::Connection,
            message: "the connection was lost before the answer came".to_owned(),
        }
    }
}

impl PortError for QueueError {
    fn before(_: &Dice) -> Self {
        Self::Unavailable {
            reason: "it failed before it did anything".to_owned(),
        }
    }

    fn after() -> Self {
        Self::Unavailable {
            reason: "the connection was lost before the answer came".to_owned(),
        }
    }
}

impl PortError for PublishError {
    fn before(dice: &Dice) -> Self {
        if dice.happens(300) {
            let retry_after = Duration::from_secs(1);
            return Self::Full { retry_after };
        }
        Self::Unavailable {
            reason: "it failed before it did anything".to_owned(),
        }
    }

    fn after() -> Self {
        Self::Unavailable {
            reason: "the connection was lost before the confirmation came".to_owned(),
        }
    }
}
